//! Held versions and removals: what would disappear, and how to confirm it.

use passerelle_model::document::{Document, DocumentState};
use passerelle_model::language::Language;

use super::document;
use crate::frame::Link;
use crate::words::Words;

/// Code of the diagnostic of documents that disappeared together.
const REMOVAL: &str = "REMOVAL_HELD";
/// Maximum number of listed documents or measures that would disappear. The rest is a count.
pub(super) const MAX_LISTED: usize = 20;

/// Documents that one confirmation concerns.
pub(crate) struct HeldGroup {
    /// At most [`MAX_LISTED`] documents.
    pub(crate) documents: Vec<Link>,
    /// Count of the documents that are not listed, as words. `None` if all are listed.
    pub(crate) more: Option<String>,
    /// What would disappear, in the language of the first document.
    pub(crate) message: String,
    /// How to confirm it, in the same language.
    pub(crate) suggestion: String,
}

/// Returns the held documents in groups. Documents that disappeared together are one group. Each other held
/// document is a group of its own.
pub(crate) fn groups(documents: &[Document], words: &Words, chosen: Option<Language>) -> Vec<HeldGroup> {
    let held = documents.iter().filter(|document| document.state == DocumentState::Held);
    let (removed, changed): (Vec<&Document>, Vec<&Document>) =
        held.partition(|document| is_removal(document));
    let removed = (!removed.is_empty()).then_some(removed);
    let changed = changed.into_iter().map(|document| vec![document]);
    removed.into_iter().chain(changed).map(|documents| group(&documents, words, chosen)).collect()
}

/// Returns true if the document is missing together with most of the folder.
fn is_removal(document: &Document) -> bool {
    document.diagnostics.iter().any(|diagnostic| diagnostic.code.as_str() == REMOVAL)
}

fn group(documents: &[&Document], words: &Words, chosen: Option<Language>) -> HeldGroup {
    // The reason of a hold is in front of the other diagnostics.
    let reason = documents.first().and_then(|document| document.diagnostics.first());
    let link =
        |document: &&Document| Link::new(document.path.as_str(), document::url(&document.path, chosen));
    HeldGroup {
        documents: documents.iter().take(MAX_LISTED).map(link).collect(),
        more: more(documents.len(), words),
        message: reason.map(|reason| reason.message.clone()).unwrap_or_default(),
        suggestion: reason.and_then(|reason| reason.suggestion.clone()).unwrap_or_default(),
    }
}

/// Returns the count of items that a list of [`MAX_LISTED`] leaves out. `None` if it leaves out none.
pub(super) fn more(count: usize, words: &Words) -> Option<String> {
    let more = count.checked_sub(MAX_LISTED).filter(|more| *more > 0)?;
    Some(Words::fill(words.and_more, &[&words.number_text(more as u64)]))
}
