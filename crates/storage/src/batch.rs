//! Changed files of one pass over the folder.

use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;

/// A document that was read.
#[derive(Clone, Debug)]
pub struct IngestedDocument {
    /// Path below the folder.
    pub path: DocumentPath,
    /// Previous path, if the document was moved.
    pub moved_from: Option<DocumentPath>,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// Their number.
    pub size: u64,
    /// The identity of the front matter that its folders give it, if they give any.
    pub defaults_checksum: Option<Checksum>,
    /// Result of parsing the document.
    pub reading: ParsedDocument,
    /// Whether a person said that it may take away as much as it does.
    pub is_accepted: bool,
}

/// A file beside the documents that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestedAsset {
    /// Path and metadata of the asset.
    pub asset: Asset,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
}

/// Changed files of one pass over the folder.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Documents that are new, changed or moved.
    pub ingested: Vec<IngestedDocument>,
    /// Documents that are gone.
    pub removed: Vec<DocumentPath>,
    /// Documents whose bytes are the same and whose fingerprint is not.
    pub fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
    /// Documents that are gone with so many others that they wait for a person's word.
    pub missing_held: Vec<(DocumentPath, DiagnosticKind)>,
    /// Files beside the documents that are new or changed.
    pub assets: Vec<IngestedAsset>,
    /// Files beside the documents that are gone.
    pub removed_assets: Vec<DocumentPath>,
    /// Files beside the documents whose bytes are the same and whose fingerprint is not.
    pub asset_fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        !self.makes_revision()
            && self.missing_held.is_empty()
            && self.fingerprint_updates.is_empty()
            && self.asset_fingerprint_updates.is_empty()
    }

    /// Whether anything of it makes a revision.
    pub(crate) fn makes_revision(&self) -> bool {
        let documents = self.ingested.len() + self.removed.len();
        documents + self.assets.len() + self.removed_assets.len() > 0
    }
}
