//! Which pages of other hosts may ask, in browsers.

use std::str::FromStr;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use thiserror::Error;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::request_id;

/// How long a browser need not ask again whether it may.
const PREFLIGHT_MAX_AGE: std::time::Duration = std::time::Duration::from_hours(1);

/// The origins whose pages may read responses, and open a socket. None: pages of the service's own origin only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<Origin>);

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
#[error("{0:?} is not an origin. Use https://host, https://host:port or *")]
pub struct InvalidOrigin(String);

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let error = || InvalidOrigin(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| error())?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        // As browsers send it: without a path, in lower case.
        let has_path = text.ends_with('/') || uri.path() != "/" || uri.query().is_some();
        if !is_http || uri.authority().is_none_or(|authority| authority.as_str().contains('@')) || has_path {
            return Err(error());
        }
        HeaderValue::from_str(&text.to_ascii_lowercase()).map(Self::One).map_err(|_| error())
    }
}

impl FromIterator<Origin> for AllowedOrigins {
    fn from_iter<T: IntoIterator<Item = Origin>>(origins: T) -> Self {
        Self(origins.into_iter().collect())
    }
}

impl AllowedOrigins {
    /// Whether pages of an origin may ask.
    pub(super) fn allows(&self, origin: &HeaderValue) -> bool {
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
    pub(super) fn cors_layer(&self) -> CorsLayer {
        let origins = self.clone();
        let allowed = if self.0.contains(&Origin::Any) {
            AllowOrigin::any()
        } else {
            AllowOrigin::predicate(move |origin, _| origins.allows(origin))
        };
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([header::ETAG, header::RETRY_AFTER, request_id::HEADER, EXPLAIN_HEADER])
            .max_age(PREFLIGHT_MAX_AGE)
    }
}

/// The header that asks how a response was made.
pub(super) const EXPLAIN_HEADER: HeaderName = HeaderName::from_static("graphql-explain");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_requires_an_http_scheme_and_a_host() {
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
    fn only_listed_origins_are_allowed() {
        let origins: AllowedOrigins = ["https://a.example".parse().unwrap()].into_iter().collect();
        let allow = |text: &'static str| origins.allows(&HeaderValue::from_static(text));
        assert!(allow("https://a.example"));
        assert!(!allow("https://a.example:444") && !allow("http://a.example") && !allow("null"));
        assert!(!AllowedOrigins::default().allows(&HeaderValue::from_static("https://a.example")));
    }
}
