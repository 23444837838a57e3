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
    /// What they are ordered by, most important first; each with whether it is from the last to the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<(CollectionOrder, bool)>,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What the pages of a list are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CollectionOrder {
    /// Their place among their siblings.
    Order,
    /// Their titles.
    Title,
    /// When they were written.
    CreatedAt,
    /// When they last changed.
    UpdatedAt,
}
