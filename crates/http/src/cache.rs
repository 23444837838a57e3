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
use passerelle_api::{Answer, ApiError};
use passerelle_model::checksum::Checksum;
use passerelle_model::sync::Revision;

use super::accept::MediaType;
use super::encoding::Encoding;

/// What nobody asked for so long is let go of: it is of a revision that is over.
const IDLE: Duration = Duration::from_mins(10);
/// What an answer takes beside its bytes, about.
const OVERHEAD: u32 = 400;

/// What of a request decides what its answer looks like.
pub(super) const VARY: &str = "accept, accept-encoding";

/// The length of a tag without its last mark: half of the digits tell two answers apart.
const TAG: usize = "W/\"".len() + 32;

/// Which answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The document, the operation and the variables; the revision; the media type.
    identity: Checksum,
    encoding: Encoding,
}

/// What makes the tags of one service differ from those of another: an answer depends on them too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Salt(Checksum);

impl Salt {
    /// The salt of a version with a schema and settings.
    pub(super) fn of(sdl: &str, settings: &str) -> Self {
        let text = format!("{}\0{settings}\0{sdl}", env!("CARGO_PKG_VERSION"));
        Self(Checksum::of(text.as_bytes()))
    }
}

impl Key {
    /// The key of an answer that is not compressed.
    pub(super) fn new(asked: Checksum, revision: Revision, media: MediaType, salt: Salt) -> Self {
        let mut identity = [0_u8; 81];
        identity[..32].copy_from_slice(salt.0.as_bytes());
        identity[32..64].copy_from_slice(asked.as_bytes());
        identity[64..72].copy_from_slice(&revision.number.get().to_le_bytes());
        // Numbers begin again where a database is made anew.
        identity[72..80].copy_from_slice(&revision.at.millis().to_le_bytes());
        identity[80] = u8::from(media == MediaType::Json);
        Self { identity: Checksum::of(&identity), encoding: Encoding::Identity }
    }

    fn encoded(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// The tag of the answer: weak, for it is the same whether it is compressed or not.
    pub(super) fn tag(&self) -> String {
        let mut tag = "W/\"".to_owned() + &self.identity.to_string();
        tag.truncate(TAG);
        tag.push('"');
        tag
    }
}

/// An answer that goes out as it is.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) status: StatusCode,
    pub(super) bytes: Bytes,
    pub(super) encoding: Encoding,
    pub(super) error_count: usize,
    /// The tag of one that is kept.
    pub(super) tag: Option<HeaderValue>,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was there.
    Hit,
    /// It was made, and is kept.
    Miss,
    /// It was made, and is not kept.
    Pass,
    /// The client has it.
    Known,
}

impl Outcome {
    /// As it is told.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Pass => "pass",
            Self::Known => "known",
        }
    }
}

/// Answers, bounded by bytes. The least recently used go first: those of the newest revision must not wait for their
/// turn behind those that were asked for often.
#[derive(Clone)]
pub(super) struct Responses(Option<Cache<Key, Arc<Rendered>>>);

impl Responses {
    /// Keeps so many bytes; 0 for none.
    pub(super) fn new(bytes: u64) -> Self {
        let weight = |_: &Key, rendered: &Arc<Rendered>| {
            u32::try_from(rendered.bytes.len()).unwrap_or(u32::MAX).saturating_add(OVERHEAD)
        };
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(weight)
            .time_to_idle(IDLE)
            .eviction_policy(EvictionPolicy::lru());
        Self((bytes > 0).then(|| cache.build()))
    }

    /// The answer of a key, if it is there.
    pub(super) async fn get(&self, key: Key, encoding: Encoding) -> Option<Arc<Rendered>> {
        self.0.as_ref()?.get(&key.encoded(encoding)).await
    }

