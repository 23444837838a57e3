//! Changed files. The watcher collects them, storage publishes them, and the manifest is updated from them.

use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::{DocumentState, Fingerprint};
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_model::timestamp::Timestamp;

use crate::hold::Hold;

/// A document that is new, changed or moved.
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
    /// Returns the hold of the document after it was published in a state. `None` if nothing is held.
    pub fn hold(&self, state: DocumentState, now: Timestamp) -> Option<Hold> {
        match state {
            DocumentState::Held => Some(Hold::Loss),
            DocumentState::Draft => {
                self.reading.draft_at(now).map(|draft| Hold::Draft { until: draft.until })
            }
            DocumentState::Published | DocumentState::Rejected | DocumentState::Removed => None,
        }
    }
}

/// An asset that is new or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestedAsset {
    /// Path and metadata of the asset.
    pub asset: Asset,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
}

/// Change of one file.
#[derive(Clone, Debug)]
pub enum FileChange {
    /// A document is new, changed or moved.
    DocumentIngested(Box<IngestedDocument>),
    /// A document was removed.
    DocumentRemoved(DocumentPath),
    /// The content of a document is unchanged, and its fingerprint is new.
    DocumentFingerprint(DocumentPath, Fingerprint),
    /// A document is missing and held for confirmation, because most of the folder is missing.
    DocumentMissing(DocumentPath, DiagnosticKind),
    /// An asset is new or changed.
    AssetIngested(IngestedAsset),
    /// An asset was removed.
    AssetRemoved(DocumentPath),
    /// The content of an asset is unchanged, and its fingerprint is new.
    AssetFingerprint(DocumentPath, Fingerprint),
}

impl FileChange {
    /// Returns true if the change creates a revision. Fingerprints and holds of missing files do not.
    pub(crate) fn makes_revision(&self) -> bool {
        match self {
            Self::DocumentIngested(_)
            | Self::DocumentRemoved(_)
            | Self::AssetIngested(_)
            | Self::AssetRemoved(_) => true,
            Self::DocumentFingerprint(..) | Self::DocumentMissing(..) | Self::AssetFingerprint(..) => false,
        }
    }
}
