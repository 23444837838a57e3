//! A document that was read and parsed.

use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_storage::IngestedDocument;

use crate::read::stable::FileContent;

/// A document that was read and parsed.
pub(crate) struct ParsedFile {
    pub(crate) bytes: FileContent,
    pub(crate) defaults_checksum: Option<Checksum>,
    pub(crate) reading: ParsedDocument,
    pub(crate) is_accepted: bool,
}

impl ParsedFile {
    /// Checksum of the bytes of the file.
    pub(crate) fn checksum(&self) -> &Checksum {
        &self.bytes.checksum
    }

    /// Returns the fingerprint of the file.
    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.bytes.fingerprint
    }

    /// Converts it to the input of storage.
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
