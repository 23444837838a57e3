//! HTTP: what a request is, and what it is answered with.

mod accept;
mod admin;
mod answer;
mod assets;
mod cache;
mod document;
mod encoding;
mod exchange;
mod execution;
mod explanation;
mod explorer;
mod exports;
mod feed;
mod figures;
mod graphql;
mod guard;
mod health;
mod live;
mod metrics;
mod origins;
mod rate;
mod representation;
mod request;
mod request_id;
mod trusted;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::http::HeaderValue;
use axum::response::Redirect;
use axum::routing::{get, post};
use passerelle_document::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::Storage;
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use crate::page_url::PageUrl;
use crate::schema::{ContentSchema, builder, sdl};
use crate::settings::Settings;
pub use admin::Admin;
use answer::Answer;
use cache::{Responses, Salt};
use document::Documents;
use figures::Figures;
use guard::Prices;
pub use origins::{Origin, OriginError, Origins};
use rate::Rates;
use request::{Asked, Operation, Params};
use request_id::RequestIds;
pub use trusted::{TrustedDocuments, TrustedDocumentsError};

/// What the API answers from.
#[derive(Clone, Debug)]
pub struct ApiState {
    /// The folder that documents and the files beside them are dropped into.
    pub content: PathBuf,
    /// What the documents say.
    pub storage: Storage,
    /// What finds what the documents say.
    pub search: Search,
    /// Where front ends show pages.
    pub page_url: PageUrl,
    /// How the API behaves.
    pub settings: Settings,
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
    documents: Arc<Documents>,
    prices: Arc<Prices>,
    responses: Responses,
    salt: Salt,
    /// What others are told of answers that they may keep.
    cache_control: HeaderValue,
    request_ids: RequestIds,
    rates: Rates,
    figures: Figures,
    /// What tells of the figures.
    registry: Arc<Registry>,
}

impl Shared {
    fn new(state: ApiState, sdl: &str) -> Self {
        let builder = if state.settings.is_development { builder() } else { builder().disable_suggestions() };
        let schema = builder
            .data(state.storage.clone())
            .data(state.search.clone())
            .data(state.sync.clone())
            .data(state.page_url.clone())
            .finish();
        let Settings { limits, trusted, cache_bytes, max_age, client_header, .. } = state.settings.clone();
        let mut registry = Registry::with_prefix("passerelle");
        let figures = Figures::new(&mut registry);
        let rates = Rates::new(limits.cost_per_minute, client_header);
        // Without an age it is asked for again each time, which takes a tag and no execution.
        let cache_control = match max_age.as_secs() {
            0 => HeaderValue::from_static("public, no-cache"),
            seconds => {
                HeaderValue::try_from(format!("public, max-age={seconds}, stale-while-revalidate={seconds}"))
                    .unwrap_or_else(|_| HeaderValue::from_static("public, no-cache"))
            }
        };
        Self {
            documents: Arc::new(Documents::new(limits, trusted)),
            prices: Arc::new(Prices::of(sdl)),
            responses: Responses::new(cache_bytes),
            salt: Salt::of(sdl, &state.page_url.to_string()),
            cache_control,
            request_ids: RequestIds::default(),
            rates,
            figures,
            registry: Arc::new(registry),
            schema,
            state,
        }
    }

    /// The operation of a request, if it may be executed.
    fn operation(&self, params: Params) -> Result<Operation, Answer> {
        self.admitted(params.asked(&self.documents)?)
    }

    fn admitted(&self, asked: Asked) -> Result<Operation, Answer> {
        asked.operation(&self.documents, &self.prices, &self.state.settings.limits)
    }
}

/// Every route of the service.
pub fn router(state: ApiState) -> Router {
    // Printed once: it cannot change while the service runs.
    let printed: Arc<str> = sdl().into();
    let shared = Shared::new(state, &printed);
    // What pages of other origins may read.
    let public = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other))
        .route(
            "/schema.graphql",
            get(async move || ([("content-type", "text/plain; charset=utf-8")], printed.to_string())),
        )
        .route("/exports/measures.csv", get(exports::csv))
        .route("/exports/measures.json", get(exports::json))
        .route("/feeds/changes.atom", get(feed::get))
        .route("/{*path}", get(assets::get));
    let origins = &shared.state.settings.origins;
    let public = if origins.is_empty() { public } else { public.layer(origins.layer()) };
    Router::new()
        .merge(public)
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphql/ws", get(graphql::socket))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::get))
        .route("/admin/sync", post(admin::sync))
        .merge(explorer::routes())
        .with_state(shared)
}
