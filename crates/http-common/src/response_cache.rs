//! In-memory cache of rendered responses.
//!
//! A response to the same request at the same revision never changes. Responses with errors and responses
//! that contain live state, such as the sync status, are not cached.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use moka::policy::EvictionPolicy;
use passerelle_model::checksum::Checksum;
use passerelle_model::revision::{Revision, RevisionNumber};
use tokio::sync::Semaphore;

use crate::encoding::ContentEncoding;

/// Time after the last access until an entry is removed. By then it usually belongs to an old revision.
const TIME_TO_IDLE: Duration = Duration::from_mins(10);
/// Approximate memory per entry in bytes, in addition to the body.
const ENTRY_OVERHEAD_BYTES: u32 = 400;

/// Share of the cache that one response may take. A larger one would evict most others.
const MAX_ENTRY_SHARE: u64 = 4;
/// Size in bytes above which a response is large.
///
/// The insertion of a large response evicts others before it returns. Otherwise the cache would exceed its
/// capacity for up to 0.3 s.
const LARGE_BYTES: usize = 256 * 1024;

/// Length of an ETag without the closing quote. It contains 32 of the 64 hex digits, which is 128 bits.
const ETAG_LENGTH: usize = "W/\"".len() + 32;

/// Key of a cached response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    /// Checksum of the salt, the request, the revision and the variant.
    identity: Checksum,
    encoding: ContentEncoding,
}

/// Checksum of everything outside a request that changes responses: program version, schema and settings.
#[derive(Clone, Copy, Debug)]
pub struct CacheKeySalt(Checksum);

impl CacheKeySalt {
    /// Returns the salt for a schema and a text of the settings. The program version is added.
    pub fn of(sdl: &str, settings: &str) -> Self {
        let text = format!("{}\0{settings}\0{sdl}", env!("CARGO_PKG_VERSION"));
        Self(Checksum::of(text.as_bytes()))
    }

    /// Returns the salt for content whose history begins at a revision. Responses with changes and dates read
    /// the history.
    #[must_use]
    pub fn with_history_since(self, oldest: RevisionNumber) -> Self {
        let mut text = self.0.as_bytes().to_vec();
        text.extend(oldest.get().to_le_bytes());
        Self(Checksum::of(&text))
    }
}

impl CacheKey {
    /// Returns the key of the uncompressed response. `variant` differs between the media types of a request.
    pub fn new(request: Checksum, revision: Revision, variant: u8, salt: CacheKeySalt) -> Self {
        let mut identity = [0_u8; 81];
        identity[..32].copy_from_slice(salt.0.as_bytes());
        identity[32..64].copy_from_slice(request.as_bytes());
        identity[64..72].copy_from_slice(&revision.number.get().to_le_bytes());
        // A new database restarts the revision numbers, so the time of the revision is part of the key.
        identity[72..80].copy_from_slice(&revision.at.millis().to_le_bytes());
        identity[80] = variant;
        Self { identity: Checksum::of(&identity), encoding: ContentEncoding::Identity }
    }

    fn with_encoding(self, encoding: ContentEncoding) -> Self {
        Self { encoding, ..self }
    }

    /// Returns the ETag. It is weak, because compressed and uncompressed responses share it.
    pub fn etag(&self) -> String {
        let mut etag = "W/\"".to_owned() + &self.identity.to_string();
        etag.truncate(ETAG_LENGTH);
        etag.push('"');
        etag
    }
}

/// Result of the cache lookup, for logs and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheStatus {
    /// Served from the cache.
    Hit,
    /// Executed and stored in the cache.
    Miss,
    /// Not cacheable, or the cache is disabled.
    Bypass,
    /// The ETag of the client is current (status 304).
    NotModified,
}

impl CacheStatus {
    /// Returns the name in logs and metrics, for example `not_modified`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Bypass => "bypass",
            Self::NotModified => "not_modified",
        }
    }
}

/// Response that a [`ResponseCache`] stores.
pub trait CachedResponse: Clone + Send + Sync + 'static {
    /// Returns the size of the body in bytes.
    fn size(&self) -> usize;

    /// Returns false if the response must not be cached, for example an error.
    fn is_cacheable(&self) -> bool;

    /// Compresses the body.
    #[must_use]
    fn encoded(self, encoding: ContentEncoding) -> Self;
}

