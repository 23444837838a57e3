//! Limit of active subscriptions over all clients and transports.
//!
//! A WebSocket is one stream and can have many subscriptions, so the limit of streams does not bound them.

use std::sync::Arc;

use axum::http::StatusCode;
use passerelle_api::{ErrorCode, GraphqlResponse};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::stream_limiter::RETRY_AFTER_SECONDS;

/// Limit of active subscriptions. A clone shares it.
#[derive(Clone, Debug)]
pub(crate) struct SubscriptionLimiter {
    maximum: usize,
    free: Arc<Semaphore>,
}

impl SubscriptionLimiter {
    pub(crate) fn new(maximum: usize) -> Self {
        Self { maximum, free: Arc::new(Semaphore::new(maximum.min(Semaphore::MAX_PERMITS))) }
    }

    /// Counts a subscription until the permit is dropped.
    ///
    /// # Errors
    /// Status 503 if the service has the maximum number of subscriptions.
    pub(crate) fn acquire(&self) -> Result<OwnedSemaphorePermit, GraphqlResponse> {
        Arc::clone(&self.free).try_acquire_owned().map_err(|_| {
            let message = format!(
                "The service has {} active subscriptions, which is the maximum. Retry after {RETRY_AFTER_SECONDS} s.",
                self.maximum
            );
            GraphqlResponse::http_error(
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::TooManySubscriptions,
                message,
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_that_ends_makes_room_for_another() {
        let limiter = SubscriptionLimiter::new(2);
        let (first, second) = (limiter.acquire().unwrap(), limiter.acquire().unwrap());
        let rejected = limiter.acquire().unwrap_err();
        assert_eq!(rejected.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(rejected.error_codes().collect::<Vec<_>>(), ["TOO_MANY_SUBSCRIPTIONS"]);
        drop(first);
        assert!(limiter.clone().acquire().is_ok());
        drop(second);
    }
}
