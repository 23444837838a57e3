//! Answers as bytes: those of a revision never change, so that they are made once.
//!
//! Kept is what is answered without errors from what the revision holds. What says how things are now (the worker's state)
//! is made each time.

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

/// What nobody asked for so long is let go of: it is of a revision that is over.
const TIME_TO_IDLE: Duration = Duration::from_mins(10);
/// What a response takes beside its bytes, about.
const ENTRY_OVERHEAD_BYTES: u32 = 400;

/// What of a request decides what its answer looks like.
pub(super) const VARY: &str = "accept, accept-encoding";

/// The length of a etag without its last mark: half of the digits tell two answers apart.
const ETAG_LENGTH: usize = "W/\"".len() + 32;

/// Which response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
    /// The document, the operation and the variables; the revision; the media type.
    identity: Checksum,
    encoding: ContentEncoding,
}

/// What makes the tags of one service differ from those of another: a response depends on them too.
#[derive(Clone, Copy, Debug)]
pub(super) struct CacheKeySalt(Checksum);

impl CacheKeySalt {
    /// The salt of a version with a schema and settings.
    pub(super) fn of(sdl: &str, settings: &str) -> Self {
        let text = format!("{}\0{settings}\0{sdl}", env!("CARGO_PKG_VERSION"));
        Self(Checksum::of(text.as_bytes()))
    }
}

impl CacheKey {
    /// The key of a response that is not compressed.
    pub(super) fn new(request: Checksum, revision: Revision, media: MediaType, salt: CacheKeySalt) -> Self {
        let mut identity = [0_u8; 81];
        identity[..32].copy_from_slice(salt.0.as_bytes());
        identity[32..64].copy_from_slice(request.as_bytes());
        identity[64..72].copy_from_slice(&revision.number.get().to_le_bytes());
        // Numbers begin again where a database is made anew.
        identity[72..80].copy_from_slice(&revision.at.millis().to_le_bytes());
        identity[80] = u8::from(media == MediaType::Json);
        Self { identity: Checksum::of(&identity), encoding: ContentEncoding::Identity }
    }

    fn with_encoding(self, encoding: ContentEncoding) -> Self {
        Self { encoding, ..self }
    }

    /// The etag of the response: weak, for it is the same whether it is compressed or not.
    pub(super) fn etag(&self) -> String {
        let mut etag = "W/\"".to_owned() + &self.identity.to_string();
        etag.truncate(ETAG_LENGTH);
        etag.push('"');
        etag
    }
}

/// a response that goes out as it is.
#[derive(Clone, Debug)]
pub(super) struct RenderedResponse {
    pub(super) status: StatusCode,
    pub(super) bytes: Bytes,
    pub(super) encoding: ContentEncoding,
    pub(super) error_count: usize,
    /// The etag of one that is kept.
    pub(super) etag: Option<HeaderValue>,
}

/// Where a response came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CacheStatus {
    /// It was there.
    Hit,
    /// It was made, and is kept.
    Miss,
    /// It was made, and is not kept.
    Bypass,
    /// The client has it.
    NotModified,
}

impl CacheStatus {
    /// As it is told.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Bypass => "bypass",
            Self::NotModified => "not_modified",
        }
    }
}

/// ResponseStream, bounded by bytes. The least recently used go first: those of the newest revision must not wait for their
/// turn behind those that were asked for often.
#[derive(Clone)]
pub(super) struct ResponseCache(Option<Cache<CacheKey, Arc<RenderedResponse>>>);

impl ResponseCache {
    /// Keeps so many bytes; 0 for none.
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

    /// The answer of a key, if it is there.
    pub(super) async fn get(
        &self,
        key: CacheKey,
        encoding: ContentEncoding,
    ) -> Option<Arc<RenderedResponse>> {
        self.0.as_ref()?.get(&key.with_encoding(encoding)).await
    }

    /// The answer of a key, made if it is not there: once, however many ask for it at the same time.
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

    /// Whether the answer of a key is there.
    pub(super) fn contains(&self, key: &CacheKey) -> bool {
        self.0.as_ref().is_some_and(|cache| cache.contains_key(key))
    }

    /// How many answers there are, and how many bytes they weigh, about.
    pub(super) fn size(&self) -> (u64, u64) {
        self.0.as_ref().map_or((0, 0), |cache| (cache.entry_count(), cache.weighted_size()))
    }
}

fn encode(rendered: RenderedResponse, encoding: ContentEncoding) -> RenderedResponse {
    let (bytes, encoding) = encoding.encode(&rendered.bytes);
    RenderedResponse { bytes, encoding, ..rendered }
}

impl RenderedResponse {
    /// The answer as bytes, under a etag where it lasts.
    pub(super) fn of(response: &GraphqlResponse, media: MediaType, etag: impl FnOnce() -> String) -> Self {
        let (status, bytes) = match serde_json::to_vec(response) {
            Ok(bytes) => (status(response, media), bytes),
            Err(error) => {
                tracing::error!(%error, "response serialization failed");
                (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec())
            }
        };
        let etag = response.is_cacheable().then(|| HeaderValue::try_from(etag()).ok()).flatten();
        // What is kept takes no more room than it has bytes: what was written to has room to grow.
        let bytes = if etag.is_some() { Bytes::copy_from_slice(&bytes) } else { bytes.into() };
        Self {
            status,
            bytes,
            encoding: ContentEncoding::Identity,
            error_count: response.errors().len(),
            etag,
        }
    }

    /// The answer as it goes out. What is kept of it elsewhere is asked for again each time, unless it was given an age.
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

/// The status that a response is sent with.
fn status(response: &GraphqlResponse, media: MediaType) -> StatusCode {
    if media == MediaType::Json && response.is_graphql() { StatusCode::OK } else { response.status() }
}

/// The answer as it goes out, for this moment.
pub(super) fn to_http(response: &GraphqlResponse, media: MediaType) -> HttpResponse {
    RenderedResponse::of(response, media, String::new).into_http(media)
}

/// What failed where a file was asked for rather than fields. The words of what is internal go to the log.
pub(super) fn from_file_error(error: &ApiError) -> HttpResponse {
    let response = match error {
        ApiError::BadInput(_) | ApiError::InvalidCursor | ApiError::SearchNotReady => {
            GraphqlResponse::http_error(StatusCode::BAD_REQUEST, error.code(), error.to_string())
        }
        ApiError::Internal(source) => {
            tracing::error!(error = %source, "export failed");
            let message = "The content is temporarily unavailable.";
            GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, error.code(), message)
        }
    };
    to_http(&response, MediaType::Json)
}
