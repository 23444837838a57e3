//! Access to the desk of the editors and to the data that it shows.

use axum::http::{HeaderMap, header};

use crate::token::BearerToken;

/// Name of the cookie.
const COOKIE: &str = "passerelle_desk";
/// Text from which the value of the cookie is derived, so that the cookie does not contain the token.
const CONTEXT: &str = "passerelle desk cookie";
/// Lifetime of the cookie in seconds: a working day.
const COOKIE_SECONDS: u32 = 12 * 60 * 60;

/// Who may see the desk.
#[derive(Clone, Debug, Default)]
pub enum DeskAccess {
    /// Everybody who reaches the service.
    Open,
    /// Everybody who knows the token. The same data in GraphQL needs it too.
    Token(BearerToken),
    /// Nobody. The addresses of the desk answer 404. The same data in GraphQL is public.
    #[default]
    Off,
}

impl DeskAccess {
    /// Returns true if a token protects the desk.
    pub fn is_protected(&self) -> bool {
        matches!(self, Self::Token(_))
    }

    /// Returns true if a request has the token, as a bearer token or in the cookie. False without a token.
    pub fn has_token(&self, headers: &HeaderMap) -> bool {
        let Self::Token(token) = self else { return false };
        cookie(headers).is_some_and(|value| token.matches_derived(CONTEXT, value))
            || bearer(headers).is_some_and(|value| token.matches(value))
    }
}

/// Connections over which browsers send the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieTransport {
    /// Only over TLS.
    Tls,
    /// Also without TLS, which browsers use to reach the service.
    Any,
}

/// Returns the value of `Set-Cookie` that opens the desk.
///
/// The cookie is also sent to `/graphql`, because GraphiQL and the pages of the desk use it.
pub fn set_cookie(token: &BearerToken, transport: CookieTransport) -> String {
    let secure = if transport == CookieTransport::Tls { "; Secure" } else { "" };
    let value = token.derived(CONTEXT);
    format!("{COOKIE}={value}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict{secure}")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::try_from(value).unwrap())])
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let found = |value: &str| cookie(&headers(header::COOKIE, value)).map(str::to_owned);
        assert_eq!(found("a=b; passerelle_desk=c; d=e").as_deref(), Some("c"));
        assert_eq!(found("passerelle_desks=c"), None);
        assert_eq!(cookie(&HeaderMap::new()), None);
    }

    #[test]
    fn the_token_is_accepted_as_cookie_and_as_bearer_token() {
        let token: BearerToken = "tilleul".parse().unwrap();
        let access = DeskAccess::Token(token.clone());
        let cookie = set_cookie(&token, CookieTransport::Tls);
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Secure") && !cookie.contains("tilleul"));
        let pair = cookie.split(';').next().unwrap();
        assert!(access.has_token(&headers(header::COOKIE, pair)));
        for (value, expected) in
            [("Bearer tilleul", true), ("bearer tilleul", true), ("Bearer hetre", false), ("tilleul", false)]
        {
            assert_eq!(access.has_token(&headers(header::AUTHORIZATION, value)), expected, "{value}");
        }
        assert!(!access.has_token(&headers(header::COOKIE, "passerelle_desk=tilleul")));
        assert!(!DeskAccess::Open.has_token(&headers(header::COOKIE, pair)));
    }
}
