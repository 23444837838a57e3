//! The links of a page.

use serde::{Deserialize, Serialize};

use crate::asset::resolve_asset_path;
use crate::language::Language;
use crate::path::DocumentPath;

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Kind of the link.
    pub kind: LinkKind,
    /// Destination. `None` if the address is missing or not allowed.
    pub destination: Option<Destination>,
    /// Its words. Empty where they are the name of the page that it goes to.
    pub label: String,
    /// Whether it asks for a window of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_window: bool,
}

/// Kind of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// A page of this folder.
    Internal,
    /// Another site.
    External,
    /// A file.
    File,
    /// Somebody's mail.
    Email,
    /// A place in the same page.
    Anchor,
}

impl LinkKind {
    /// Returns the kind of link for an address in a document of this folder.
    pub fn of(url: &str, folder: &str) -> Self {
        let lower = url.to_ascii_lowercase();
        if lower.starts_with('#') {
            Self::Anchor
        } else if lower.starts_with("mailto:") {
            Self::Email
        } else if resolve_asset_path(url, folder).is_some() {
            Self::File
        } else {
            Self::External
        }
    }
}

/// Destination of a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Destination {
    /// An address as it is.
    #[serde(rename = "u")]
    Url(String),
    /// A page of this folder.
    #[serde(rename = "p")]
    Page(PageTarget),
    /// A file beside the documents.
    #[serde(rename = "f")]
    File(DocumentPath),
}

/// A page of this folder, by the name that links call it by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageTarget {
    /// Its translation key, else its slug.
    #[serde(rename = "k")]
    pub key: String,
    /// The language of the page that holds the link.
    #[serde(rename = "l")]
    pub lang: Language,
    /// The heading to go to, by its text or its anchor.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
}
