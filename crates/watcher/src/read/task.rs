//! A file to read, and its outcome.

use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_storage::{IngestedAsset, ManifestEntry};

use crate::read::parsed_file::ParsedFile;
use crate::read::write_wait::WriteWait;
use crate::scan::listing::FoundFile;

/// A file to read.
#[derive(Clone, Debug)]
pub(crate) struct ReadTask {
    pub(crate) path: DocumentPath,
    pub(crate) found: FoundFile,
    /// Stored state of the file. `None` for a new file.
    pub(crate) stored: Option<ManifestEntry>,
    pub(crate) is_asset: bool,
    /// Document that this file is a copy of. The copy is not served while that document is present.
    pub(crate) original: Option<DocumentPath>,
    pub(crate) write_wait: WriteWait,
}

/// Result of reading a file.
pub(crate) enum ReadOutcome<T> {
    /// New or changed content.
    Read(T),
    /// The bytes are the stored ones. The fingerprint may be new.
    Unchanged(Fingerprint),
    /// The file is being written.
    BeingWritten,
    /// The file was removed during the scan, or cannot be read.
    Missing,
}

/// Result of a task.
pub(crate) enum TaskOutcome {
    Document(ReadOutcome<ParsedFile>),
    Asset(ReadOutcome<IngestedAsset>),
}
