//! Previews: a request with a token is answered from a database that also contains drafts.
//!
//! The preview is a second service over the same folder, with its own database, index and GraphQL engine. So
//! no query of the public service needs a condition for drafts, and none can forget it. The token is a bearer
//! token in `Authorization`, or the parameter `preview`. Responses to it are never cached, neither here nor
//! by others.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use headers::authorization::Bearer;
use headers::{Authorization, HeaderMapExt};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use passerelle_http_common::token::BearerToken;

use super::page_routes::PageRoutes;
use super::router;
use super::state::{AppState, HttpSources};

/// Name of the parameter with the token.
const PARAMETER: &str = "preview";
/// Response headers that let a cache store or revalidate a preview.
const CACHING_HEADERS: [header::HeaderName; 2] = [header::ETAG, header::LAST_MODIFIED];
/// Request headers that could match a public response. Its ETag can be equal to that of a preview.
const CONDITIONAL_HEADERS: [header::HeaderName; 3] =
    [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE, header::IF_RANGE];

/// Access to previews.
#[derive(Clone, Debug)]
pub struct PreviewAccess {
    /// Token that a request must contain.
    pub token: BearerToken,
    /// State of the service whose database contains drafts.
    pub api: Box<HttpSources>,
    /// Web pages of that database. `None` for no pages.
    pub pages: Option<PageRoutes>,
}

/// Routes of the preview and the token for them.
#[derive(Clone)]
struct Preview {
    token: BearerToken,
    routes: TowerToHyperService<Router>,
}

/// Result of looking for the token in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Credentials {
    /// The request asks for the public content.
    Public,
    /// The request has the token.
    Preview,
    /// The parameter has another value.
    Invalid,
}

/// Adds previews to the public routes. Also returns the state of the preview.
pub(super) fn with_previews(public: Router, access: Option<PreviewAccess>) -> (Router, Option<AppState>) {
    let Some(PreviewAccess { token, mut api, pages }) = access else { return (public, None) };
    api.settings.response_cache_bytes = 0;
    let state = AppState::new(*api);
    let routes = TowerToHyperService::new(router::public_routes(&state, pages.as_ref()));
    (public.layer(from_fn_with_state(Preview { token, routes }, dispatch)), Some(state))
}

async fn dispatch(State(preview): State<Preview>, mut request: Request, next: Next) -> Response {
    match credentials(&preview.token, &request) {
        Credentials::Public => next.run(request).await,
        Credentials::Invalid => {
            (StatusCode::UNAUTHORIZED, "the parameter `preview` is not the token for previews")
                .into_response()
        }
        Credentials::Preview => {
            remove_token(&mut request);
            let mut response = match preview.routes.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let response_headers = response.headers_mut();
            for name in CACHING_HEADERS {
                response_headers.remove(name);
            }
            response_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            response
        }
    }
}

/// Returns whether a request may see previews. An unknown bearer token is ignored, because it can be meant
/// for a proxy.
fn credentials(token: &BearerToken, request: &Request) -> Credentials {
    let bearer = request.headers().typed_get::<Authorization<Bearer>>();
    if bearer.is_some_and(|bearer| token.matches(bearer.token())) {
        return Credentials::Preview;
    }
    match parameter(request.uri()) {
        None => Credentials::Public,
        Some(given) if token.matches(&given) => Credentials::Preview,
        Some(_) => Credentials::Invalid,
    }
}

/// Returns the decoded value of the parameter.
fn parameter(uri: &Uri) -> Option<String> {
    uri.query()?.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name == PARAMETER).then(|| passerelle_model::asset::decode_path(value).unwrap_or_default())
    })
}

/// Removes the token, so that it gets neither into a log nor into a link.
fn remove_token(request: &mut Request) {
    let request_headers = request.headers_mut();
    request_headers.remove(header::AUTHORIZATION);
    for name in CONDITIONAL_HEADERS {
        request_headers.remove(name);
    }
    let Some(query) = request.uri().query() else { return };
    let is_other = |pair: &&str| pair.split('=').next() != Some(PARAMETER);
    let query = query.split('&').filter(is_other).collect::<Vec<_>>().join("&");
    let path = request.uri().path();
    let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    if let Ok(uri) = target.parse() {
        *request.uri_mut() = uri;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(uri: &str, authorization: Option<&str>) -> Request {
        let mut request = Request::builder().uri(uri);
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn token_is_found_in_header_or_parameter() {
        let token: BearerToken = "til+leul".parse().unwrap();
        for (uri, authorization, expected) in [
            ("/graphql", None, Credentials::Public),
            ("/graphql?query=%7B", None, Credentials::Public),
            ("/graphql", Some("Bearer til+leul"), Credentials::Preview),
            ("/graphql", Some("bearer til+leul"), Credentials::Preview),
            ("/graphql", Some("Bearer other"), Credentials::Public),
            ("/graphql", Some("Basic dGlsOmxldWw="), Credentials::Public),
            ("/graphql?a=b&preview=til%2Bleul", None, Credentials::Preview),
            ("/graphql?preview=other", None, Credentials::Invalid),
            ("/graphql?preview", None, Credentials::Invalid),
            ("/graphql?preview=til%2Bleul", Some("Bearer other"), Credentials::Preview),
        ] {
            assert_eq!(
                credentials(&token, &request(uri, authorization)),
                expected,
                "{uri} {authorization:?}"
            );
        }
    }

    #[test]
    fn token_and_conditions_are_removed() {
        let mut request = request("/graphql?query=a&preview=b&variables=c", Some("Bearer b"));
        request.headers_mut().insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"a\""));
        remove_token(&mut request);
        assert_eq!(request.uri(), "/graphql?query=a&variables=c");
        assert_eq!(request.headers().len(), 0);
        let mut alone = self::request("/feeds/changes.atom?preview=b", None);
        remove_token(&mut alone);
        assert_eq!(alone.uri(), "/feeds/changes.atom");
    }
}