/// Response cache, bounded by bytes. Without entries, it is disabled.
///
/// Evicts the least recently used entry. A frequency-based policy would prefer popular entries of old
/// revisions to new ones.
#[derive(Clone)]
pub struct ResponseCache<R> {
    entries: Option<Cache<CacheKey, Arc<R>>>,
    /// One permit: a large response is compressed alone, on a thread of its own.
    large_compression: Arc<Semaphore>,
}

impl<R> std::fmt::Debug for ResponseCache<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseCache").field("is_enabled", &self.entries.is_some()).finish_non_exhaustive()
    }
}

impl<R: CachedResponse> ResponseCache<R> {
    /// Creates a cache of at most `bytes` bytes. 0 disables it.
    pub fn new(bytes: u64) -> Self {
        let weight = |_: &CacheKey, rendered: &Arc<R>| {
            u32::try_from(rendered.size()).unwrap_or(u32::MAX).saturating_add(ENTRY_OVERHEAD_BYTES)
        };
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(weight)
            .time_to_idle(TIME_TO_IDLE)
            .eviction_policy(EvictionPolicy::lru());
        let entries = (bytes > 0).then(|| cache.build());
        Self { entries, large_compression: Arc::new(Semaphore::new(1)) }
    }

    /// Returns the cached response in an encoding. `None` on a cache miss.
    pub async fn get(&self, key: CacheKey, encoding: ContentEncoding) -> Option<Arc<R>> {
        self.entries.as_ref()?.get(&key.with_encoding(encoding)).await
    }

    /// Returns the cached response or renders it. Concurrent requests with the same key share one rendering.
    pub async fn get_or_render(
        &self,
        key: CacheKey,
        encoding: ContentEncoding,
        render: impl Future<Output = R>,
    ) -> (Arc<R>, CacheStatus) {
        let Some(cache) = &self.entries else {
            return (Arc::new(self.encode(render.await, encoding).await), CacheStatus::Bypass);
        };
        let encoded_key = key.with_encoding(encoding);
        let mut was_rendered = false;
        let result = cache
            .try_get_with(key, async {
                was_rendered = true;
                let rendered = Arc::new(render.await);
                if rendered.is_cacheable() && fits(cache, &rendered) { Ok(rendered) } else { Err(rendered) }
            })
            .await;
        let status_for = |status| if was_rendered { status } else { CacheStatus::Hit };
        if was_rendered && result.as_ref().is_ok_and(|rendered| rendered.size() > LARGE_BYTES) {
            cache.run_pending_tasks().await;
        }
        match result {
            Ok(identity_response) if encoding == ContentEncoding::Identity => {
                (identity_response, status_for(CacheStatus::Miss))
            }
            Ok(identity_response) => {
                let identity = R::clone(&identity_response);
                let compress = async { Arc::new(self.encode(identity, encoding).await) };
                (cache.get_with(encoded_key, compress).await, status_for(CacheStatus::Miss))
            }
            Err(identity_response) => {
                let identity = R::clone(&identity_response);
                (Arc::new(self.encode(identity, encoding).await), CacheStatus::Bypass)
            }
        }
    }

    /// Compresses a response. A large one takes up to a second, in which its thread could serve nobody else.
    async fn encode(&self, rendered: R, encoding: ContentEncoding) -> R {
        if encoding == ContentEncoding::Identity || rendered.size() <= LARGE_BYTES {
            return rendered.encoded(encoding);
        }
        let uncompressed = rendered.clone();
        let Ok(permit) = Arc::clone(&self.large_compression).acquire_owned().await else { return rendered };
        let compressing = tokio::task::spawn_blocking(move || {
            let encoded = rendered.encoded(encoding);
            drop(permit);
            encoded
        });
        compressing.await.unwrap_or(uncompressed)
    }

    /// Returns true if the uncompressed response is cached.
    pub fn contains(&self, key: &CacheKey) -> bool {
        self.entries.as_ref().is_some_and(|cache| cache.contains_key(key))
    }

    /// Returns the approximate number of entries and their size in bytes.
    pub fn size(&self) -> (u64, u64) {
        self.entries.as_ref().map_or((0, 0), |cache| (cache.entry_count(), cache.weighted_size()))
    }
}

/// Returns true if a response takes at most [`MAX_ENTRY_SHARE`] of the cache.
fn fits<R: CachedResponse>(cache: &Cache<CacheKey, Arc<R>>, rendered: &R) -> bool {
    let capacity = cache.policy().max_capacity().unwrap_or(u64::MAX);
    rendered.size() as u64 <= capacity / MAX_ENTRY_SHARE
}
