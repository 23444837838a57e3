//! A document that was read and parsed.

use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_storage::IngestedDocument;

use crate::read::stable::FileContent;

/// A document that was read.
pub(crate) struct ParsedFile {
    pub(crate) bytes: FileContent,
    pub(crate) defaults_checksum: Option<Checksum>,
    pub(crate) reading: ParsedDocument,
    pub(crate) is_accepted: bool,
}

impl ParsedFile {
    /// The identity of its bytes.
    pub(crate) fn checksum(&self) -> &Checksum {
        &self.bytes.checksum
    }

    /// Returns the fingerprint of the file.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.bytes.fingerprint
    }

    /// To be stored.
    pub(crate) fn ingested(self, path: DocumentPath, moved_from: Option<DocumentPath>) -> IngestedDocument {
        IngestedDocument {
            path,
            moved_from,
            fingerprint: self.bytes.fingerprint,
            checksum: self.bytes.checksum,
            size: self.bytes.fingerprint.size,
            defaults_checksum: self.defaults_checksum,
            reading: self.reading,
            is_accepted: self.is_accepted,
        }
    }
}
