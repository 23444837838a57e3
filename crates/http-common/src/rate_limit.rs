//! Rate limit: operation cost per client address and minute.

use std::convert::Infallible;
use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::extract::rejection::ExtensionRejection;
use axum::http::{HeaderMap, HeaderName};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::time::{MissedTickBehavior, interval};

/// Address of the TCP peer. An error in tests that use the router without a listener.
pub type PeerAddress = Result<ConnectInfo<SocketAddr>, ExtensionRejection>;

/// Cost of a response from a cache, whatever its production costs.
pub const CACHE_HIT_COST: usize = 1;

/// Time between two sweeps.
///
/// An entry lives for at most one minute plus this time. It takes about 40 bytes, so 10,000 new clients per
/// second take 28 MB. A sweep locks one shard of the map at a time.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// Rate limiter with one quota per client address.
#[derive(Clone, Debug)]
pub struct ClientRateLimiter {
    limiter: Option<(NonZeroU32, Arc<DefaultKeyedRateLimiter<IpAddr>>)>,
    /// Header with the client address. `None` uses the address of the TCP peer.
    header: Option<HeaderName>,
}

impl ClientRateLimiter {
    /// Creates a rate limiter. Without `cost_per_minute`, every request is accepted.
    pub fn new(cost_per_minute: Option<NonZeroU32>, header: Option<HeaderName>) -> Self {
        let limiter = |cost| (cost, Arc::new(RateLimiter::keyed(Quota::per_minute(cost))));
        Self { limiter: cost_per_minute.map(limiter), header }
    }

    /// Creates a rate limiter with another quota that finds clients in the same way.
    #[must_use]
    pub fn with_quota(&self, cost_per_minute: NonZeroU32) -> Self {
        Self::new(Some(cost_per_minute), self.header.clone())
    }

    /// Charges the client of a request for an operation.
    ///
    /// An operation that costs more than the quota of a minute is charged with that quota.
    ///
    /// # Errors
    /// The time until the client may retry.
    pub fn charge(&self, headers: &HeaderMap, peer: Option<IpAddr>, cost: usize) -> Result<(), Duration> {
        if self.limiter.is_none() {
            return Ok(());
        }
        self.charge_client(self.client_address(headers, peer), cost)
    }

    /// Charges a client by its address, like [`Self::charge`]. A client without an address is not limited.
    pub fn charge_client(&self, client: Option<IpAddr>, cost: usize) -> Result<(), Duration> {
        let (Some((quota, limiter)), Some(client)) = (&self.limiter, client) else { return Ok(()) };
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN).min(*quota);
        match limiter.check_key_n(&client, cost) {
            Ok(charged) => charged.map_err(|rejected| rejected.wait_time_from(DefaultClock::default().now())),
            // The cost exceeds the quota. Impossible, because the cost is clamped above.
            Err(_) => Ok(()),
        }
    }

    /// Removes clients whose quota is full again, every [`SWEEP_EVERY`]. Never returns.
    ///
    /// Runs on a timer. A sweep within a request would delay that request.
    pub async fn sweep(&self) -> Infallible {
        let Some((_, limiter)) = &self.limiter else { return pending().await };
        let mut ticks = interval(SWEEP_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    /// Returns the client address. `None` if the proxy header is missing or invalid, or the peer is unknown.
    pub fn client_address(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
        let Some(name) = &self.header else { return peer.map(client_network) };
        // The nearest proxy appends the last address. A client can forge the others.
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok().map(client_network)
    }
}

/// Returns the value of `Retry-After` in whole seconds, at least 1.
pub fn retry_after_seconds(retry_after: Duration) -> u64 {
    retry_after.as_secs() + 1
}

/// Returns the /64 network of an IPv6 address, because one client controls a whole network (RFC 6177).
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
        // A client without an address is not limited.
        assert_eq!(charge("unknown", 1_000), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sweep_forgets_clients_with_a_full_quota_and_no_request_does() {
        // One unit of this quota is refilled within 15 ns, the whole quota within a minute.
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
