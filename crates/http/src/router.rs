//! Routes of the service.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::middleware::map_response_with_state;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream;
use passerelle_model::sync::Revision;

use super::exchange::PeerAddress;
use super::generated_file::{Chunks, FileRequest, GeneratedFile};
use super::state::AppState;
use super::{admin, assets, exports, feed, graphiql, graphql, health, metrics};

/// Returns the routes for clients, with the probes.
pub(super) fn public_routes(state: AppState) -> Router {
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
    let routes = Router::new()
        .merge(public)
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphql/ws", get(graphql::websocket))
        .merge(graphiql::routes());
    finish(routes, state.clone()).merge(probe_routes(state))
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
pub(super) fn operator_routes(state: AppState) -> Router {
    let routes = Router::new().route("/metrics", get(metrics::get)).route("/admin/sync", post(admin::sync));
    finish(routes, state)
}

/// Returns the probes.
pub(super) fn probe_routes(state: AppState) -> Router {
    let routes = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    finish(routes, state)
}

fn finish(routes: Router<AppState>, state: AppState) -> Router {
    let readiness = state.readiness().clone();
    routes.with_state(state).layer(map_response_with_state(readiness, health::end_keep_alive))
}
