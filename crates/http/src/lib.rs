//! HTTP: what a request is, and what it is answered with.

mod accept;
mod admin;
mod assets;
mod cache;
mod cors;
mod encoding;
mod exchange;
mod exports;
mod feed;
mod graphiql;
mod graphql;
mod health;
mod http_metrics;
mod live;
mod metrics;
mod rate_limit;
mod representation;
mod request;
mod request_id;
mod settings;
mod write_timeout;

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::middleware::map_response_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use passerelle_api::{
    Engine, EngineSettings, GraphqlResponse, IdentifiedRequest, Operation, PageUrlTemplate, RequestParams,
    Sources, sdl,
};
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::Storage;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use admin::AdminAccess;
use cache::{CacheKeySalt, ResponseCache};
pub use cors::{AllowedOrigins, InvalidOrigin, Origin};
pub use health::Readiness;
use http_metrics::HttpMetrics;
use live::StreamMetrics;
use rate_limit::ClientRateLimiter;
use request_id::RequestIdGenerator;
pub use settings::Settings;
use write_timeout::{WriteTimeout, WriteTimeoutListener};

/// What the API answers from.
#[derive(Clone, Debug)]
pub struct ApiState {
    /// The folder that documents and the files beside them are dropped into.
    pub content_folder: PathBuf,
    /// What the documents say.
    pub storage: Storage,
    /// What finds what the documents say.
    pub search: Search,
    /// Where front ends show pages.
    pub page_url: PageUrlTemplate,
    /// How the API behaves.
    pub settings: Settings,
    /// What the worker last said of itself.
    pub sync_status: watch::Receiver<SyncStatus>,
    /// What an operator may ask; none where no token was given.
    pub admin: Option<AdminAccess>,
    /// What `/readyz` responses.
    pub readiness: watch::Receiver<Readiness>,
    /// Cancelled when the listener closes: running requests are finished, subscriptions are interrupted.
    pub shutdown: CancellationToken,
}

/// The state with what is made of it once. Every request gets one: a clone is a single count.
#[derive(Clone)]
struct AppState(Arc<AppStateInner>);

/// What requests share.
struct AppStateInner {
    state: ApiState,
    engine: Engine,
    response_cache: ResponseCache,
    cache_key_salt: CacheKeySalt,
    /// What others are told of answers that they may keep.
    cache_control: HeaderValue,
    request_ids: RequestIdGenerator,
    rate_limiter: ClientRateLimiter,
    http_metrics: HttpMetrics,
    stream_metrics: StreamMetrics,
    /// The sockets that are open, which are no requests any more.
    websocket_tasks: TaskTracker,
    /// What tells of the http_metrics.
    registry: Registry,
}

impl Deref for AppState {
    type Target = AppStateInner;

    fn deref(&self) -> &AppStateInner {
        &self.0
    }
}

impl AppState {
    fn new(state: ApiState, sdl: &str) -> Self {
        let Settings {
            limits,
            trusted_documents,
            response_cache_bytes,
            cache_max_age,
            client_address_header,
            is_development,
            ..
        } = state.settings.clone();
        let sources = Sources {
            storage: state.storage.clone(),
            search: state.search.clone(),
            page_url: state.page_url.clone(),
            sync_status: state.sync_status.clone(),
        };
        let mut registry = Registry::with_prefix("passerelle");
        let http_metrics = HttpMetrics::new(&mut registry);
        let stream_metrics = StreamMetrics::new(&mut registry);
        let rate_limiter = ClientRateLimiter::new(limits.cost_per_minute, client_address_header);
        // Without an age it is asked for again each time, which takes a tag and no execution.
        let cache_control = match cache_max_age.as_secs() {
            0 => HeaderValue::from_static("public, no-cache"),
            seconds => {
                HeaderValue::try_from(format!("public, max-age={seconds}, stale-while-revalidate={seconds}"))
                    .unwrap_or_else(|_| HeaderValue::from_static("public, no-cache"))
            }
        };
        Self(Arc::new(AppStateInner {
            engine: Engine::new(
                sources,
                EngineSettings { limits, trusted: trusted_documents, suggestions: is_development },
            ),
            response_cache: ResponseCache::new(response_cache_bytes),
            cache_key_salt: CacheKeySalt::of(sdl, &state.page_url.to_string()),
            cache_control,
            request_ids: RequestIdGenerator::default(),
            rate_limiter,
            http_metrics,
            stream_metrics,
            websocket_tasks: TaskTracker::new(),
            registry,
            state,
        }))
    }

    /// The operation of a request, if it may be executed.
    fn prepare_operation(&self, params: RequestParams) -> Result<Operation, GraphqlResponse> {
        self.validate(self.engine.find(params)?)
    }

    fn validate(&self, request: IdentifiedRequest) -> Result<Operation, GraphqlResponse> {
        self.engine.operation(request)
    }
}

/// Serves until the service is to stop, and until then everybody has heard what was begun.
pub async fn serve(listener: TcpListener, state: ApiState) -> io::Result<()> {
    let (shared, sdl_text) = prepare(state);
    let write_timeout = WriteTimeout {
        timeout: shared.state.settings.limits.write_timeout,
        shutdown: shared.state.shutdown.clone(),
        closed_connections: shared.stream_metrics.write_timeouts.clone(),
    };
    let (shutdown, websocket_tasks) = (shared.state.shutdown.clone(), shared.websocket_tasks.clone());
    let rate_limiter = shared.rate_limiter.clone();
    // The extension knows the addresses of those who ask, which a listener of ours has no way to tell.
    let listener = WriteTimeoutListener { inner: listener, write_timeout }.tap_io(|_| {});
    let service = routes(shared, sdl_text).into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned()).into_future();
    tokio::select! {
        served = serving => served?,
        never = rate_limiter.sweep() => match never {},
    }
    websocket_tasks.close();
    websocket_tasks.wait().await;
    Ok(())
}

/// Every route of the service.
pub fn router(state: ApiState) -> Router {
    let (shared, sdl_text) = prepare(state);
    routes(shared, sdl_text)
}

fn prepare(state: ApiState) -> (AppState, Arc<str>) {
    // Printed once: it cannot change while the service runs.
    let sdl_text: Arc<str> = sdl().into();
    (AppState::new(state, &sdl_text), sdl_text)
}

fn routes(shared: AppState, sdl_text: Arc<str>) -> Router {
    // What pages of other origins may read.
    let public = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::method_not_allowed))
        .route(
            "/schema.graphql",
            get(async move || ([("content-type", "text/plain; charset=utf-8")], sdl_text.to_string())),
        )
        .route("/exports/measures.csv", get(exports::csv))
        .route("/exports/measures.json", get(exports::json))
        .route("/feeds/changes.atom", get(feed::get))
        .route("/{*path}", get(assets::get));
    let readiness = shared.state.readiness.clone();
    let origins = &shared.state.settings.allowed_origins;
    let public = if origins.is_empty() { public } else { public.layer(origins.cors_layer()) };
    Router::new()
        .merge(public)
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphql/ws", get(graphql::websocket))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::get))
        .route("/admin/sync", post(admin::sync))
        .merge(graphiql::routes())
        .with_state(shared)
        .layer(map_response_with_state(readiness, health::end_keep_alive))
}
