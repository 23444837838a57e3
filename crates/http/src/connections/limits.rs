//! Limits of TCP connections that an operator can change.

use std::time::Duration;

/// Limits of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Maximum number of connections at once.
    ///
    /// A connection in the worst case buffers a request head of 80 KiB. 4,096 of them take 320 MiB.
    pub connections: usize,
    /// Maximum time until the head of a request is complete. A head fits into a few packets, so 8 s are
    /// enough for any network.
    pub header_timeout: Duration,
    /// Maximum time between two requests on a connection.
    ///
    /// Longer than the 60 s after which nginx and most load balancers close an idle connection to the
    /// service. If the service closed first, their next request could fail.
    pub idle_timeout: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_timeout: Duration::from_secs(8),
            idle_timeout: Duration::from_secs(75),
        }
    }
}
