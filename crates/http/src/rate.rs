//! How much one client may ask for.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use passerelle_api::{Answer, Code};

/// So many clients are remembered before those are forgotten that asked for nothing of late.
const CLIENTS: usize = 10_000;

/// Counts what the operations of each client cost, by its address.
#[derive(Clone)]
pub(super) struct Rates {
    limiter: Option<(NonZeroU32, Arc<DefaultKeyedRateLimiter<IpAddr>>)>,
    /// Where a proxy writes the address of its client; none without a proxy.
    header: Option<HeaderName>,
}

impl Rates {
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
        self.charge_client(self.client(headers, peer), cost)
    }

    /// Charges one that is known already.
    pub(super) fn charge_client(&self, client: Option<IpAddr>, cost: usize) -> Result<(), Duration> {
        let (Some((most, limiter)), Some(client)) = (&self.limiter, client) else { return Ok(()) };
        if limiter.len() > CLIENTS {
            limiter.retain_recent();
        }
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN).min(*most);
        match limiter.check_key_n(&client, cost) {
            Ok(charged) => charged.map_err(|refused| refused.wait_time_from(DefaultClock::default().now())),
            // More than a minute allows, which is never asked for.
            Err(_) => Ok(()),
        }
    }

    /// Who asks, if that can be told.
    pub(super) fn client(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
        let Some(name) = &self.header else { return peer.map(network) };
        // The last is what the nearest proxy added; those before it are what its client says.
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok().map(network)
    }
}

/// What a client is told that must wait.
pub(super) fn too_much(wait: Duration) -> Answer {
    let seconds = seconds(wait);
    let message = format!("The operations of this client cost more than they may: try again in {seconds} s.");
    Answer::failed(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, message)
}

/// How many whole seconds a client must wait.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

/// Who has one address of IPv6 has a network of them (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
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
    fn each_client_has_its_own_minute() {
        let rates = Rates::new(NonZeroU32::new(100), Some(HeaderName::from_static("x-forwarded-for")));
        let charge = |address: &str, cost| rates.charge(&headers(address), None, cost);
        assert_eq!(charge("10.0.0.1", 60), Ok(()));
        assert_eq!(charge("10.0.0.2, 10.0.0.1", 40), Ok(()));
        let wait = charge("10.0.0.1", 1).unwrap_err();
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(charge("10.0.0.2", 100), Ok(()));
        assert!(charge("10.0.0.2", 60).unwrap_err() > Duration::from_secs(30));
        assert_eq!(charge("2001:db8::1", 100), Ok(()));
        assert!(charge("2001:db8::2", 1).is_err());
        // Whoever cannot be told is not held against another.
        assert_eq!(charge("unknown", 1_000), Ok(()));
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let rates = Rates::new(None, None);
        assert_eq!(rates.charge(&HeaderMap::new(), None, usize::MAX), Ok(()));
    }
}
