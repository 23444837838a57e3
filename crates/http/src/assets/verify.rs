//! Compares the bytes of a file with those that the database knows.
//!
//! Each process can have a copy of the content folder of its own, which can be older or newer than the
//! published content. Only published bytes are sent.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;

use moka::sync::Cache;
use passerelle_model::asset::Asset;
use passerelle_model::checksum::Checksum;
use passerelle_model::document::{Fingerprint, UnixTime};
use passerelle_model::path::DocumentPath;
use passerelle_storage::{StorageError, checksum_of_reader};

use super::open::OpenFile;

/// Number of files whose checksum is cached, about 200 bytes each. A copy of the folder has other
/// fingerprints than the folder of the leader, so its files are read once.
const MAX_CHECKSUMS: u64 = 20_000;

/// Published state of an asset, from the database.
pub(super) type Published = Result<Option<(Asset, Fingerprint)>, StorageError>;

/// Checksums of files, by path. A file with another fingerprint is read again.
pub(crate) struct FileChecksums(Cache<DocumentPath, (Fingerprint, Checksum)>);

impl Default for FileChecksums {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MAX_CHECKSUMS).build())
    }
}

/// Reason why a file is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the database does not know the file; it is published after the next scan of the leader")]
    NotPublished,
    #[error(
        "the file of this process is not the published one; its copy of the content folder is older or newer"
    )]
    OtherBytes,
    #[error("the file cannot be read")]
    Unreadable,
}

impl FileChecksums {
    /// Returns the published asset if the file has its bytes. `None` if the database does not respond: then
    /// the file is sent without a version.
    ///
    /// Reads the file if its fingerprint is not the published one, so call it where blocking is allowed.
    pub(super) fn verify(
        &self,
        path: &DocumentPath,
        file: &mut OpenFile,
        published: Published,
    ) -> Result<Option<Asset>, Refusal> {
        let (asset, fingerprint) = match published {
            Ok(Some(published)) => published,
            Ok(None) => return Err(Refusal::NotPublished),
            // If the database is down, files are still served.
            Err(_) => return Ok(None),
        };
        let present = self::fingerprint(&file.file).map_err(|_| Refusal::Unreadable)?;
        // The same fingerprint as the published file, so the bytes are the same.
        if present == fingerprint {
            return Ok(Some(asset));
        }
        if present.size != fingerprint.size {
            return Err(Refusal::OtherBytes);
        }
        let checksum = self.checksum(path, &mut file.file, present).map_err(|_| Refusal::Unreadable)?;
        if checksum == asset.metadata.checksum { Ok(Some(asset)) } else { Err(Refusal::OtherBytes) }
    }

    fn checksum(&self, path: &DocumentPath, file: &mut File, present: Fingerprint) -> io::Result<Checksum> {
        if let Some((known, checksum)) = self.0.get(path)
            && known == present
        {
            return Ok(checksum);
        }
        let checksum = checksum_of_reader(&mut *file)?;
        file.seek(SeekFrom::Start(0))?;
        // A file that changed while it was read has no known checksum.
        if self::fingerprint(file)? == present {
            self.0.insert(path.clone(), (present, checksum));
        }
        Ok(checksum)
    }
}

/// Returns the fingerprint of an open file, as the watcher stores it.
fn fingerprint(file: &File) -> io::Result<Fingerprint> {
    let metadata = file.metadata()?;
    Ok(Fingerprint {
        inode: metadata.ino(),
        size: metadata.len(),
        modified_nanos: UnixTime { seconds: metadata.mtime(), nanos: metadata.mtime_nsec() }.total_nanos(),
        changed_nanos: UnixTime { seconds: metadata.ctime(), nanos: metadata.ctime_nsec() }.total_nanos(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use passerelle_model::asset::AssetMetadata;

    use super::super::open::open;
    use super::*;

    #[test]
    fn only_published_bytes_are_sent_and_a_copy_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = DocumentPath::parse("_files/a.csv").unwrap();
        fs::create_dir(folder.path().join("_files")).unwrap();
        let checksums = FileChecksums::default();
        let published = |bytes: &[u8]| {
            let metadata =
                AssetMetadata { checksum: Checksum::of(bytes), width: None, height: None, placeholder: None };
            let asset = Asset { path: path.clone(), size: bytes.len() as u64, metadata };
            // The fingerprint is that of the folder of another machine.
            Ok(Some((asset, Fingerprint { size: bytes.len() as u64, ..Fingerprint::default() })))
        };
        let verify = |published| {
            let mut file = open(folder.path(), &path).unwrap().unwrap();
            checksums.verify(&path, &mut file, published).map(|asset| asset.is_some())
        };
        fs::write(folder.path().join(path.as_str()), "new").unwrap();
        assert_eq!(verify(published(b"new")), Ok(true));
        assert_eq!(verify(published(b"old")), Err(Refusal::OtherBytes));
        assert_eq!(verify(published(b"older")), Err(Refusal::OtherBytes));
        assert_eq!(verify(Ok(None)), Err(Refusal::NotPublished));
        // The held checksum belongs to a fingerprint.
        checksums.0.run_pending_tasks();
        assert_eq!(checksums.0.entry_count(), 1);
        fs::write(folder.path().join(path.as_str()), "old").unwrap();
        assert_eq!(verify(published(b"old")), Ok(true));
    }
}
