//! CORS and the origins that may open a WebSocket.

use std::str::FromStr;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use thiserror::Error;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::request_id;

/// Time for which a browser caches the result of a preflight request.
const PREFLIGHT_MAX_AGE: std::time::Duration = std::time::Duration::from_hours(1);

/// Origins whose pages may read responses and open a WebSocket. Empty allows only the own origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<Origin>);

/// Origin (RFC 6454), for example `https://jardin.example` or `http://localhost:5173`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `*`: every origin. Safe, because the content is public and responses do not depend on credentials.
    Any,
    /// One origin in lower case, without a path.
    One(HeaderValue),
}

/// The text is not an origin.
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
        // Browsers send an origin without a path and in lower case.
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
    /// Returns true if the value of the `Origin` header is allowed.
    pub(super) fn allows(&self, origin: &HeaderValue) -> bool {
        self.0.iter().any(|allowed| match allowed {
            Origin::Any => true,
            Origin::One(one) => one == origin,
        })
    }

    /// Returns true if no other origin is allowed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the layer that answers preflight requests and adds CORS headers.
    ///
    /// Credentials are not allowed, because the API uses none. Specification:
    /// <https://fetch.spec.whatwg.org/#http-cors-protocol>.
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

/// Request header that adds execution details to the response in development mode.
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
