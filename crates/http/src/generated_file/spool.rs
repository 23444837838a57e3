//! Large generated files on disk, produced once for all clients.
//!
//! The files have no name in the folder, so the system removes them when the program ends.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::Stream;
use futures_util::stream;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::response_cache::CacheKey;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// Maximum size of all spooled files in bytes. The files that were sent the longest ago are removed.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Share of the spool that one file may take, so that it does not remove most others.
const MAX_FILE_SHARE: u64 = 4;
/// Files that are written at once. They are not in the cache yet, so their number bounds their bytes.
const MAX_WRITERS: usize = 2;
/// Bytes that are read at once. A client has at most one such part in memory.
const READ_BYTES: u64 = 64 * 1024;

/// Spooled files by request and revision.
pub(crate) struct Spool {
    folder: Option<PathBuf>,
    max_bytes: u64,
    files: Cache<CacheKey, Arc<SpooledFile>>,
    writers: Arc<Semaphore>,
}

/// A generated file on disk, uncompressed and as gzip.
pub(super) struct SpooledFile {
    identity: SizedFile,
    gzip: SizedFile,
}

/// Writes one file. Files of an error are removed when it is dropped.
pub(super) struct SpoolWriter {
    identity: File,
    gzip: GzEncoder<File>,
    length: u64,
    max_length: u64,
    _permit: OwnedSemaphorePermit,
}

struct SizedFile {
    file: File,
    length: u64,
}

impl Spool {
    /// Without a folder, files are not stored.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self::with_capacity(folder, MAX_BYTES)
    }

    fn with_capacity(folder: Option<&Path>, max_bytes: u64) -> Self {
        let kibibytes = |_: &CacheKey, file: &Arc<SpooledFile>| {
            u32::try_from((file.identity.length + file.gzip.length).div_ceil(1024)).unwrap_or(u32::MAX)
        };
        let files = Cache::builder()
            .max_capacity(max_bytes / 1024)
            .weigher(kibibytes)
            .eviction_policy(EvictionPolicy::lru());
        Self {
            folder: folder.map(Path::to_owned),
            max_bytes,
            files: files.build(),
            writers: Arc::new(Semaphore::new(MAX_WRITERS)),
        }
    }

    pub(super) async fn get(&self, key: CacheKey) -> Option<Arc<SpooledFile>> {
        self.files.get(&key).await
    }

    /// Begins a file. `None` if there is no folder, or if enough files are written at the moment.
    pub(super) async fn begin(&self) -> Option<SpoolWriter> {
        let folder = self.folder.clone()?;
        let max_length = self.max_bytes / MAX_FILE_SHARE;
        let permit = Arc::clone(&self.writers).try_acquire_owned().ok()?;
        let opening = spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let (identity, gzip) = (tempfile::tempfile_in(&folder)?, tempfile::tempfile_in(&folder)?);
            let gzip = GzEncoder::new(gzip, Compression::default());
            Ok(SpoolWriter { identity, gzip, length: 0, max_length, _permit: permit })
        });
        warn_of_error(opening.await.map_err(io::Error::other).flatten())
    }

    /// Adds a complete file.
    pub(super) async fn insert(&self, key: CacheKey, writer: SpoolWriter) {
        let finishing = spawn_blocking(move || writer.finish());
        if let Some(file) = warn_of_error(finishing.await.map_err(io::Error::other).flatten()) {
            self.files.insert(key, Arc::new(file)).await;
            // Old files give their space back now, not at some later access.
            self.files.run_pending_tasks().await;
        }
    }
}

impl SpoolWriter {
    /// Adds a part. `None` if the file is too large, or if the disk refuses it.
    pub(super) async fn write(mut self, part: Bytes) -> Option<Self> {
        self.length += part.len() as u64;
        if self.length > self.max_length {
            return None;
        }
        let writing = spawn_blocking(move || {
            self.identity.write_all(&part)?;
            self.gzip.write_all(&part)?;
            Ok(self)
        });
        warn_of_error(writing.await.map_err(io::Error::other).flatten())
    }

    fn finish(self) -> io::Result<SpooledFile> {
        let gzip = self.gzip.finish()?;
        let gzip = SizedFile { length: gzip.metadata()?.len(), file: gzip };
        Ok(SpooledFile { identity: SizedFile { file: self.identity, length: self.length }, gzip })
    }
}

