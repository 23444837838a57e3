//! Limits of open streams: WebSockets, event streams and multipart responses.
//!
//! A stream holds its connection for as long as the client wants. Without a limit, streams could take all
//! connections.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use passerelle_api::{ErrorCode, GraphqlResponse};
use thiserror::Error;

/// Value of `Retry-After` in seconds after a rejected stream. Clients that reconnect at once would be
/// rejected again.
pub(crate) const RETRY_AFTER_SECONDS: u64 = 10;

/// Limits of open streams.
#[derive(Clone, Debug)]
pub(crate) struct StreamLimiter {
    /// Maximum number of streams of all clients.
    total: usize,
    /// Maximum number of streams of one client. `None` without a limit.
    per_client: Option<usize>,
    open: Arc<Mutex<OpenStreams>>,
}

#[derive(Debug, Default)]
struct OpenStreams {
    total: usize,
    /// Contains only clients with at least one stream.
    by_client: HashMap<IpAddr, usize>,
}

/// Place of an open stream. Free again when it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPermit {
    limiter: StreamLimiter,
    client: Option<IpAddr>,
}

/// Reason why a stream is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum StreamLimitError {
    /// The client has the maximum number of streams.
    #[error("This client has {0} open streams, which is the maximum.")]
    Client(usize),
    /// All clients together have the maximum number of streams.
    #[error("The service has the maximum number of open streams.")]
    Total,
}

impl StreamLimiter {
    /// Creates the limits. Streams take at most three quarters of the connections, so that requests always
    /// have the rest.
    pub(crate) fn new(connections: usize, per_client: Option<usize>) -> Self {
        Self { total: (connections / 4 * 3).max(1), per_client, open: Arc::default() }
    }

    /// Counts a stream of a client until the permit is dropped.
    ///
    /// A client without an address counts only for the total.
    pub(crate) fn acquire(&self, client: Option<IpAddr>) -> Result<StreamPermit, StreamLimitError> {
        let client = client.filter(|_| self.per_client.is_some());
        self.with_open(|open| {
            if open.total >= self.total {
                return Err(StreamLimitError::Total);
            }
            if let (Some(client), Some(limit)) = (client, self.per_client) {
                let count = open.by_client.entry(client).or_default();
                if *count >= limit {
                    return Err(StreamLimitError::Client(limit));
                }
                *count += 1;
            }
            open.total += 1;
            Ok(())
        })?;
        Ok(StreamPermit { limiter: self.clone(), client })
    }

    fn with_open<T>(&self, use_open: impl FnOnce(&mut OpenStreams) -> T) -> T {
        use_open(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        self.limiter.with_open(|open| {
            open.total -= 1;
            let Some(client) = self.client else { return };
            if let Some(count) = open.by_client.get_mut(&client) {
                *count -= 1;
                if *count == 0 {
                    open.by_client.remove(&client);
                }
            }
        });
    }
}

impl StreamLimitError {
    /// Returns the response that rejects the stream: 429 for the client, 503 for all.
    pub(crate) fn response(self) -> GraphqlResponse {
        let status = match self {
            Self::Client(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Total => StatusCode::SERVICE_UNAVAILABLE,
        };
        GraphqlResponse::http_error(status, ErrorCode::RateLimited, self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    #[test]
    fn each_client_has_its_own_limit_and_gets_places_back() {
        let limiter = StreamLimiter::new(1_000, Some(2));
        let first = limiter.acquire(Some(client(1))).unwrap();
        let second = limiter.acquire(Some(client(1))).unwrap();
        assert_eq!(limiter.acquire(Some(client(1))).unwrap_err(), StreamLimitError::Client(2));
        let other = limiter.acquire(Some(client(2))).unwrap();
        drop(first);
        let third = limiter.acquire(Some(client(1))).unwrap();
        assert_eq!(limiter.with_open(|open| (open.total, open.by_client.len())), (3, 2));
        drop((third, second, other));
        assert_eq!(limiter.with_open(|open| (open.total, open.by_client.len())), (0, 0));
    }

    #[test]
    fn streams_leave_a_quarter_of_the_connections_to_requests() {
        let limiter = StreamLimiter::new(8, None);
        let open: Vec<_> = (0..6).map(|_| limiter.acquire(Some(client(1))).unwrap()).collect();
        assert_eq!(limiter.acquire(Some(client(2))).unwrap_err(), StreamLimitError::Total);
        assert_eq!(limiter.acquire(None).unwrap_err().response().status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(open);
        assert!(limiter.acquire(None).is_ok());
    }
}
