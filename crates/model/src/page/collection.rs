//! Queries that select the pages of a list.

use serde::{Deserialize, Serialize};

use crate::direction::Direction;
use crate::language::Language;

/// Query for pages in a folder or with a tag, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Collection {
    /// Name of the folder or tag.
    pub name: String,
    /// Language of the page that contains the list.
    pub lang: Language,
    /// Tag filters. A page matches if it has at least one tag of every inner list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Vec<String>>,
    /// Sort order, most important term first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<(CollectionOrder, Direction)>,
    /// Maximum number of pages. `None` means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Field by which the pages of a collection are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CollectionOrder {
    /// Rank from the front matter.
    Order,
    /// Title.
    Title,
    /// Creation date.
    CreatedAt,
    /// Time of the last content change.
    UpdatedAt,
}
