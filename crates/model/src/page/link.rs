//! Links of a page.

use serde::{Deserialize, Serialize};

use super::heading::HeadingRef;
use crate::key::LinkKey;
use crate::language::Language;
use crate::path::DocumentPath;

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Kind of the link.
    pub kind: LinkKind,
    /// Destination. `None` if the address is missing or not allowed.
    pub destination: Option<Destination>,
    /// Text of the link. Empty if the link shows the title of its target page.
    pub label: String,
    /// True if the link opens a new window.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_window: bool,
    /// True for a link to a heading of its own page that does not exist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_broken_anchor: bool,
}

/// Kind of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// A page of this site.
    Internal,
    /// An address of another site.
    External,
    /// A file in an asset folder.
    File,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A heading in the same page.
    Anchor,
}

/// Destination of a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Destination {
    /// A complete URL.
    #[serde(rename = "u")]
    Url(String),
    /// A page of this site.
    #[serde(rename = "p")]
    Page(PageTarget),
    /// A file in an asset folder.
    #[serde(rename = "f")]
    File(DocumentPath),
}

/// Identifies a page by the path and the name that links use. A document at the path takes precedence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageTarget {
    /// Translation key or slug of the target page.
    #[serde(rename = "k")]
    pub key: LinkKey,
    /// Language of the page that contains the link.
    #[serde(rename = "l")]
    pub lang: Language,
    /// Target heading. `None` for the start of the page.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<HeadingRef>,
    /// Path of the document that the address names, with or without its ending: `fr/menu.md` or `fr/menu`.
    /// `None` if the link names a key.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub path: Option<DocumentPath>,
}

impl PageTarget {
    /// Returns the names under which the page is looked up.
    pub fn names(&self) -> impl Iterator<Item = LinkName> + use<> {
        let path = self.path.clone().map(LinkName::Path);
        [Some(LinkName::Key(self.key.clone())), path].into_iter().flatten()
    }
}

/// Name by which links find a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkName {
    /// Translation key or slug.
    Key(LinkKey),
    /// Path of the document, with or without its ending. A folder is the path of its index.
    Path(DocumentPath),
}
