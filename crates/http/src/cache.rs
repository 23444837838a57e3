//! In-memory cache of rendered responses.
//!
//! A response to the same request at the same revision never changes. Responses with errors and responses
//! that contain live state, such as the sync status, are not cached.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use passerelle_api::{ApiError, GraphqlResponse};
use passerelle_model::checksum::Checksum;
use passerelle_model::sync::Revision;

use super::accept::MediaType;
use super::encoding::ContentEncoding;

/// Time after the last access until an entry is removed. By then it usually belongs to an old revision.
const TIME_TO_IDLE: Duration = Duration::from_mins(10);
/// Approximate memory per entry in bytes, in addition to the body.
const ENTRY_OVERHEAD_BYTES: u32 = 400;

/// Value of `Vary`: request headers that change the response.
pub(super) const VARY: &str = "accept, accept-encoding";

/// Length of an ETag without the closing quote. It contains 32 of the 64 hex digits, which is 128 bits.
const ETAG_LENGTH: usize = "W/\"".len() + 32;

/// Key of a cached response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
    /// Checksum of the salt, the request, the revision and the media type.
    identity: Checksum,
    encoding: ContentEncoding,
}

/// Checksum of everything outside a request that changes responses: program version, schema and settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct CacheKeySalt(Checksum);

impl CacheKeySalt {
    /// Returns the salt for a schema and a text of the settings. The program version is added.
    pub(super) fn of(sdl: &str, settings: &str) -> Self {
        let text = format!("{}\0{settings}\0{sdl}", env!("CARGO_PKG_VERSION"));
        Self(Checksum::of(text.as_bytes()))
    }
}

impl CacheKey {
    /// Returns the key of the uncompressed response.
    pub(super) fn new(request: Checksum, revision: Revision, media: MediaType, salt: CacheKeySalt) -> Self {
        let mut identity = [0_u8; 81];
        identity[..32].copy_from_slice(salt.0.as_bytes());
        identity[32..64].copy_from_slice(request.as_bytes());
        identity[64..72].copy_from_slice(&revision.number.get().to_le_bytes());
        // A new database restarts the revision numbers, so the time of the revision is part of the key.
        identity[72..80].copy_from_slice(&revision.at.millis().to_le_bytes());
        identity[80] = u8::from(media == MediaType::Json);
        Self { identity: Checksum::of(&identity), encoding: ContentEncoding::Identity }
    }

    fn with_encoding(self, encoding: ContentEncoding) -> Self {
        Self { encoding, ..self }
    }

    /// Returns the ETag. It is weak, because compressed and uncompressed responses share it.
    pub(super) fn etag(&self) -> String {
        let mut etag = "W/\"".to_owned() + &self.identity.to_string();
        etag.truncate(ETAG_LENGTH);
        etag.push('"');
        etag
    }
}

/// Serialized response, ready to send.
#[derive(Clone, Debug)]
pub(super) struct RenderedResponse {
    pub(super) status: StatusCode,
    pub(super) bytes: Bytes,
    pub(super) encoding: ContentEncoding,
    pub(super) error_count: usize,
    /// `None` if the response must not be cached.
    pub(super) etag: Option<HeaderValue>,
}

/// Result of the cache lookup, for logs and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CacheStatus {
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
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Bypass => "bypass",
            Self::NotModified => "not_modified",
        }
    }
}

/// Response cache, bounded by bytes. `None` inside means that it is disabled.
///
/// Evicts the least recently used entry. A frequency-based policy would prefer popular entries of old
/// revisions to new ones.
#[derive(Clone)]
pub(super) struct ResponseCache(Option<Cache<CacheKey, Arc<RenderedResponse>>>);

impl ResponseCache {
    /// Creates a cache of at most `bytes` bytes. 0 disables it.
    pub(super) fn new(bytes: u64) -> Self {
        let weight = |_: &CacheKey, rendered: &Arc<RenderedResponse>| {
            u32::try_from(rendered.bytes.len()).unwrap_or(u32::MAX).saturating_add(ENTRY_OVERHEAD_BYTES)
        };
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(weight)
            .time_to_idle(TIME_TO_IDLE)
            .eviction_policy(EvictionPolicy::lru());
        Self((bytes > 0).then(|| cache.build()))
    }

    /// Returns the cached response in an encoding. `None` on a cache miss.
    pub(super) async fn get(
        &self,
        key: CacheKey,
        encoding: ContentEncoding,
    ) -> Option<Arc<RenderedResponse>> {
        self.0.as_ref()?.get(&key.with_encoding(encoding)).await
    }

