//! Routes of the service.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state, map_response_with_state};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use passerelle_model::revision::Revision;

use super::exchange::PeerAddress;
use super::generated_file::{Chunks, FileRequest, GeneratedFile};
use super::page_routes::PageRoutes;
use super::state::AppState;
use super::{admin, assets, exports, feed, graphiql, graphql, health, metrics};

/// Returns the routes for clients, with the probes.
pub(super) fn public_routes(state: &AppState, pages: Option<&PageRoutes>) -> Router {
    // Browsers may read only these routes from pages of other origins.
    let public = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::method_not_allowed))
        .route("/schema.graphql", get(schema))
        .route("/exports/measures.csv", get(exports::csv))
        .route("/exports/measures.json", get(exports::json))
        .route("/feeds/changes.atom", get(feed::get))
        .route("/{*path}", get(assets::get));
    let origins = &state.settings().allowed_origins;
    let public = if origins.is_empty() { public } else { public.layer(origins.cors_layer()) };
    let routes =
        Router::new().merge(public).route("/graphql/ws", get(graphql::websocket)).merge(graphiql::routes());
    let pages = match pages {
        Some(pages) => pages.create(state.shared_limits()).with_state(()),
        None => Router::new().route("/", get(async || Redirect::temporary("/graphiql"))),
    };
    let routes = finish(routes, state);
    let files = TowerToHyperService::new(routes.clone());
    let pages = end_keep_alive(pages, state).layer(from_fn_with_state(files, file_or_page));
    routes.merge(pages).merge(probe_routes(state))
}

/// Serves the file if an address below `/plans/` is that of a file, for example `/plans/map.png`. Names of
/// plans and numbers of measures do not end like names of files.
async fn file_or_page(
    State(files): State<TowerToHyperService<Router>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/plans/") || !assets::is_asset_path(path) {
        return next.run(request).await;
    }
    // The parameters of the matched path would be added to those of the file.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().copied();
    request.extensions_mut().clear();
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    match files.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Rate limit cost of the schema. It is printed once at the start.
const SCHEMA_COST: usize = 1;

/// Serves the schema in the schema definition language.
async fn schema(State(state): State<AppState>, peer: PeerAddress, headers: HeaderMap) -> Response {
    // The schema does not depend on the revision.
    let request = FileRequest::new(&state, &headers, peer, Revision::default(), "schema");
    if let Some(response) = request.cached_response().await {
        return response;
    }
    let sdl = Bytes::from(state.engine().sdl().to_string());
    let produce = Box::new(move || -> Chunks { Box::pin(stream::iter([Ok(sdl.clone())])) });
    let media_type = "text/plain; charset=utf-8";
    request.respond(GeneratedFile { media_type, file_name: None, cost: SCHEMA_COST, produce }).await
}

/// Returns the routes for operators: metrics and the admin API.
pub(super) fn operator_routes(state: &AppState) -> Router {
    let routes = Router::new().route("/metrics", get(metrics::get)).route("/admin/sync", post(admin::sync));
    finish(routes, state)
}

/// Returns the probes.
pub(super) fn probe_routes(state: &AppState) -> Router {
    let routes = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    finish(routes, state)
}

fn finish(routes: Router<AppState>, state: &AppState) -> Router {
    end_keep_alive(routes.with_state(state.clone()), state)
}

fn end_keep_alive(routes: Router, state: &AppState) -> Router {
    routes.layer(map_response_with_state(state.readiness().clone(), health::end_keep_alive))
}
