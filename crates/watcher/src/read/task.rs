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
    pub(crate) write_wait: WriteWait,
}

/// A file that was to be read.
pub(crate) enum ReadOutcome<T> {
    /// It was read.
    Read(T),
    /// Its bytes are those that are stored.
    Unchanged(Fingerprint),
    /// It is still being written.
    BeingWritten,
    /// It went while it was looked at.
    Missing,
}

/// Outcome of a read task.
pub(crate) enum TaskOutcome {
    Document(ReadOutcome<ParsedFile>),
    Asset(ReadOutcome<IngestedAsset>),
}
