//! Limits that count the requests of the API and of the web pages together.

use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::rate_limit::ClientRateLimiter;

/// Maximum number of parts of exports and of pages that are read at once, over all requests.
///
/// The database has four read connections. GraphQL requests always have two of them.
pub const READS_AT_ONCE: usize = 2;

/// Attempts of one client to open the desk in a minute. Enough for typing errors, too few to guess a token.
pub const LOGINS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(5).expect("5 is not 0");

/// Limits that all requests share. A clone shares them too.
#[derive(Clone, Debug)]
pub struct SharedLimits {
    /// Cost per client and minute.
    pub rate_limiter: ClientRateLimiter,
    /// Attempts to open the desk: [`LOGINS_PER_MINUTE`] per client.
    pub login_limiter: ClientRateLimiter,
    /// Permits to read a part of an export, or a page. At most [`READS_AT_ONCE`] are in use.
    pub read_permits: Arc<Semaphore>,
}

impl SharedLimits {
    /// Creates the limits.
    pub fn new(rate_limiter: ClientRateLimiter) -> Self {
        let login_limiter = rate_limiter.with_quota(LOGINS_PER_MINUTE);
        Self { rate_limiter, login_limiter, read_permits: Arc::new(Semaphore::new(READS_AT_ONCE)) }
    }
}
