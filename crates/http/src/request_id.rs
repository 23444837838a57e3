//! The name of a request, by which a client and an operator speak of the same one.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header in which a proxy gives it, and in which it is told.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest that is taken over.
const LONGEST: usize = 64;

/// The id of one request: what a proxy gave, or one of ours.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// As text: letters, digits and signs of ASCII.
    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// As a header.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Gives ids. Two services do not give the same one, nor does one after a restart.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestIds {
    salt: RandomState,
    next: Arc<AtomicU64>,
}

impl RequestIds {
    /// The id of a request.
    pub(super) fn of(&self, headers: &HeaderMap) -> RequestId {
        let given = headers.get(HEADER).filter(|value| {
            (1..=LONGEST).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        });
        given.cloned().map_or_else(|| self.given(), RequestId)
    }

    /// An id of ours.
    pub(super) fn given(&self) -> RequestId {
        RequestId(self.made())
    }

    fn made(&self) -> HeaderValue {
        let number = self.salt.hash_one(self.next.fetch_add(1, Ordering::Relaxed));
        HeaderValue::try_from(format!("{number:016x}")).unwrap_or_else(|_| HeaderValue::from_static("0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_id_is_taken_over_if_it_can_be_told() {
        let ids = RequestIds::default();
        let of = |given: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(given).unwrap());
            ids.of(&headers).as_str().to_owned()
        };
        assert_eq!(of(b"abc-123"), "abc-123");
        for refused in [b"".as_slice(), b"a b", "é".as_bytes(), &[b'a'; LONGEST + 1]] {
            assert_eq!(of(refused).len(), 16, "{refused:?}");
        }
        assert_ne!(of(b""), of(b""));
    }
}
