//! Changed files found by one scan of the folder.

use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_model::timestamp::Timestamp;

use crate::hold::Hold;

/// A parsed document of a batch.
#[derive(Clone, Debug)]
pub struct IngestedDocument {
    /// Path relative to the content folder.
    pub path: DocumentPath,
    /// Previous path, if the document was moved.
    pub moved_from: Option<DocumentPath>,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
    /// BLAKE3 checksum of the content.
    pub checksum: Checksum,
    /// Size in bytes.
    pub size: u64,
    /// Checksum of the folder defaults that apply to the document. `None` if there are none.
    pub defaults_checksum: Option<Checksum>,
    /// Result of parsing the document.
    pub reading: ParsedDocument,
    /// True if an editor or operator confirmed a large removal.
    pub is_accepted: bool,
}

impl IngestedDocument {
    /// Returns the hold of a draft. `None` if the document may be published at this time.
    pub fn draft_hold(&self, now: Timestamp) -> Option<Hold> {
        self.reading.draft_at(now).map(|draft| Hold::Draft { until: draft.until })
    }
}

/// A new or changed asset of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestedAsset {
    /// Path and metadata of the asset.
    pub asset: Asset,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
}

/// Changed files found by one scan of the folder.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// New, changed or moved documents.
    pub ingested: Vec<IngestedDocument>,
    /// Removed documents.
    pub removed: Vec<DocumentPath>,
    /// Documents with unchanged content and a new fingerprint.
    pub fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
    /// Missing documents that are held for confirmation, because most of the folder is missing.
    pub missing_held: Vec<(DocumentPath, DiagnosticKind)>,
    /// New or changed assets.
    pub assets: Vec<IngestedAsset>,
    /// Removed assets.
    pub removed_assets: Vec<DocumentPath>,
    /// Assets with unchanged content and a new fingerprint.
    pub asset_fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
}

impl Batch {
    /// Returns true if there is nothing to write.
    pub fn is_empty(&self) -> bool {
        !self.makes_revision()
            && self.missing_held.is_empty()
            && self.fingerprint_updates.is_empty()
            && self.asset_fingerprint_updates.is_empty()
    }

    /// Returns true if the batch changes more than fingerprints.
    pub(crate) fn makes_revision(&self) -> bool {
        let documents = self.ingested.len() + self.removed.len();
        documents + self.assets.len() + self.removed_assets.len() > 0
    }
}
