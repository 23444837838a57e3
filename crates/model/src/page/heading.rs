//! Headings of a page as a tree.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Value of the `id` attribute of a heading in the HTML. It is the fragment of an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Anchor(String);

impl Anchor {
    /// Creates an anchor from the value of an attribute.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the anchor as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text or anchor by which a link names a heading. The link does not say which.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeadingRef(String);

impl HeadingRef {
    /// Creates a reference from the fragment of a link. `None` without a fragment.
    pub fn new(fragment: impl Into<String>) -> Option<Self> {
        Some(fragment.into()).filter(|fragment| !fragment.is_empty()).map(Self)
    }

    /// Returns the reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A heading and its subheadings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Level from 1 to 6.
    pub level: u8,
    /// Plain text of the heading.
    pub text: String,
    /// Anchor of the heading.
    pub anchor: Anchor,
    /// Subheadings, up to the next heading of the same or a higher level.
    pub children: Vec<Heading>,
}
