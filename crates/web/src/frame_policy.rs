//! Content security policy of pages that other sites may show in a frame.

use axum::http::HeaderValue;

/// Returns the content security policy: the style sheet of this service, and the sites that may show the
/// page.
pub(crate) fn frame_policy(frame_ancestors: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors {frame_ancestors}"
    );
    HeaderValue::try_from(policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}
