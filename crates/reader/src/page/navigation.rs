//! Parses the navigation entry of a page from its front matter.

use passerelle_model::page::NavigationEntry;
use serde_json::{Map, Value};

use crate::front_matter::{integer_of, text_of};

/// Parses the field `eleventyNavigation`. `None` if it is missing or not a mapping.
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
