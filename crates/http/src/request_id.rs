//! Request id: the client gets it in a header and in errors, the operator finds it in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Header of requests (set by a proxy) and of responses.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Maximum length of an id from a proxy in bytes. A longer id is replaced.
const MAX_LENGTH: usize = 64;

/// Id of one request, from a proxy or generated. Visible ASCII characters.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// Returns the id as text, for example `9f86d081884c7d65`.
    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(super) fn header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Generates ids. The random salt makes ids of other replicas and of earlier runs different. The standard
/// library has no other source of randomness, and an id needs no stronger one.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestIdGenerator {
    salt: RandomState,
    next: Arc<AtomicU64>,
}

impl RequestIdGenerator {
    /// Returns the id from the request header if it is valid, else a generated one.
    pub(super) fn read_or_create(&self, headers: &HeaderMap) -> RequestId {
        let from_proxy = headers.get(HEADER).filter(|value| {
            (1..=MAX_LENGTH).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        });
        from_proxy.cloned().map_or_else(|| self.generate(), RequestId)
    }

    /// Generates an id of 16 hex digits.
    pub(super) fn generate(&self) -> RequestId {
        RequestId(self.next_value())
    }

    fn next_value(&self) -> HeaderValue {
        let number = self.salt.hash_one(self.next.fetch_add(1, Ordering::Relaxed));
        HeaderValue::try_from(format!("{number:016x}")).unwrap_or_else(|_| HeaderValue::from_static("0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_proxy_request_id_is_reused() {
        let ids = RequestIdGenerator::default();
        let of = |given: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(given).unwrap());
            ids.read_or_create(&headers).as_str().to_owned()
        };
        assert_eq!(of(b"abc-123"), "abc-123");
        for refused in [b"".as_slice(), b"a b", "é".as_bytes(), &[b'a'; MAX_LENGTH + 1]] {
            assert_eq!(of(refused).len(), 16, "{refused:?}");
        }
        assert_ne!(of(b""), of(b""));
    }
}
