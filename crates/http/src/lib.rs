//! HTTP service: GraphQL, subscriptions, exports, the Atom feed, assets, probes and metrics.
//!
//! [`serve`] accepts connections and answers requests until [`HttpSources::shutdown`] is cancelled. A request
//! takes this path:
//!
//! 1. `connections` limits the number of connections and closes slow ones.
//! 2. `router` selects the handler. All handlers share the `AppState`, which is created from [`HttpSources`].
//! 3. `graphql` and `request` read the parameters of a GraphQL request. `exchange` answers from the response
//!    cache or from the engine of [`passerelle_api`]. The cache and the rate limiter are in
//!    [`passerelle_http_common`].
//! 4. `streaming` serves subscriptions over WebSocket, Server-Sent Events and multipart.
//! 5. `exports`, `feed` and `assets` serve files: measures as CSV and JSON, changes as Atom, images.
//!    `renditions` scales images.
//! 6. `health`, `metrics` and `admin` serve operators.

mod accept;
mod admin;
mod admin_access;
mod assets;
mod connections;
mod cors;
mod document_id;
mod exchange;
mod exports;
mod feed;
mod generated_file;
mod graphiql;
mod graphql;
mod health;
mod http_metrics;
mod metrics;
mod page_routes;
mod preview;
mod readiness;
mod rendered;
mod renditions;
mod request;
mod request_id;
mod router;
mod settings;
mod state;
mod streaming;

use axum::Router;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;

pub use admin_access::AdminAccess;
pub use connections::ConnectionLimits;
pub use cors::{AllowedOrigins, InvalidOrigin, Origin};
pub use page_routes::PageRoutes;
pub use preview::PreviewAccess;
pub use readiness::Readiness;
pub use renditions::RenditionSettings;
pub use settings::Settings;
use state::AppState;
pub use state::HttpSources;

use connections::{ConnectionContext, ConnectionSlots, WriteTimeout, serve_connections};

/// Maximum number of connections of the internal listener at once. Only probes, Prometheus and operators use
/// it.
const INTERNAL_CONNECTIONS: usize = 64;

/// Listeners of the service.
#[derive(Debug)]
pub struct Listeners {
    /// Listener for clients.
    pub public: TcpListener,
    /// Listener for `/metrics`, `/admin/sync` and the probes. `None` serves them on the public listener too.
    pub internal: Option<TcpListener>,
}

/// Serves requests until [`HttpSources::shutdown`] is cancelled, then finishes running requests and closes
/// WebSockets. Without `pages`, `/` redirects to GraphiQL. Without `previews`, no request gets drafts.
///
/// The future is boxed, so that its code is generated in this crate and not again in each caller.
pub fn serve(
    listeners: Listeners,
    api: HttpSources,
    pages: Option<PageRoutes>,
    previews: Option<PreviewAccess>,
) -> BoxFuture<'static, ()> {
    Box::pin(serve_requests(listeners, api, pages, previews))
}

async fn serve_requests(
    listeners: Listeners,
    api: HttpSources,
    pages: Option<PageRoutes>,
    previews: Option<PreviewAccess>,
) {
    let state = AppState::new(api);
    let context = |router: Router| ConnectionContext {
        router,
        limits: state.settings().connections,
        write_timeout: WriteTimeout {
            timeout: state.settings().limits.write_timeout,
            shutdown: state.shutdown().clone(),
            closed_connections: state.stream_metrics().write_timeouts.clone(),
        },
        metrics: state.connection_metrics().clone(),
        shutdown: state.shutdown().clone(),
    };
    let (public, preview_state) =
        preview::with_previews(router::public_routes(&state, pages.as_ref()), previews);
    let public =
        if listeners.internal.is_some() { public } else { public.merge(router::operator_routes(&state)) };
    let serve_public = serve_connections(listeners.public, state.connection_slots().clone(), context(public));
    let serve_internal = async {
        let Some(listener) = listeners.internal else { return };
        let routes = router::operator_routes(&state).merge(router::probe_routes(&state));
        serve_connections(listener, ConnectionSlots::new(INTERNAL_CONNECTIONS), context(routes)).await;
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(serve_public, serve_internal) } => {}
        never = state.rate_limiter().sweep() => match never {},
        never = state.shared_limits().login_limiter.sweep() => match never {},
        never = sweep_previews(preview_state.as_ref()) => match never {},
    }
    if let Some(preview_state) = preview_state {
        preview_state.websocket_tasks().close();
        preview_state.websocket_tasks().wait().await;
    }
    state.websocket_tasks().close();
    state.websocket_tasks().wait().await;
}

/// Removes unused entries of the rate limiter of previews.
async fn sweep_previews(preview_state: Option<&AppState>) -> std::convert::Infallible {
    match preview_state {
        Some(state) => state.rate_limiter().sweep().await,
        None => std::future::pending().await,
    }
}

/// Returns the routes of the service without a listener, for tests.
pub fn router(api: HttpSources, pages: Option<&PageRoutes>) -> Router {
    let state = AppState::new(api);
    router::public_routes(&state, pages).merge(router::operator_routes(&state))
}