impl SpooledFile {
    /// Returns the length and the parts of the file in an encoding. Every encoding except gzip means
    /// uncompressed.
    pub(super) fn read(
        self: &Arc<Self>,
        encoding: ContentEncoding,
    ) -> (u64, impl Stream<Item = io::Result<Bytes>> + Send + 'static) {
        let spooled = Arc::clone(self);
        let length = spooled.sized(encoding).length;
        let parts = stream::unfold(0, move |offset| {
            let spooled = Arc::clone(&spooled);
            async move {
                let count = (length - offset).min(READ_BYTES);
                if count == 0 {
                    return None;
                }
                let reading = spawn_blocking(move || {
                    let mut part = vec![0; usize::try_from(count).map_err(io::Error::other)?];
                    spooled.sized(encoding).file.read_exact_at(&mut part, offset)?;
                    Ok(Bytes::from(part))
                });
                // An error ends the stream: there is no length left to read.
                let part = reading.await.map_err(io::Error::other).flatten();
                let next = if part.is_ok() { offset + count } else { length };
                Some((part, next))
            }
        });
        (length, parts)
    }

    fn sized(&self, encoding: ContentEncoding) -> &SizedFile {
        if encoding == ContentEncoding::Gzip { &self.gzip } else { &self.identity }
    }
}

/// Logs an error of the disk. The file is then produced for each client.
fn warn_of_error<T>(result: io::Result<T>) -> Option<T> {
    result.inspect_err(|error| tracing::warn!(%error, "generated file not stored on disk")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;
    use passerelle_model::checksum::Checksum;
    use std::io::Read;

    use crate::accept::MediaType;
    use passerelle_http_common::response_cache::CacheKeySalt;
    use passerelle_model::revision::Revision;

    fn key(name: &str) -> CacheKey {
        let salt = CacheKeySalt::of("", "");
        CacheKey::new(
            Checksum::of(name.as_bytes()),
            Revision::default(),
            MediaType::Json.cache_variant(),
            salt,
        )
    }

    async fn read(file: &Arc<SpooledFile>, encoding: ContentEncoding) -> Vec<u8> {
        let (length, parts) = file.read(encoding);
        let parts: Vec<Bytes> = parts.try_collect().await.unwrap();
        assert!(parts.iter().all(|part| part.len() as u64 <= READ_BYTES));
        let bytes = parts.concat();
        assert_eq!(bytes.len() as u64, length);
        bytes
    }

    #[tokio::test]
    async fn stored_file_is_read_in_both_encodings() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(Some(folder.path()));
        let mut writer = spool.begin().await.unwrap();
        let text = (0..50_000).map(|number| number.to_string()).collect::<Vec<_>>().join(";");
        for part in text.as_bytes().chunks(100_000) {
            writer = writer.write(Bytes::copy_from_slice(part)).await.unwrap();
        }
        spool.insert(key("a"), writer).await;
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "the file has no name");

        let file = spool.get(key("a")).await.unwrap();
        assert_eq!(read(&file, ContentEncoding::Identity).await, text.as_bytes());
        let gzip = read(&file, ContentEncoding::Gzip).await;
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(gzip.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        assert!(spool.get(key("b")).await.is_none());
    }

    #[tokio::test]
    async fn bytes_and_writers_are_bounded() {
        const PART: usize = 64 * 1024;
        const PARTS: usize = 4;
        const CAPACITY: u64 = (PART * PARTS) as u64 * MAX_FILE_SHARE;
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::with_capacity(Some(folder.path()), CAPACITY);
        let writers = [spool.begin().await, spool.begin().await];
        assert!(writers.iter().all(Option::is_some));
        assert!(spool.begin().await.is_none());
        drop(writers);

        let part = Bytes::from(vec![b'a'; PART]);
        let mut writer = spool.begin().await;
        let mut count = 0;
        while let Some(unfinished) = writer {
            writer = unfinished.write(part.clone()).await;
            count += 1;
        }
        assert_eq!(count, PARTS + 1);
        for number in 0..6 {
            let mut writer = spool.begin().await.unwrap();
            for _ in 0..PARTS {
                writer = writer.write(part.clone()).await.unwrap();
            }
            spool.insert(key(&number.to_string()), writer).await;
        }
        assert!(spool.files.weighted_size() <= CAPACITY / 1024);
        assert!(spool.get(key("0")).await.is_none());
    }

    #[tokio::test]
    async fn unusable_folder_stores_nothing() {
        assert!(Spool::new(None).begin().await.is_none());
        assert!(Spool::new(Some(Path::new("/dev/null/folder"))).begin().await.is_none());
    }
}
