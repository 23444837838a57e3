//! Conditional requests (RFC 9110, section 13.1).

use axum::http::{HeaderMap, header};

/// Returns true if `If-None-Match` contains an ETag, by weak comparison.
///
/// `*` is no match: the client has not named a version that it has, and receives the response.
pub fn is_known_to_client(headers: &HeaderMap, etag: &str) -> bool {
    let condition = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_same = |candidate: &str| without_weak_prefix(candidate) == without_weak_prefix(etag);
    condition.is_some_and(|condition| condition.split(',').any(is_same))
}

fn without_weak_prefix(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn etags_are_compared_weakly() {
        let mut headers = HeaderMap::new();
        assert!(!is_known_to_client(&headers, "W/\"a\""));
        headers.insert(header::IF_NONE_MATCH, "\"b\", W/\"a\"".parse().unwrap());
        assert!(is_known_to_client(&headers, "\"a\""));
        assert!(is_known_to_client(&headers, "W/\"b\""));
        assert!(!is_known_to_client(&headers, "W/\"c\""));
        headers.insert(header::IF_NONE_MATCH, "*".parse().unwrap());
        assert!(!is_known_to_client(&headers, "\"a\""));
    }
}
