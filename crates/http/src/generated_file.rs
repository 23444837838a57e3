//! Responses with generated files: exports, the feed and the schema.
//!
//! A file is produced in chunks. A file of at most [`render::MAX_CACHED_BYTES`] is cached by revision, like a
//! GraphQL response. A larger file is produced once, to compute its ETag, and stored on disk by revision
//! ([`spool`]). A file that could not be stored is produced again for each client, while it is sent. At most
//! one chunk of a large file is in memory. Production stops when the client is gone.

mod body;
mod gzip;
mod render;
mod spool;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::rate_limit::{CACHE_HIT_COST, PeerAddress, retry_after_seconds};
use passerelle_http_common::response_cache::CacheKey;
use passerelle_model::checksum::Checksum;
use passerelle_model::revision::Revision;

use self::body::{encoded_etag, spooled_response, stream_response};
use self::render::render;
pub(super) use self::render::{Chunks, GeneratedFile};
pub(super) use self::spool::Spool;
use self::spool::SpooledFile;
use super::accept::MediaType;
use super::rendered::{RenderedResponse, rate_limited_response, to_http};
use super::state::AppState;

/// Request for a generated file.
pub(super) struct FileRequest<'a> {
    state: &'a AppState,
    headers: &'a HeaderMap,
    peer: Option<IpAddr>,
    key: CacheKey,
    encoding: ContentEncoding,
}

impl<'a> FileRequest<'a> {
    /// `name` identifies the file and its parameters, for example `measures.csv?status=LATE`.
    pub(super) fn new(
        state: &'a AppState,
        headers: &'a HeaderMap,
        peer: PeerAddress,
        revision: Revision,
        name: &str,
    ) -> Self {
        let request = Checksum::of(format!("file:{name}").as_bytes());
        Self {
            state,
            headers,
            peer: peer.ok().map(|info| info.0.ip()),
            key: CacheKey::new(request, revision, MediaType::Json.cache_variant(), state.cache_key_salt()),
            encoding: ContentEncoding::negotiate(headers),
        }
    }

    /// Answers from the cache. Returns `None` on a cache miss, and for a large file that is not on disk.
    pub(super) async fn cached_response(&self) -> Option<Response> {
        let rendered = self.state.response_cache().get(self.key, self.encoding).await?;
        let spooled = self.spooled(&rendered).await;
        let is_small = rendered.file.as_ref().is_some_and(|file| file.length.is_none());
        if !is_small && spooled.is_none() && !self.is_current(&rendered) {
            return None;
        }
        Some(match self.charge(CACHE_HIT_COST) {
            Ok(()) => self.send(&rendered, spooled.as_ref(), None),
            Err(rejected) => *rejected,
        })
    }

    /// Produces the file and answers with it, or with 304 if the client has it.
    pub(super) async fn respond(&self, file: GeneratedFile) -> Response {
        if let Err(rejected) = self.charge(file.cost) {
            return *rejected;
        }
        let rendering = Box::pin(render(&file, self.state.spool(), self.key));
        let (rendered, _) =
            self.state.response_cache().get_or_render(self.key, self.encoding, rendering).await;
        let spooled = self.spooled(&rendered).await;
        self.send(&rendered, spooled.as_ref(), Some(&file))
    }

    /// Returns the bytes of a large file, if they are on disk.
    async fn spooled(&self, rendered: &RenderedResponse) -> Option<Arc<SpooledFile>> {
        rendered.file.as_ref()?.length?;
        self.state.spool().get(self.key).await
    }

    /// Charges the client. The error is the response with status 429.
    pub(super) fn charge(&self, cost: usize) -> Result<(), Box<Response>> {
        self.state.rate_limiter().charge(self.headers, self.peer, cost).map_err(|retry_after| {
            let mut response = to_http(&rate_limited_response(retry_after), MediaType::Json);
            let seconds = HeaderValue::from(retry_after_seconds(retry_after));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            Box::new(response)
        })
    }

    /// Returns true if the client has the file.
    fn is_current(&self, rendered: &RenderedResponse) -> bool {
        let etag = rendered.etag.as_ref().and_then(|etag| etag.to_str().ok());
        let Some(etag) = etag else { return false };
        let Some(condition) = self.headers.typed_get::<IfNoneMatch>() else { return false };
        // The encodings of a file have different tags and the same content.
        [ContentEncoding::Identity, ContentEncoding::Gzip, ContentEncoding::Brotli].into_iter().any(
            |encoding| {
                let etag = encoded_etag(etag, encoding).parse::<ETag>();
                etag.is_ok_and(|etag| !condition.precondition_passes(&etag))
            },
        )
    }

    /// Sends a rendered file. A large file is read from disk, or produced again.
    fn send(
        &self,
        rendered: &RenderedResponse,
        spooled: Option<&Arc<SpooledFile>>,
        file: Option<&GeneratedFile>,
    ) -> Response {
        let Some(description) = &rendered.file else {
            return rendered.clone().into_http(MediaType::Json);
        };
        let is_streamed = description.length.is_some();
        let is_current = self.is_current(rendered);
        let mut encoding = rendered.encoding;
        let mut response = match (is_current, description.length, spooled, file) {
            (true, ..) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                if is_streamed {
                    encoding = self.streamed_encoding();
                }
                response
            }
            (false, Some(_), Some(spooled), _) => {
                encoding = self.streamed_encoding();
                spooled_response(spooled, encoding)
            }
            (false, Some(length), None, Some(file)) => {
                encoding = self.streamed_encoding();
                stream_response((file.produce)(), length, encoding)
            }
            (false, ..) => Response::new(Body::from(rendered.bytes.clone())),
        };
        let headers = response.headers_mut();
        if !is_current {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(description.media_type));
            if let Some(disposition) = &description.disposition {
                headers.insert(header::CONTENT_DISPOSITION, disposition.clone());
            }
            if let Some(value) = encoding.header_value() {
                headers.insert(header::CONTENT_ENCODING, value);
            }
        }
        // The file can change with every revision. Caches may store it but must revalidate.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let etag = rendered.etag.as_ref().and_then(|etag| etag.to_str().ok());
        let etag = etag.and_then(|etag| HeaderValue::try_from(encoded_etag(etag, encoding)).ok());
        if let Some(etag) = etag {
            headers.insert(header::ETAG, etag);
        }
        response
    }

    /// Returns the encoding of a file that is compressed while it is sent.
    ///
    /// A Brotli encoder takes several MiB for each client, a gzip encoder 256 KiB.
    fn streamed_encoding(&self) -> ContentEncoding {
        let is_accepted = ContentEncoding::accepts(self.headers, ContentEncoding::Gzip);
        if is_accepted { ContentEncoding::Gzip } else { ContentEncoding::Identity }
    }
}
