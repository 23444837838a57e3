//! Generated file with an ETag and support for `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1.2).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use passerelle_model::checksum::Checksum;

/// File that is generated per request, for example a CSV export.
pub(super) struct Representation {
    /// Value of `Content-Type`.
    pub(super) media_type: &'static str,
    /// File name for download, ASCII without quotes. `None` lets the browser display the file.
    pub(super) file_name: Option<String>,
    /// Complete content.
    pub(super) bytes: Vec<u8>,
}

impl Representation {
    /// Returns the file, or 304 if the client has it.
    ///
    /// The ETag is the checksum of the bytes. It stays the same if a new revision does not change the file.
    pub(super) fn into_response(self, headers: &HeaderMap) -> Response {
        let etag: Option<ETag> = format!("\"{}\"", Checksum::of(&self.bytes)).parse().ok();
        let condition = headers.typed_get::<IfNoneMatch>();
        let is_not_modified = condition
            .is_some_and(|condition| etag.as_ref().is_some_and(|etag| !condition.precondition_passes(etag)));
        let mut response = if is_not_modified {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            self.full_response()
        };
        let response_headers = response.headers_mut();
        // The file can change with every revision. Caches may store it but must revalidate.
        response_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response_headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(etag) = etag {
            response_headers.typed_insert(etag);
        }
        response
    }

    fn full_response(self) -> Response {
        let mut response = Response::new(Body::from(self.bytes));
        let response_headers = response.headers_mut();
        response_headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        let disposition = self.file_name.map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(disposition) = disposition.and_then(|text| HeaderValue::try_from(text).ok()) {
            response_headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn respond(condition: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(condition) = condition {
            headers.insert(header::IF_NONE_MATCH, condition.parse().unwrap());
        }
        Representation { media_type: "text/csv", file_name: None, bytes: b"a,b".to_vec() }
            .into_response(&headers)
    }

    #[test]
    fn matching_etag_returns_304() {
        let first = respond(None);
        let etag = first.headers()["etag"].to_str().unwrap();
        assert!(etag.starts_with('"') && first.status() == StatusCode::OK, "{etag}");
        for condition in [etag, &format!("W/{etag}"), &format!("\"x\", {etag}"), "*"] {
            assert_eq!(respond(Some(condition)).status(), StatusCode::NOT_MODIFIED, "{condition}");
        }
        for condition in ["\"x\"", "x", ""] {
            assert_eq!(respond(Some(condition)).status(), StatusCode::OK, "{condition}");
        }
    }
}
