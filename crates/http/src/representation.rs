//! What is written whole before it is sent, under a tag of its bytes (RFC 9110, sections 8.8.3 and 13.1.2).

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use passerelle_model::checksum::Checksum;

/// A file that is made when it is asked for.
pub(super) struct Representation {
    /// Its media type.
    pub(super) media: &'static str,
    /// The name under which a browser saves it, rather than show it. ASCII, without quotes.
    pub(super) name: Option<String>,
    /// All of it.
    pub(super) bytes: Vec<u8>,
}

impl Representation {
    /// The file, or that it is known already. The tag is strong and says nothing but what the bytes are: a revision that
    /// changes nothing in the file leaves it as it is.
    pub(super) fn answer(self, headers: &HeaderMap) -> Response {
        let etag: Option<ETag> = format!("\"{}\"", Checksum::of(&self.bytes)).parse().ok();
        let condition = headers.typed_get::<IfNoneMatch>();
        let is_known = condition
            .is_some_and(|condition| etag.as_ref().is_some_and(|etag| !condition.precondition_passes(etag)));
        let mut response = if is_known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            self.whole()
        };
        let fields = response.headers_mut();
        // It changes whenever a document does: a cache may keep it, and asks each time.
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        fields.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(etag) = etag {
            fields.typed_insert(etag);
        }
        response
    }

    fn whole(self) -> Response {
        let mut response = Response::new(Body::from(self.bytes));
        let fields = response.headers_mut();
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media));
        let disposition = self.name.map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(disposition) = disposition.and_then(|text| HeaderValue::try_from(text).ok()) {
            fields.insert(header::CONTENT_DISPOSITION, disposition);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(condition: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(condition) = condition {
            headers.insert(header::IF_NONE_MATCH, condition.parse().unwrap());
        }
        Representation { media: "text/csv", name: None, bytes: b"a,b".to_vec() }.answer(&headers)
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let first = answer(None);
        let etag = first.headers()["etag"].to_str().unwrap();
        assert!(etag.starts_with('"') && first.status() == StatusCode::OK, "{etag}");
        for condition in [etag, &format!("W/{etag}"), &format!("\"x\", {etag}"), "*"] {
            assert_eq!(answer(Some(condition)).status(), StatusCode::NOT_MODIFIED, "{condition}");
        }
        for condition in ["\"x\"", "x", ""] {
            assert_eq!(answer(Some(condition)).status(), StatusCode::OK, "{condition}");
        }
    }
}
