//! The headings of a page as a tree.

use serde::{Deserialize, Serialize};

/// A heading with those below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its plain text.
    pub text: String,
    /// The `id` of its element in the HTML.
    pub anchor: String,
    /// The headings below it, up to the next one of its level.
    pub children: Vec<Heading>,
}
