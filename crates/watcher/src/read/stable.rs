//! Reads a file that does not change during the read.

use std::io::{self, Read};
use std::path::Path;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::document::Fingerprint;
use passerelle_reader::decode::MAX_BYTES;

use crate::scan::listing::FoundFile;
use crate::scan::root::{Root, fingerprint};

/// Bytes and fingerprint of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileContent {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) checksum: Checksum,
    pub(crate) content: Result<Vec<u8>, DiagnosticKind>,
}

/// Result of a stable read.
#[derive(Clone, Debug)]
pub(crate) enum StableRead {
    /// The bytes of the file.
    Read(FileContent),
    /// The file changed during the read. It is read again later.
    Changing,
    /// The file was removed.
    Missing,
}

/// Reads a file. Its fingerprint is compared before and after the read.
pub(crate) fn read_stable(root: &Root, found: &FoundFile) -> StableRead {
    match try_read_stable(root, &found.file) {
        Ok(read) => read,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            StableRead::Missing
        }
        Err(error) => StableRead::Read(FileContent {
            // A fingerprint that matches no file, so that the next scan reads the file again.
            fingerprint: Fingerprint { inode: 0, changed_nanos: 0, ..found.fingerprint },
            checksum: Checksum::of(&[]),
            content: Err(DiagnosticKind::Unreadable { reason: error.kind().to_string() }),
        }),
    }
}

/// Like [`read_stable`], with the error of the operating system.
pub(crate) fn try_read_stable(root: &Root, path: &Path) -> io::Result<StableRead> {
    let mut file = root.open_file(path)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Ok(StableRead::Missing);
    }
    let too_large = DiagnosticKind::TooLarge { bytes: before.len(), limit: MAX_BYTES };
    let mut bytes = Vec::new();
    if before.len() <= MAX_BYTES {
        Read::by_ref(&mut file).take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    let after = fingerprint(&file.metadata()?);
    if after != fingerprint(&before) {
        return Ok(StableRead::Changing);
    }
    let checksum = Checksum::of(&bytes);
    let content = if before.len() <= MAX_BYTES { Ok(bytes) } else { Err(too_large) };
    Ok(StableRead::Read(FileContent { fingerprint: after, checksum, content }))
}
