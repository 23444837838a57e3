//! Broken links and images, by document.

use passerelle_model::document::Document;
use passerelle_model::language::Language;

use super::document;
use crate::frame::Link;

/// Codes of the diagnostics about links, images and files that lead nowhere.
const CODES: [&str; 7] = [
    "LINK_WITHOUT_TARGET",
    "LINK_BROKEN",
    "ANCHOR_BROKEN",
    "PAGE_ANCHOR_BROKEN",
    "FILE_MISSING",
    "IMAGE_WITHOUT_SOURCE",
    "IMAGE_MISSING",
];
/// Maximum number of messages of a document. Its own page has all.
const MAX_MESSAGES: usize = 20;

/// Document with its broken links and images.
pub(crate) struct BrokenLinks {
    pub(crate) document: Link,
    pub(crate) messages: Vec<String>,
}

/// Returns the broken links and images of each document that has some.
pub(crate) fn of_documents(documents: &[Document], chosen: Option<Language>) -> Vec<BrokenLinks> {
    let of = |document: &Document| {
        let broken = document.diagnostics.iter().filter(|found| CODES.contains(&found.code.as_str()));
        let messages: Vec<String> = broken.take(MAX_MESSAGES).map(|found| found.message.clone()).collect();
        let link = Link::new(document.path.as_str(), document::url(&document.path, chosen));
        (!messages.is_empty()).then_some(BrokenLinks { document: link, messages })
    };
    documents.iter().filter_map(of).collect()
}
