//! Renditions of images, made on demand.
//!
//! A rendition is made once, by a few threads of low priority, and stored on disk. The name of a stored file
//! contains the checksum of the image, so it never becomes stale. Requests for the same rendition wait for
//! one another.

mod disk_store;
mod make;
mod pool;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use moka::future::Cache;
use passerelle_model::checksum::Checksum;
use passerelle_model::rendition::Rendition;

use self::disk_store::DiskStore;
use self::make::make;
use self::pool::{Pool, PoolError};

/// Version of the encoders. Increase it if the same image gives another rendition: stored files are then made
/// again.
const ENCODER_VERSION: u32 = 1;
/// Renditions in memory in bytes. They serve requests that arrive together, before the file is on disk.
const MEMORY_BYTES: u64 = 4 * 1024 * 1024;
/// Time that a request waits for its rendition. One image takes less than a second, and the queue is bounded.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Storage of renditions.
#[derive(Clone, Debug, Default)]
pub struct RenditionSettings {
    /// Folder for made renditions. `None` keeps none on disk.
    pub folder: Option<PathBuf>,
    /// Maximum size of the folder in bytes. The renditions that were requested the longest ago are deleted.
    pub disk_bytes: u64,
}

/// A rendition that can be sent.
pub(super) enum RenditionSource {
    /// In a file on disk.
    File(File),
    /// In memory.
    Memory(Bytes),
}

/// Reason why there is no rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RenditionError {
    /// The file is no image, is damaged, or is too large.
    #[error("the image cannot be decoded")]
    Undecodable,
    /// Too many renditions wait to be made. The client can retry.
    #[error("too many renditions wait to be made")]
    Overloaded,
}

/// Makes and stores renditions.
pub(super) struct Renditions {
    pool: Pool,
    store: Option<Arc<DiskStore>>,
    recent: Cache<String, Bytes>,
}

impl Renditions {
    /// Opens the folder. Without a usable folder, renditions are made for each request.
    pub(super) fn new(settings: &RenditionSettings) -> Self {
        let folder = settings.folder.as_ref().filter(|_| settings.disk_bytes > 0);
        let store = folder.and_then(|folder| match DiskStore::open(folder, settings.disk_bytes) {
            Ok(store) => Some(Arc::new(store)),
            Err(error) => {
                tracing::warn!(renditions.folder = %folder.display(), %error, "renditions are not stored on disk");
                None
            }
        });
        let weight = |_: &String, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let recent = Cache::builder().max_capacity(MEMORY_BYTES).weigher(weight).build();
        Self { pool: Pool::new(), store, recent }
    }

    /// Returns the name of a rendition of an image with this checksum.
    pub(super) fn name(checksum: &Checksum, rendition: &Rendition) -> String {
        let parameters = rendition.to_query().replace(['&', '=', ','], "-");
        format!("{checksum}-{ENCODER_VERSION}-{parameters}.{}", rendition.format.name())
    }

    /// Returns a rendition. `image` is the open file of the image.
    pub(super) async fn get(
        &self,
        name: String,
        rendition: Rendition,
        image: File,
    ) -> Result<RenditionSource, RenditionError> {
        if let Some(store) = self.store.clone() {
            let wanted = name.clone();
            let stored = tokio::task::spawn_blocking(move || store.get(&wanted)).await;
            if let Ok(Some(file)) = stored {
                return Ok(RenditionSource::File(file));
            }
        }
        let making = self.recent.try_get_with(name.clone(), self.make(name, rendition, image));
        let made = tokio::time::timeout(TIMEOUT, making).await;
        match made {
            Ok(Ok(bytes)) => Ok(RenditionSource::Memory(bytes)),
            Ok(Err(error)) => Err(*error),
            Err(_) => Err(RenditionError::Overloaded),
        }
    }

    async fn make(&self, name: String, rendition: Rendition, image: File) -> Result<Bytes, RenditionError> {
        let store = self.store.clone();
        let work = move || {
            let bytes = make(BufReader::new(image), &rendition)?;
            if let Some(Err(error)) = store.map(|store| store.put(&name, &bytes)) {
                // For example a full disk. The rendition is sent, and made again for the next request.
                tracing::warn!(%error, "a rendition could not be stored");
            }
            Some(Bytes::from(bytes))
        };
        match self.pool.run(work).await {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) | Err(PoolError::Failed) => Err(RenditionError::Undecodable),
            Err(PoolError::Full) => Err(RenditionError::Overloaded),
        }
    }
}
