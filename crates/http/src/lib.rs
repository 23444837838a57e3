//! HTTP service: GraphQL, subscriptions, exports, the Atom feed, assets, probes and metrics.
//!
//! [`serve`] accepts connections and answers until [`ApiState::shutdown`] is cancelled. A request takes this
//! path:
//!
//! 1. `write_timeout` closes a connection whose client does not read.
//! 2. `router` selects the handler. All handlers share the `AppState`, which is created from [`ApiState`].
//! 3. `graphql` and `request` read the parameters of a GraphQL request. `exchange` answers from the response
//!    cache (`cache`) or from the engine of [`passerelle_api`]. `rate_limit` charges the client.
//! 4. `streaming` serves subscriptions over WebSocket, Server-Sent Events and multipart.
//! 5. `exports`, `feed` and `assets` serve files: measures as CSV and JSON, changes as Atom, images.
//! 6. `health`, `metrics` and `admin` serve operators.

mod accept;
mod admin;
mod admin_access;
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
mod metrics;
mod rate_limit;
mod readiness;
mod rendered;
mod representation;
mod request;
mod request_id;
mod router;
mod settings;
mod state;
mod streaming;
mod write_timeout;

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

pub use admin_access::AdminAccess;
pub use cors::{AllowedOrigins, InvalidOrigin, Origin};
pub use readiness::Readiness;
pub use settings::Settings;
pub use state::ApiState;
use state::AppState;
use write_timeout::{WriteTimeout, WriteTimeoutListener};

/// Serves requests until [`ApiState::shutdown`] is cancelled, then finishes running requests and closes
/// WebSockets.
///
/// # Errors
/// An error of the listener.
pub async fn serve(listener: TcpListener, api: ApiState) -> io::Result<()> {
    let state = AppState::new(api);
    let write_timeout = WriteTimeout {
        timeout: state.settings().limits.write_timeout,
        shutdown: state.shutdown().clone(),
        closed_connections: state.stream_metrics().write_timeouts.clone(),
    };
    let (shutdown, websocket_tasks) = (state.shutdown().clone(), state.websocket_tasks().clone());
    let rate_limiter = state.rate_limiter().clone();
    // axum extracts the client address from a `TapIo` listener, but not from a listener type of this crate.
    let listener = WriteTimeoutListener { inner: listener, write_timeout }.tap_io(|_| {});
    let service = router::routes(state).into_make_service_with_connect_info::<SocketAddr>();
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

/// Returns the routes of the service without a listener, for tests.
pub fn router(api: ApiState) -> Router {
    router::routes(AppState::new(api))
}
