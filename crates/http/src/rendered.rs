//! Response as bytes with its HTTP headers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{
    ApiError, ErrorCode, GraphqlResponse, RETRY_AFTER_SECONDS, ResponseBytes, UNRESERVED_BYTES,
};

use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::rate_limit::retry_after_seconds;
use passerelle_http_common::response_cache::CachedResponse;

use super::accept::MediaType;

/// Value of `Vary`: request headers that change the response.
pub(super) const VARY: &str = "accept, accept-encoding";

/// Serialized response, ready to send.
#[derive(Clone, Debug)]
pub(super) struct RenderedResponse {
    pub(super) status: StatusCode,
    pub(super) bytes: Bytes,
    pub(super) encoding: ContentEncoding,
    pub(super) error_count: usize,
    /// `None` if the response must not be cached.
    pub(super) etag: Option<HeaderValue>,
    /// True if the client may retry after [`RETRY_AFTER_SECONDS`].
    pub(super) is_overloaded: bool,
    /// Reserved memory of the bytes. Shared by the cache and everyone to whom they are sent. `None` for a
    /// response that was not executed, which is small.
    pub(super) reservation: Option<Arc<ResponseBytes>>,
    /// `None` for a GraphQL response.
    pub(super) file: Option<StreamedFile>,
}

/// Headers of a generated file.
#[derive(Clone, Debug)]
pub(super) struct StreamedFile {
    /// Value of `Content-Type`.
    pub(super) media_type: &'static str,
    /// Value of `Content-Disposition`.
    pub(super) disposition: Option<HeaderValue>,
    /// Length in bytes of a file that is too large for the cache. The rendered bytes are then empty.
    pub(super) length: Option<u64>,
}

/// Body that keeps its memory reserved until it is sent.
struct ReservedBody {
    bytes: Bytes,
    _reservation: Arc<ResponseBytes>,
}

impl AsRef<[u8]> for ReservedBody {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl RenderedResponse {
    /// Serializes a response. `etag` is called only if the response is cacheable.
    ///
    /// Returns the error that replaces it if it is too large.
    pub(super) fn of(response: &GraphqlResponse, media: MediaType, etag: impl FnOnce() -> String) -> Self {
        let bytes = match response.serialize_bounded() {
            Ok(bytes) => bytes,
            Err(error) => return Self::of_small(&error, media),
        };
        let etag = response.is_cacheable().then(|| HeaderValue::try_from(etag()).ok()).flatten();
        let reservation = response.bytes().filter(|_| bytes.len() > UNRESERVED_BYTES).cloned();
        Self { bytes: bytes.into(), etag, reservation, ..Self::without_body(response, media) }
    }

    /// Serializes a response that was not executed.
    fn of_small(response: &GraphqlResponse, media: MediaType) -> Self {
        Self { bytes: response.to_json().into(), ..Self::without_body(response, media) }
    }

    fn without_body(response: &GraphqlResponse, media: MediaType) -> Self {
        Self {
            status: status(response, media),
            bytes: Bytes::new(),
            encoding: ContentEncoding::Identity,
            error_count: response.errors().len(),
            etag: None,
            is_overloaded: response.error_codes().any(|code| {
                code == ErrorCode::Overloaded.name() || code == ErrorCode::DatabaseUnavailable.name()
            }),
            reservation: None,
            file: None,
        }
    }

    /// Converts to an HTTP response with `Cache-Control: no-store`. The caller replaces that for cacheable
    /// responses.
    pub(super) fn into_http(self, media: MediaType) -> HttpResponse {
        let body = match self.reservation {
            Some(reservation) => {
                Bytes::from_owner(ReservedBody { bytes: self.bytes, _reservation: reservation })
            }
            None => self.bytes,
        };
        let mut response = HttpResponse::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.header_value()));
        headers.insert(header::VARY, HeaderValue::from_static(VARY));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.is_overloaded {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        if let Some(encoding) = self.encoding.header_value() {
            headers.insert(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}

impl CachedResponse for RenderedResponse {
    fn size(&self) -> usize {
        self.bytes.len()
    }

    fn is_cacheable(&self) -> bool {
        self.etag.is_some()
    }

    /// Reserves the memory of the compressed body only.
    fn encoded(self, encoding: ContentEncoding) -> Self {
        let (bytes, encoding) = encoding.encode(&self.bytes);
        let reserve = |existing: Arc<ResponseBytes>| existing.budget().reserve_existing(bytes.len());
        let reservation = self.reservation.map(reserve);
        Self { bytes, encoding, reservation, ..self }
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

/// Returns the response to a client that exceeds its quota (status 429).
pub(super) fn rate_limited_response(retry_after: Duration) -> GraphqlResponse {
    let seconds = retry_after_seconds(retry_after);
    let message = format!("Rate limit exceeded. Retry in {seconds} s.");
    GraphqlResponse::http_error(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message)
}

/// Converts an error of an export or the feed to a response. Details of internal errors go only to the log.
pub(super) fn file_error(error: &ApiError) -> GraphqlResponse {
    match error {
        ApiError::BadInput(_) | ApiError::InvalidCursor | ApiError::SearchNotReady => {
            GraphqlResponse::http_error(StatusCode::BAD_REQUEST, error.code(), error.to_string())
        }
        ApiError::ResponseTooLarge(_) => {
            GraphqlResponse::http_error(StatusCode::PAYLOAD_TOO_LARGE, error.code(), error.to_string())
        }
        ApiError::Forbidden => {
            GraphqlResponse::http_error(StatusCode::FORBIDDEN, error.code(), error.to_string())
        }
        ApiError::Overloaded | ApiError::DatabaseUnavailable => {
            GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, error.code(), error.to_string())
        }
        ApiError::Internal(source) => {
            tracing::error!(error = %source, "file export or feed failed");
            let message = "The content is temporarily unavailable.";
            GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, error.code(), message)
        }
    }
}
