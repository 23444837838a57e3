//! Routes of the service.

use std::sync::Arc;

use axum::Router;
use axum::middleware::map_response_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

use super::state::AppState;
use super::{admin, assets, exports, feed, graphiql, graphql, health, metrics};

/// Returns the routes for clients, with the probes.
pub(super) fn public_routes(state: AppState) -> Router {
    let sdl = Arc::clone(state.engine().sdl());
    // Browsers may read only these routes from pages of other origins.
    let public = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::method_not_allowed))
        .route(
            "/schema.graphql",
            get(async move || ([("content-type", "text/plain; charset=utf-8")], sdl.to_string())),
        )
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
