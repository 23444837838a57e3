//! Limits that count the requests of the API and of the web pages together.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::rate_limit::ClientRateLimiter;

/// Maximum number of parts of exports and of pages that are read at once, over all requests.
///
/// The database has four read connections. GraphQL requests always have two of them.
pub const READS_AT_ONCE: usize = 2;

/// Limits that all requests share. A clone shares them too.
#[derive(Clone, Debug)]
pub struct SharedLimits {
    /// Cost per client and minute.
    pub rate_limiter: ClientRateLimiter,
    /// Permits to read a part of an export, or a page. At most [`READS_AT_ONCE`] are in use.
    pub read_permits: Arc<Semaphore>,
}

impl SharedLimits {
    /// Creates the limits.
    pub fn new(rate_limiter: ClientRateLimiter) -> Self {
        Self { rate_limiter, read_permits: Arc::new(Semaphore::new(READS_AT_ONCE)) }
    }
}
