//! GraphiQL. All files are compiled into the binary, so that the page loads nothing from other hosts.

mod examples;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use super::state::AppState;

/// The page has no inline scripts, so that the content security policy can forbid them.
const GRAPHIQL_HTML: &str = include_str!("../assets/graphiql/page.html");
/// Content security policy: the page may load files from this service and send requests to it.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
/// The files change only with a new version of the binary. Browsers may reuse them for one day.
const CACHE_CONTROL_VALUE: &str = "public, max-age=86400";

/// Returns the routes of the page and its files.
pub(super) fn routes() -> Router<AppState> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    let examples: Arc<str> = examples::script().into();
    Router::new()
        .route("/graphiql", get(page))
        .route(
            "/graphiql/examples.js",
            get(async move || {
                (
                    [(header::CONTENT_TYPE, SCRIPT), (header::CACHE_CONTROL, CACHE_CONTROL_VALUE)],
                    examples.to_string(),
                )
            }),
        )
        .route("/graphiql/start.js", static_file(SCRIPT, include_str!("../assets/graphiql/start.js")))
        .route(
            "/graphiql/react.js",
            static_file(SCRIPT, include_str!("../assets/graphiql/react.production.min.js")),
        )
        .route(
            "/graphiql/react-dom.js",
            static_file(SCRIPT, include_str!("../assets/graphiql/react-dom.production.min.js")),
        )
        .route(
            "/graphiql/graphiql.js",
            static_file(SCRIPT, include_str!("../assets/graphiql/graphiql.min.js")),
        )
        .route(
            "/graphiql/graphiql.css",
            static_file(STYLE, include_str!("../assets/graphiql/graphiql.min.css")),
        )
}

async fn page() -> impl IntoResponse {
    ([(header::CONTENT_SECURITY_POLICY, CSP)], Html(GRAPHIQL_HTML))
}

fn static_file(content_type: &'static str, content: &'static str) -> axum::routing::MethodRouter<AppState> {
    get(async move || {
        ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, CACHE_CONTROL_VALUE)], content)
    })
}
