//! GraphiQL, from the binary itself: no network but this service's own.

mod examples;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use super::Shared;

/// The page: it names the files below, and holds nothing that a strict policy would not run.
const PAGE: &str = include_str!("../assets/graphiql/page.html");
/// What the page may load and do: its own files, and queries to its own host.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
/// The files change with the binary only.
const CACHE: &str = "public, max-age=86400";

/// The page and its files.
pub(super) fn routes() -> Router<Shared> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    let examples: Arc<str> = examples::script().into();
    Router::new()
        .route("/graphiql", get(page))
        .route(
            "/graphiql/examples.js",
            get(async move || {
                ([(header::CONTENT_TYPE, SCRIPT), (header::CACHE_CONTROL, CACHE)], examples.to_string())
            }),
        )
        .route("/graphiql/start.js", file(SCRIPT, include_str!("../assets/graphiql/start.js")))
        .route("/graphiql/react.js", file(SCRIPT, include_str!("../assets/graphiql/react.production.min.js")))
        .route(
            "/graphiql/react-dom.js",
            file(SCRIPT, include_str!("../assets/graphiql/react-dom.production.min.js")),
        )
        .route("/graphiql/graphiql.js", file(SCRIPT, include_str!("../assets/graphiql/graphiql.min.js")))
        .route("/graphiql/graphiql.css", file(STYLE, include_str!("../assets/graphiql/graphiql.min.css")))
}

async fn page() -> impl IntoResponse {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE))
}

fn file(kind: &'static str, content: &'static str) -> axum::routing::MethodRouter<Shared> {
    get(async move || ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHE)], content))
}
