//! Arguments of `health`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;

use passerelle_model::public_url::PublicUrl;

/// Arguments of `health`.
#[derive(Args, Debug)]
pub(crate) struct HealthArgs {
    /// Address of the running service. Default: the address of --listen
    #[arg(long, env = "PASSERELLE_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    url: Option<PublicUrl>,

    /// Address that the service listens on, as for `serve`
    #[arg(long, env = "PASSERELLE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
}

impl HealthArgs {
    /// Returns the address of the probe.
    pub(crate) fn probe_url(&self) -> String {
        let listener = || format!("http://{}", reachable(self.listen));
        format!("{}/readyz", self.url.as_ref().map_or_else(listener, ToString::to_string))
    }
}

/// Returns an address at which a listener on this machine can be reached. `0.0.0.0` and `::` mean all
/// addresses, and cannot be connected to on every system.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probe_is_at_the_url_or_at_the_listener() {
        let probe = |url: Option<&str>, listen: &str| {
            HealthArgs { url: url.map(|url| PublicUrl::parse(url).unwrap()), listen: listen.parse().unwrap() }
                .probe_url()
        };
        assert_eq!(probe(None, "0.0.0.0:8080"), "http://127.0.0.1:8080/readyz");
        assert_eq!(probe(None, "[::]:81"), "http://[::1]:81/readyz");
        assert_eq!(probe(None, "10.0.0.7:81"), "http://10.0.0.7:81/readyz");
        assert_eq!(probe(Some("http://web:9090/"), "0.0.0.0:8080"), "http://web:9090/readyz");
    }
}
