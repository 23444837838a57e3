//! The place of a page in the navigation, from its front matter.

use passerelle_model::page::NavigationEntry;
use serde_json::{Map, Value};

use crate::front_matter::{integer_of, text_of};

/// Reads the field. A page without it, or with null, has no place.
pub(super) fn read(front: &Map<String, Value>) -> Option<NavigationEntry> {
    let entry = front.get("eleventyNavigation")?.as_object()?;
    let text = |key: &str| entry.get(key).and_then(text_of);
    Some(NavigationEntry {
        key: text("key"),
        parent: text("parent"),
        order: entry.get("order").and_then(integer_of),
        add: text("add"),
    })
}
