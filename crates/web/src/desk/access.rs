//! Access to the desk: open, with a token, or off.

use std::net::{IpAddr, Ipv6Addr};

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use passerelle_http_common::desk_access::{CookieTransport, DeskAccess, set_cookie};
use passerelle_http_common::rate_limit::retry_after_seconds;
use passerelle_model::language::Language;
use serde::de::DeserializeOwned;

use super::place::PATH;
use crate::error::PageError;
use crate::frame::Frame;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::site::Site;
use crate::words::Words;

/// Result of checking a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeskDecision {
    Allowed,
    LoginNeeded,
    Off,
}

/// Checks a request for the desk.
pub(crate) fn check(site: &Site, headers: &HeaderMap) -> DeskDecision {
    match site.desk() {
        DeskAccess::Open => DeskDecision::Allowed,
        DeskAccess::Off => DeskDecision::Off,
        DeskAccess::Token(_) if site.desk().has_token(headers) => DeskDecision::Allowed,
        DeskAccess::Token(_) => DeskDecision::LoginNeeded,
    }
}

/// Returns true if a request that changes or reads something on behalf of the reader comes from a page of
/// this service. Browsers send `Origin` with every POST.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin.is_some() && origin == text(header::HOST)
}

/// The page that asks for the token.
#[derive(Template)]
#[template(path = "desk_login.html")]
struct LoginPage {
    frame: Frame,
    /// Address to which a reader returns.
    next: String,
    lang: Option<&'static str>,
    is_wrong: bool,
}

impl Page for LoginPage {}

/// Answers with the page that asks for the token.
pub(crate) async fn login_page(
    request: &PageRequest<'_>,
    site: &Site,
    words: &'static Words,
    chosen: Option<Language>,
    next: &Uri,
    is_wrong: bool,
) -> Response {
    let next = next.path_and_query().map_or(PATH, |next| next.as_str()).to_owned();
    let mut frame =
        Frame::new(site, words, chosen, |lang| crate::address::Query::default().with_language(lang).at(PATH));
    frame.title = format!("{} – passerelle", words.desk);
    words.desk_login.clone_into(&mut frame.description);
    let lang = chosen.map(Language::code);
    let mut response =
        request.respond_fresh(1, async { Ok(LoginPage { frame, next, lang, is_wrong }) }).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = if is_wrong { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
        // Required with 401. No browser asks for this scheme itself.
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Form"));
    }
    response
}

/// Fields of the form.
#[derive(Default, serde::Deserialize)]
struct LoginForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    next: String,
    lang: Option<String>,
}

/// Checks the token and sets the cookie.
pub(crate) async fn login(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form: LoginForm = parse_form(&body);
    let wanted = WantedLanguage::of(form.lang.as_deref(), &headers);
    let words = Words::of(wanted.get().unwrap_or_default());
    let revision = site.storage().cached_latest().revision();
    let client = client(&site, &headers, &peer);
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), revision, "login");
    let DeskAccess::Token(token) = site.desk() else { return request.reject(&PageError::DeskOff) };
    if !is_same_origin(&headers) {
        return request.reject(&PageError::ForeignOrigin);
    }
    if let Err(error) = charge_attempt(&site, client) {
        return request.reject(&error);
    }
    let next = form.next.parse::<Uri>().ok().filter(|next| next.host().is_none() && is_of_desk(next.path()));
    let next = next.unwrap_or_else(|| Uri::from_static(PATH));
    if !token.matches(&form.token) {
        return login_page(&request, &site, words, wanted.chosen, &next, true).await;
    }
    let target = next.path_and_query().map_or(PATH, |next| next.as_str());
    let mut response = Redirect::to(target).into_response();
    let cookie = set_cookie(token, cookie_transport(&site, &headers));
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Parses the body of a form, which has the format of a query string.
pub(crate) fn parse_form<T: Default + DeserializeOwned>(body: &str) -> T {
    let form = format!("/?{body}").parse::<Uri>().ok();
    let form = form.and_then(|form| Query::<T>::try_from_uri(&form).ok()).map(|Query(form)| form);
    form.unwrap_or_default()
}

/// Returns the address of a client. All clients without one share one address, and so one quota.
pub(crate) fn client(site: &Site, headers: &HeaderMap, peer: &PeerAddress) -> IpAddr {
    let address = peer.as_ref().ok().map(|info| info.0.ip());
    let client = site.limits().rate_limiter.client_address(headers, address);
    client.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

/// Charges an attempt to guess a token, before the token is compared.
///
/// Right tokens count too. Otherwise a client could try further ones while it is locked out.
pub(crate) fn charge_attempt(site: &Site, client: IpAddr) -> Result<(), PageError> {
    let charged = site.limits().login_limiter.charge_client(Some(client), 1);
    charged.map_err(|retry_after| PageError::RateLimited(retry_after_seconds(retry_after)))
}

fn is_of_desk(path: &str) -> bool {
    path == PATH || path.starts_with("/desk/")
}

/// Returns the connections over which browsers reach the service.
fn cookie_transport(site: &Site, headers: &HeaderMap) -> CookieTransport {
    let forwarded = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let is_secure = forwarded || site.public_url().is_some_and(|url| url.as_str().starts_with("https://"));
    if is_secure { CookieTransport::Tls } else { CookieTransport::Any }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_pages_of_this_service_may_post() {
        let is_allowed = |origin: &'static str| {
            is_same_origin(&headers(&[(header::HOST, "a.example:8080"), (header::ORIGIN, origin)]))
        };
        assert!(is_allowed("http://a.example:8080") && is_allowed("https://a.example:8080"));
        assert!(!is_allowed("http://b.example") && !is_allowed("null") && !is_allowed("http://a.example"));
        assert!(!is_same_origin(&headers(&[(header::HOST, "a.example:8080")])));
    }
}
