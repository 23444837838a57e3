//! HTTP: what a request is, and what it is answered with.

mod accept;
mod admin;
mod assets;
mod cache;
mod encoding;
mod exchange;
mod explorer;
mod exports;
mod feed;
mod figures;
mod graphql;
mod health;
mod live;
mod metrics;
mod origins;
mod patience;
mod rate;
mod representation;
mod request;
mod request_id;
mod settings;

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::http::HeaderValue;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use passerelle_api::{Answer, Asked, Engine, EngineSettings, Operation, PageUrl, Params, Sources, sdl};
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::Storage;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use admin::Admin;
use cache::{Responses, Salt};
use figures::Figures;
use live::LiveFigures;
pub use origins::{Origin, OriginError, Origins};
use patience::{Patience, PatientListener};
use rate::Rates;
use request_id::RequestIds;
pub use settings::Settings;

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
    /// Cancelled when the service is to stop: who listens is told so.
    pub stop: CancellationToken,
}

/// The state with what is made of it once. Every request gets one: a clone is a single count.
#[derive(Clone)]
struct Shared(Arc<Parts>);

/// What requests share.
struct Parts {
    state: ApiState,
    engine: Engine,
    responses: Responses,
    salt: Salt,
    /// What others are told of answers that they may keep.
    cache_control: HeaderValue,
    request_ids: RequestIds,
    rates: Rates,
    figures: Figures,
    live: LiveFigures,
    /// The sockets that are open, which are no requests any more.
    sockets: TaskTracker,
    /// What tells of the figures.
    registry: Registry,
}

impl Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Shared {
    fn new(state: ApiState, sdl: &str) -> Self {
        let Settings { limits, trusted, cache_bytes, max_age, client_header, is_development, .. } =
            state.settings.clone();
        let sources = Sources {
            storage: state.storage.clone(),
            search: state.search.clone(),
            page_url: state.page_url.clone(),
            sync: state.sync.clone(),
        };
        let mut registry = Registry::with_prefix("passerelle");
        let figures = Figures::new(&mut registry);
        let live = LiveFigures::new(&mut registry);
        let rates = Rates::new(limits.cost_per_minute, client_header);
        // Without an age it is asked for again each time, which takes a tag and no execution.
        let cache_control = match max_age.as_secs() {
            0 => HeaderValue::from_static("public, no-cache"),
            seconds => {
                HeaderValue::try_from(format!("public, max-age={seconds}, stale-while-revalidate={seconds}"))
                    .unwrap_or_else(|_| HeaderValue::from_static("public, no-cache"))
            }
        };
        Self(Arc::new(Parts {
            engine: Engine::new(sources, EngineSettings { limits, trusted, suggestions: is_development }),
            responses: Responses::new(cache_bytes),
            salt: Salt::of(sdl, &state.page_url.to_string()),
            cache_control,
            request_ids: RequestIds::default(),
            rates,
            figures,
            live,
            sockets: TaskTracker::new(),
            registry,
            state,
        }))
    }

    /// The operation of a request, if it may be executed.
    fn operation(&self, params: Params) -> Result<Operation, Answer> {
        self.admitted(self.engine.find(params)?)
    }

    fn admitted(&self, asked: Asked) -> Result<Operation, Answer> {
        self.engine.operation(asked)
    }
}

/// Serves until the service is to stop, and until then everybody has heard what was begun.
pub async fn serve(listener: TcpListener, state: ApiState) -> io::Result<()> {
    let (shared, printed) = prepare(state);
    let patience = Patience {
        unread: shared.state.settings.limits.unread,
        stop: shared.state.stop.clone(),
        closed: shared.live.unread.clone(),
    };
    let (stop, sockets) = (shared.state.stop.clone(), shared.sockets.clone());
    // The extension knows the addresses of those who ask, which a listener of ours has no way to tell.
    let listener = PatientListener { inner: listener, patience }.tap_io(|_| {});
    let service = routes(shared, printed).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await?;
    sockets.close();
    sockets.wait().await;
    Ok(())
}

/// Every route of the service.
pub fn router(state: ApiState) -> Router {
    let (shared, printed) = prepare(state);
    routes(shared, printed)
}

fn prepare(state: ApiState) -> (Shared, Arc<str>) {
    // Printed once: it cannot change while the service runs.
    let printed: Arc<str> = sdl().into();
    (Shared::new(state, &printed), printed)
}

fn routes(shared: Shared, printed: Arc<str>) -> Router {
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
