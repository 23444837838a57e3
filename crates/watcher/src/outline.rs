//! A batch without what it says: enough to keep the manifest in step once it is written.

use std::collections::BTreeMap;

use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::manifest::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Batch, Hold, Ingested, IngestedAsset, ManifestEntry};

/// What a batch will have written.
pub(crate) struct Outline {
    pub(crate) ingested: Vec<OutlinedDocument>,
    pub(crate) removed: Vec<DocumentPath>,
    pub(crate) touched: Vec<(DocumentPath, Fingerprint)>,
    pub(crate) missing: Vec<(DocumentPath, Timestamp)>,
    pub(crate) assets: Vec<ManifestEntry>,
    pub(crate) assets_removed: Vec<DocumentPath>,
    pub(crate) assets_touched: Vec<(DocumentPath, Fingerprint)>,
}

/// A document of a batch.
pub(crate) struct OutlinedDocument {
    pub(crate) entry: ManifestEntry,
    pub(crate) moved_from: Option<DocumentPath>,
    pub(crate) refused: Option<Vec<Diagnostic>>,
    pub(crate) held: Option<Diagnostic>,
}

impl Outline {
    /// The outline of a batch that is written at a time.
    pub(crate) fn of(batch: &Batch, at: Timestamp) -> Self {
        let document = |ingested: &Ingested| OutlinedDocument {
            entry: ManifestEntry {
                path: ingested.path.clone(),
                fingerprint: ingested.fingerprint,
                checksum: ingested.checksum,
                defaults: ingested.defaults,
                hold: None,
                is_accepted: false,
            },
            held: None,
            moved_from: ingested.moved_from.clone(),
            refused: ingested.reading.content.is_none().then(|| ingested.reading.diagnostics.clone()),
        };
        let asset = |ingested: &IngestedAsset| ManifestEntry {
            path: ingested.asset.path.clone(),
            fingerprint: ingested.fingerprint,
            checksum: ingested.asset.facts.checksum,
            defaults: None,
            hold: None,
            is_accepted: false,
        };
        Self {
            ingested: batch.ingested.iter().map(document).collect(),
            removed: batch.removed.clone(),
            touched: batch.touched.clone(),
            missing: batch.held.iter().map(|(path, _)| (path.clone(), at)).collect(),
            assets: batch.assets.iter().map(asset).collect(),
            assets_removed: batch.assets_removed.clone(),
            assets_touched: batch.assets_touched.clone(),
        }
    }

    /// Marks the documents that wait for a person's word.
    pub(crate) fn hold(&mut self, held: Vec<(DocumentPath, Diagnostic)>) {
        let mut held: BTreeMap<DocumentPath, Diagnostic> = held.into_iter().collect();
        for document in &mut self.ingested {
            document.held = held.remove(&document.entry.path);
            document.entry.hold = document.held.as_ref().map(|_| Hold::Loss);
        }
    }
}
