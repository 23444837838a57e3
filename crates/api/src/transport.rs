//! HTTP: what a request is, and what it is answered with.

mod accept;
mod admin;
mod answer;
mod assets;
mod explorer;
mod exports;
mod feed;
mod graphql;
mod guard;
mod health;
mod live;
mod metrics;
mod representation;
mod request;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use passerelle_document::sync::SyncStatus;
use passerelle_storage::Storage;
use tokio::sync::watch;

use crate::page_url::PageUrl;
use crate::schema::{ContentSchema, builder, sdl};
pub use admin::Admin;

/// What the API answers from.
#[derive(Clone, Debug)]
pub struct ApiState {
    /// The folder that documents and the files beside them are dropped into.
    pub content: PathBuf,
    /// What the documents say.
    pub storage: Storage,
    /// Where front ends show pages.
    pub page_url: PageUrl,
    /// What the worker last said of itself.
    pub sync: watch::Receiver<SyncStatus>,
    /// What an operator may ask; none where no token was given.
    pub admin: Option<Admin>,
    /// Set when the service is about to stop: it finishes what it has and asks for no more.
    pub draining: Arc<AtomicBool>,
}

/// The state with what is made of it once.
#[derive(Clone)]
struct Shared {
    state: ApiState,
    schema: ContentSchema,
}

/// Every route of the service.
pub fn router(state: ApiState) -> Router {
    let schema =
        builder().data(state.storage.clone()).data(state.sync.clone()).data(state.page_url.clone()).finish();
    // Printed once: it cannot change while the service runs.
    let printed: Arc<str> = sdl().into();
    let shared = Shared { state, schema };
    Router::new()
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphql/ws", get(graphql::socket))
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other))
        .route(
            "/schema.graphql",
            get(async move || ([("content-type", "text/plain; charset=utf-8")], printed.to_string())),
        )
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::get))
        .route("/admin/sync", post(admin::sync))
        .route("/exports/measures.csv", get(exports::csv))
        .route("/exports/measures.json", get(exports::json))
        .route("/feeds/changes.atom", get(feed::get))
        .merge(explorer::routes())
        .route("/{*path}", get(assets::get))
        .with_state(shared)
}
