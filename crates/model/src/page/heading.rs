//! Headings of a page as a tree.

use serde::{Deserialize, Serialize};

/// A heading and its subheadings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Level from 1 to 6.
    pub level: u8,
    /// Plain text of the heading.
    pub text: String,
    /// Value of the `id` attribute in the HTML.
    pub anchor: String,
    /// Subheadings, up to the next heading of the same or a higher level.
    pub children: Vec<Heading>,
}
