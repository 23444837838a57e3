//! Which pages of other hosts may ask, in browsers.

use std::str::FromStr;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use thiserror::Error;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::request_id;

/// How long a browser need not ask again whether it may.
const PREFLIGHT_AGE: std::time::Duration = std::time::Duration::from_hours(1);

/// The origins whose pages may read answers, and open a socket. None: pages of the service's own origin only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<Origin>);

/// An origin (RFC 6454): a scheme, a host and a port that is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Every origin: the content is public, and nothing is answered by who asks.
    Any,
    /// One origin.
    One(HeaderValue),
}

/// Why a text is no origin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no origin: write https://host, https://host:port or *")]
pub struct OriginError(String);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let error = || OriginError(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| error())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        // As browsers send it: without a path, in lower case.
        let has_path = text.ends_with('/') || uri.path() != "/" || uri.query().is_some();
        if !is_web || uri.authority().is_none_or(|authority| authority.as_str().contains('@')) || has_path {
            return Err(error());
        }
        HeaderValue::from_str(&text.to_ascii_lowercase()).map(Self::One).map_err(|_| error())
    }
}

impl FromIterator<Origin> for Origins {
    fn from_iter<T: IntoIterator<Item = Origin>>(origins: T) -> Self {
        Self(origins.into_iter().collect())
    }
}

impl Origins {
    /// Whether pages of an origin may ask.
    pub(super) fn allow(&self, origin: &HeaderValue) -> bool {
        self.0.iter().any(|allowed| match allowed {
            Origin::Any => true,
            Origin::One(one) => one == origin,
        })
    }

    /// Whether pages of other origins may ask at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What browsers are told (<https://fetch.spec.whatwg.org/#http-cors-protocol>). Without credentials: there are none.
    pub(super) fn layer(&self) -> CorsLayer {
        let origins = self.clone();
        let allowed = if self.0.contains(&Origin::Any) {
            AllowOrigin::any()
        } else {
            AllowOrigin::predicate(move |origin, _| origins.allow(origin))
        };
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([header::ETAG, header::RETRY_AFTER, request_id::HEADER, EXPLAIN])
            .max_age(PREFLIGHT_AGE)
    }
}

/// The header that asks how an answer was made.
pub(super) const EXPLAIN: HeaderName = HeaderName::from_static("graphql-explain");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for right in ["https://jardin.example", "http://localhost:5173", "https://JARDIN.example"] {
            assert!(matches!(right.parse(), Ok(Origin::One(_))), "{right}");
        }
        assert_eq!("*".parse(), Ok(Origin::Any));
        for wrong in ["jardin.example", "https://", "https://a/b", "https://a/", "ftp://a", "https://u@a", ""]
        {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_what_is_listed_is_allowed() {
        let origins: Origins = ["https://a.example".parse().unwrap()].into_iter().collect();
        let allow = |text: &'static str| origins.allow(&HeaderValue::from_static(text));
        assert!(allow("https://a.example"));
        assert!(!allow("https://a.example:444") && !allow("http://a.example") && !allow("null"));
        assert!(!Origins::default().allow(&HeaderValue::from_static("https://a.example")));
    }
}
