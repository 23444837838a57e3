//! Holds the removal of most of the folder until somebody accepts it.

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::path::DocumentPath;
use passerelle_storage::{FileChange, Hold};

use crate::scan::listing::Listing;
use crate::scan::root::folder_name;
use crate::sync::policies::RemovalPolicy;
use crate::sync::syncer::Syncer;

/// A removal of more documents than this, and of more than half of the folder, awaits confirmation.
const MASS_REMOVAL_THRESHOLD: usize = 20;

impl Syncer {
    /// Adds the removals of missing documents to the changes. Holds the removal of most documents, because it
    /// is more often an accident than intended. Returns the reason if a removal is held.
    pub(crate) fn collect_document_removals(
        &self,
        removed: Vec<DocumentPath>,
        listing: &Listing,
        changes: &mut Vec<FileChange>,
    ) -> Option<String> {
        if self.removals == RemovalPolicy::Accepted {
            changes.extend(removed.into_iter().map(FileChange::DocumentRemoved));
            return None;
        }
        let root = folder_name(&self.context.root).unwrap_or_else(|| "folder".to_owned());
        let root_accept_path = DocumentPath::parse(&root).ok();
        let is_accepted = |path: &DocumentPath| {
            let Some(entry) = self.manifest.documents.get(path) else { return true };
            let Some(Hold::Missing { since }) = entry.hold.hold() else { return false };
            let since = since.millis().saturating_mul(1_000_000);
            let has_accept_file = |path: &DocumentPath| listing.has_acceptance(path, since);
            entry.hold.is_accepted()
                || has_accept_file(path)
                || root_accept_path.as_ref().is_some_and(has_accept_file)
        };
        let (accepted, missing): (Vec<_>, Vec<_>) = removed.into_iter().partition(is_accepted);
        // Documents in their grace period count too, because the files of a folder are removed one after
        // another.
        let in_grace_period =
            self.pending_files.missing().filter(|path| self.manifest.documents.contains_key(*path));
        let in_grace_period = in_grace_period.filter(|path| !is_accepted(path)).count();
        let (gone, all) = (missing.len().max(in_grace_period), self.manifest.documents.len());
        let is_mass_removal = gone > MASS_REMOVAL_THRESHOLD && gone * 2 > all;
        let (held, released): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|path| is_mass_removal || self.is_removal_held(path));
        changes.extend(accepted.into_iter().chain(released).map(FileChange::DocumentRemoved));
        if held.is_empty() {
            return None;
        }
        let accept = format!("{root}.accept");
        let kind =
            DiagnosticKind::RemovalHeld { removed: gone, total: all, confirmation_file: accept.clone() };
        let newly_held = held.into_iter().filter(|path| !self.is_removal_held(path));
        changes.extend(newly_held.map(|path| FileChange::DocumentMissing(path, kind.clone())));
        Some(format!(
            "{gone} of {all} documents were removed from the folder and stay published; restore them, or accept \
             the removal with an empty file {accept} in the folder or with `passerelle accept .`"
        ))
    }
}
