//! The pages that a collection lists.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// A list of pages: those of a folder or with a tag, in one language, filtered and ordered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Collection {
    /// The name of the folder or of the tag.
    pub name: String,
    /// The language of the page that holds the list.
    pub lang: Language,
    /// Each of these asks for one of its tags at least.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Vec<String>>,
    /// Sort order, most important term first. `true` means descending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<(CollectionOrder, bool)>,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Field by which the pages of a collection are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CollectionOrder {
    /// Their place among their siblings.
    Order,
    /// Their titles.
    Title,
    /// Creation date.
    CreatedAt,
    /// Time of the last change.
    UpdatedAt,
}