    /// Returns the cached response or renders it. Concurrent requests with the same key share one rendering.
    pub(super) async fn get_or_render(
        &self,
        key: CacheKey,
        encoding: ContentEncoding,
        render: impl Future<Output = RenderedResponse>,
    ) -> (Arc<RenderedResponse>, CacheStatus) {
        let Some(cache) = &self.0 else {
            return (Arc::new(encode(render.await, encoding)), CacheStatus::Bypass);
        };
        let encoded_key = key.with_encoding(encoding);
        let mut was_rendered = false;
        let result = cache
            .try_get_with(key, async {
                was_rendered = true;
                let rendered = Arc::new(render.await);
                if rendered.etag.is_some() { Ok(rendered) } else { Err(rendered) }
            })
            .await;
        let status_for = |status| if was_rendered { status } else { CacheStatus::Hit };
        match result {
            Ok(identity_response) if encoding == ContentEncoding::Identity => {
                (identity_response, status_for(CacheStatus::Miss))
            }
            Ok(identity_response) => {
                let compress =
                    async { Arc::new(encode(RenderedResponse::clone(&identity_response), encoding)) };
                (cache.get_with(encoded_key, compress).await, status_for(CacheStatus::Miss))
            }
            Err(identity_response) => {
                (Arc::new(encode(RenderedResponse::clone(&identity_response), encoding)), CacheStatus::Bypass)
            }
        }
    }

    /// Returns true if the uncompressed response is cached.
    pub(super) fn contains(&self, key: &CacheKey) -> bool {
        self.0.as_ref().is_some_and(|cache| cache.contains_key(key))
    }

    /// Returns the approximate number of entries and their size in bytes.
    pub(super) fn size(&self) -> (u64, u64) {
        self.0.as_ref().map_or((0, 0), |cache| (cache.entry_count(), cache.weighted_size()))
    }
}

fn encode(rendered: RenderedResponse, encoding: ContentEncoding) -> RenderedResponse {
    let (bytes, encoding) = encoding.encode(&rendered.bytes);
    RenderedResponse { bytes, encoding, ..rendered }
}

impl RenderedResponse {
    /// Serializes a response. `etag` is called only if the response is cacheable.
    pub(super) fn of(response: &GraphqlResponse, media: MediaType, etag: impl FnOnce() -> String) -> Self {
        let (status, bytes) = match serde_json::to_vec(response) {
            Ok(bytes) => (status(response, media), bytes),
            Err(error) => {
                tracing::error!(%error, "response serialization failed");
                (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec())
            }
        };
        let etag = response.is_cacheable().then(|| HeaderValue::try_from(etag()).ok()).flatten();
        // The copy has no spare capacity, so the cache counts its real size.
        let bytes = if etag.is_some() { Bytes::copy_from_slice(&bytes) } else { bytes.into() };
        Self {
            status,
            bytes,
            encoding: ContentEncoding::Identity,
            error_count: response.errors().len(),
            etag,
        }
    }

    /// Converts to an HTTP response with `Cache-Control: no-store`. The caller replaces that for cacheable
    /// responses.
    pub(super) fn into_http(self, media: MediaType) -> HttpResponse {
        let mut response = HttpResponse::new(Body::from(self.bytes));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.header_value()));
        headers.insert(header::VARY, HeaderValue::from_static(VARY));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(encoding) = self.encoding.header_value() {
            headers.insert(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}

/// Returns the HTTP status. With `application/json`, every GraphQL response has status 200.
fn status(response: &GraphqlResponse, media: MediaType) -> StatusCode {
    if media == MediaType::Json && response.is_graphql() { StatusCode::OK } else { response.status() }
}

/// Converts a response that must not be cached, for example an error, to an HTTP response.
pub(super) fn to_http(response: &GraphqlResponse, media: MediaType) -> HttpResponse {
    RenderedResponse::of(response, media, String::new).into_http(media)
}

/// Converts an error of an export or the feed to an HTTP response. Details of internal errors go only to the
/// log.
pub(super) fn from_file_error(error: &ApiError) -> HttpResponse {
    let response = match error {
        ApiError::BadInput(_) | ApiError::InvalidCursor | ApiError::SearchNotReady => {
            GraphqlResponse::http_error(StatusCode::BAD_REQUEST, error.code(), error.to_string())
        }
        ApiError::Internal(source) => {
            tracing::error!(error = %source, "file export or feed failed");
            let message = "The content is temporarily unavailable.";
            GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, error.code(), message)
        }
    };
    to_http(&response, MediaType::Json)
}
