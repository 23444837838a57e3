//! Response as bytes with its HTTP headers.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{ApiError, GraphqlResponse};

use super::accept::MediaType;
use super::encoding::ContentEncoding;

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
    /// Length in bytes of a file that is too large for the cache. It is produced again for each request, and the
    /// rendered bytes are empty.
    pub(super) length: Option<u64>,
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
            file: None,
        }
    }

    /// Compresses the body.
    pub(super) fn encoded(self, encoding: ContentEncoding) -> Self {
        let (bytes, encoding) = encoding.encode(&self.bytes);
        Self { bytes, encoding, ..self }
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

/// Converts an error of an export or the feed to a response. Details of internal errors go only to the log.
pub(super) fn file_error(error: &ApiError) -> GraphqlResponse {
    match error {
        ApiError::BadInput(_) | ApiError::InvalidCursor | ApiError::SearchNotReady => {
            GraphqlResponse::http_error(StatusCode::BAD_REQUEST, error.code(), error.to_string())
        }
        ApiError::Internal(source) => {
            tracing::error!(error = %source, "file export or feed failed");
            let message = "The content is temporarily unavailable.";
            GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, error.code(), message)
        }
    }
}
