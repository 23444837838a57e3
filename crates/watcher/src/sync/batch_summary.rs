//! The part of a batch that is needed to update the manifest after it was published.

use std::collections::BTreeMap;

use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Batch, Hold, IngestedAsset, IngestedDocument, ManifestEntry};

/// Summary of a batch before it is published.
pub(crate) struct BatchSummary {
    pub(crate) ingested: Vec<DocumentSummary>,
    pub(crate) removed: Vec<DocumentPath>,
    pub(crate) fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
    pub(crate) missing: Vec<(DocumentPath, Timestamp)>,
    pub(crate) assets: Vec<ManifestEntry>,
    pub(crate) removed_assets: Vec<DocumentPath>,
    pub(crate) asset_fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
}

/// A document of a batch.
pub(crate) struct DocumentSummary {
    pub(crate) entry: ManifestEntry,
    pub(crate) moved_from: Option<DocumentPath>,
    pub(crate) rejected: Option<Vec<Diagnostic>>,
    pub(crate) held: Option<Diagnostic>,
}

impl BatchSummary {
    /// Summarises a batch. `at` is the time of publication.
    pub(crate) fn new(batch: &Batch, at: Timestamp) -> Self {
        let document = |ingested: &IngestedDocument| DocumentSummary {
            entry: ManifestEntry {
                path: ingested.path.clone(),
                fingerprint: ingested.fingerprint,
                checksum: ingested.checksum,
                defaults_checksum: ingested.defaults_checksum,
                hold: ingested.draft_hold(at),
                is_accepted: false,
            },
            held: None,
            moved_from: ingested.moved_from.clone(),
            rejected: ingested.reading.content.is_none().then(|| ingested.reading.diagnostics.clone()),
        };
        let asset = |ingested: &IngestedAsset| ManifestEntry {
            path: ingested.asset.path.clone(),
            fingerprint: ingested.fingerprint,
            checksum: ingested.asset.metadata.checksum,
            defaults_checksum: None,
            hold: None,
            is_accepted: false,
        };
        Self {
            ingested: batch.ingested.iter().map(document).collect(),
            removed: batch.removed.clone(),
            fingerprint_updates: batch.fingerprint_updates.clone(),
            missing: batch.missing_held.iter().map(|(path, _)| (path.clone(), at)).collect(),
            assets: batch.assets.iter().map(asset).collect(),
            removed_assets: batch.removed_assets.clone(),
            asset_fingerprint_updates: batch.asset_fingerprint_updates.clone(),
        }
    }

    /// Marks the documents that await confirmation.
    pub(crate) fn set_held(&mut self, held: Vec<(DocumentPath, Diagnostic)>) {
        let mut held: BTreeMap<DocumentPath, Diagnostic> = held.into_iter().collect();
        for document in &mut self.ingested {
            document.held = held.remove(&document.entry.path);
            if document.held.is_some() {
                document.entry.hold = Some(Hold::Loss);
            }
        }
    }
}
