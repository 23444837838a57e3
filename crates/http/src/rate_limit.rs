//! How much one client may ask for.

use std::convert::Infallible;
use std::future::pending;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use passerelle_api::{ErrorCode, GraphqlResponse};
use tokio::time::{MissedTickBehavior, interval};

/// Time between two sweeps.
///
/// A client is remembered for at quota the minute of its quota and this time. An entry takes about 40 bytes, so 10,000 new
/// clients a second take 28 MB. A sweep locks one shard of the map at a time.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// Counts what the operations of each client cost, by its address.
#[derive(Clone)]
pub(super) struct ClientRateLimiter {
    limiter: Option<(NonZeroU32, Arc<DefaultKeyedRateLimiter<IpAddr>>)>,
    /// Where a proxy writes the address of its client; none without a proxy.
    header: Option<HeaderName>,
}

impl ClientRateLimiter {
    /// So much a minute; no limit where it is none.
    pub(super) fn new(cost_per_minute: Option<NonZeroU32>, header: Option<HeaderName>) -> Self {
        let limiter = |cost| (cost, Arc::new(RateLimiter::keyed(Quota::per_minute(cost))));
        Self { limiter: cost_per_minute.map(limiter), header }
    }

    /// Charges a client for an operation. An error says when it may ask again. An operation that costs more than a minute
    /// allows is charged for a minute.
    pub(super) fn charge(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
        cost: usize,
    ) -> Result<(), Duration> {
        if self.limiter.is_none() {
            return Ok(());
        }
        self.charge_client(self.client_address(headers, peer), cost)
    }

    /// Charges one that is known already.
    pub(super) fn charge_client(&self, client: Option<IpAddr>, cost: usize) -> Result<(), Duration> {
        let (Some((quota, limiter)), Some(client)) = (&self.limiter, client) else { return Ok(()) };
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN).min(*quota);
        match limiter.check_key_n(&client, cost) {
            Ok(charged) => charged.map_err(|refused| refused.wait_time_from(DefaultClock::default().now())),
            // More than a minute allows, which is never asked for.
            Err(_) => Ok(()),
        }
    }

    /// Forgets clients whose quota is full again, every [`SWEEP_EVERY`].
    ///
    /// On a timer: a sweep within a request would make one client retry_after for all others.
    pub(super) async fn sweep(&self) -> Infallible {
        let Some((_, limiter)) = &self.limiter else { return pending().await };
        let mut ticks = interval(SWEEP_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// Who asks, if that can be told.
    pub(super) fn client_address(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
        let Some(name) = &self.header else { return peer.map(client_network) };
        // The last is what the nearest proxy added; those before it are what its client says.
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok().map(client_network)
    }
}

/// What a client is told that must retry_after.
pub(super) fn rate_limited_response(retry_after: Duration) -> GraphqlResponse {
    let seconds = retry_after_seconds(retry_after);
    let message = format!("Rate limit exceeded. Retry in {seconds} s.");
    GraphqlResponse::http_error(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message)
}

/// How many whole seconds a client must retry_after.
pub(super) fn retry_after_seconds(retry_after: Duration) -> u64 {
    retry_after.as_secs() + 1
}

/// Who has one address of IPv6 has a network of them (RFC 6177).
fn client_network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(address: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", address.parse().unwrap());
        headers
    }

    #[test]
    fn each_client_address_has_its_own_quota() {
        let limiter =
            ClientRateLimiter::new(NonZeroU32::new(100), Some(HeaderName::from_static("x-forwarded-for")));
        let charge = |address: &str, cost| limiter.charge(&headers(address), None, cost);
        assert_eq!(charge("10.0.0.1", 60), Ok(()));
        assert_eq!(charge("10.0.0.2, 10.0.0.1", 40), Ok(()));
        let retry_after = charge("10.0.0.1", 1).unwrap_err();
        assert!(retry_after <= Duration::from_secs(1), "{retry_after:?}");
        assert_eq!(charge("10.0.0.2", 100), Ok(()));
        assert!(charge("10.0.0.2", 60).unwrap_err() > Duration::from_secs(30));
        assert_eq!(charge("2001:db8::1", 100), Ok(()));
        assert!(charge("2001:db8::2", 1).is_err());
        // Whoever cannot be told is not held against another.
        assert_eq!(charge("unknown", 1_000), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sweep_forgets_clients_with_a_full_quota_and_no_request_does() {
        // A point of this quota comes back within 15 ns, all of it within a minute.
        let limiter = ClientRateLimiter::new(Some(NonZeroU32::MAX), None);
        let remembered = || limiter.limiter.as_ref().unwrap().1.len();
        let client = |number: u32| Some(IpAddr::V4(number.into()));
        for number in 0..20_000 {
            assert_eq!(limiter.charge_client(client(number), 1), Ok(()));
        }
        assert_eq!(limiter.charge_client(client(20_000), usize::MAX), Ok(()));
        assert_eq!(remembered(), 20_001);
        let sweeping = tokio::time::timeout(SWEEP_EVERY + Duration::from_secs(1), limiter.sweep());
        assert!(sweeping.await.is_err());
        assert_eq!(remembered(), 1);
        assert!(limiter.charge_client(client(20_000), usize::MAX).is_err());
    }

    #[test]
    fn no_quota_accepts_every_request() {
        let limiter = ClientRateLimiter::new(None, None);
        assert_eq!(limiter.charge(&HeaderMap::new(), None, usize::MAX), Ok(()));
    }
}