    /// The answer of a key, made if it is not there: once, however many ask for it at the same time.
    pub(super) async fn make(
        &self,
        key: Key,
        encoding: Encoding,
        make: impl Future<Output = Rendered>,
    ) -> (Arc<Rendered>, Outcome) {
        let Some(cache) = &self.0 else {
            return (Arc::new(encoded(make.await, encoding)), Outcome::Pass);
        };
        let own = key.encoded(encoding);
        let mut is_made = false;
        let result = cache
            .try_get_with(key, async {
                is_made = true;
                let rendered = Arc::new(make.await);
                if rendered.tag.is_some() { Ok(rendered) } else { Err(rendered) }
            })
            .await;
        let outcome = |kept| if is_made { kept } else { Outcome::Hit };
        match result {
            Ok(plain) if encoding == Encoding::Identity => (plain, outcome(Outcome::Miss)),
            Ok(plain) => {
                let compressing = async { Arc::new(encoded(Rendered::clone(&plain), encoding)) };
                (cache.get_with(own, compressing).await, outcome(Outcome::Miss))
            }
            Err(plain) => (Arc::new(encoded(Rendered::clone(&plain), encoding)), Outcome::Pass),
        }
    }

    /// Whether the answer of a key is there.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.0.as_ref().is_some_and(|cache| cache.contains_key(key))
    }

    /// How many answers there are, and how many bytes they weigh, about.
    pub(super) fn size(&self) -> (u64, u64) {
        self.0.as_ref().map_or((0, 0), |cache| (cache.entry_count(), cache.weighted_size()))
    }
}

fn encoded(rendered: Rendered, encoding: Encoding) -> Rendered {
    let (bytes, encoding) = encoding.encode(&rendered.bytes);
    Rendered { bytes, encoding, ..rendered }
}

impl Rendered {
    /// The answer as bytes, under a tag where it lasts.
    pub(super) fn of(answer: &Answer, media: MediaType, tag: impl FnOnce() -> String) -> Self {
        let (status, bytes) = match serde_json::to_vec(answer) {
            Ok(bytes) => (status(answer, media), bytes),
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec())
            }
        };
        let tag = answer.is_lasting().then(|| HeaderValue::try_from(tag()).ok()).flatten();
        // What is kept takes no more room than it has bytes: what was written to has room to grow.
        let bytes = if tag.is_some() { Bytes::copy_from_slice(&bytes) } else { bytes.into() };
        Self { status, bytes, encoding: Encoding::Identity, error_count: answer.errors().len(), tag }
    }

    /// The answer as it goes out. What is kept of it elsewhere is asked for again each time, unless it was given an age.
    pub(super) fn into_http(self, media: MediaType) -> HttpResponse {
        let mut response = HttpResponse::new(Body::from(self.bytes));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.header()));
        headers.insert(header::VARY, HeaderValue::from_static(VARY));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(encoding) = self.encoding.header() {
            headers.insert(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}

/// The status that an answer is sent with.
fn status(answer: &Answer, media: MediaType) -> StatusCode {
    if media == MediaType::Json && answer.is_graphql() { StatusCode::OK } else { answer.status() }
}

/// The answer as it goes out, for this moment.
pub(super) fn to_http(answer: &Answer, media: MediaType) -> HttpResponse {
    Rendered::of(answer, media, String::new).into_http(media)
}

/// What failed where a file was asked for rather than fields. The words of what is internal go to the log.
pub(super) fn fileless(error: &ApiError) -> HttpResponse {
    let answer = match error {
        ApiError::BadInput(_) | ApiError::InvalidCursor | ApiError::SearchNotReady => {
            Answer::failed(StatusCode::BAD_REQUEST, error.code(), error.to_string())
        }
        ApiError::Internal(source) => {
            tracing::error!(error = %source, "a file could not be made");
            let message = "The content cannot be read at the moment.";
            Answer::failed(StatusCode::SERVICE_UNAVAILABLE, error.code(), message)
        }
    };
    to_http(&answer, MediaType::Json)
}
