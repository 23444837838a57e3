//! Probes: `/healthz` (alive) and `/readyz` (ready for requests).

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONNECTION, Entry};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::watch;

use super::AppState;

/// Whether a load balancer should send requests to this instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readiness {
    /// Some documents that were in the folder at the start are not published yet, or search does not work yet.
    #[default]
    Starting,
    /// Every request is answered from a complete state.
    Ready,
    /// The service drains or stops. This state is final.
    Stopping,
}

/// Body of the response to a readiness probe.
#[derive(Serialize)]
pub(super) struct ReadinessBody {
    status: &'static str,
    revision: i64,
}

/// Answers 200 for as long as the process answers at all.
pub(super) async fn healthz() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok" }))
}

/// Answers 200 if the service is ready and the database can be read, else 503 with the reason in `status`.
pub(super) async fn readyz(State(shared): State<AppState>) -> (StatusCode, Json<ReadinessBody>) {
    let revision = shared.state.storage.latest().await.map(|view| view.revision().number.get());
    // Read after the database: a stop during that statement must not be answered with 200.
    let readiness = *shared.state.readiness.borrow();
    let is_scanned = shared.state.sync_status.borrow().last_scan_at.is_some();
    let status = match (readiness, &revision) {
        (Readiness::Stopping, _) => "stopping",
        (_, Err(_)) => "database unavailable",
        (Readiness::Starting, Ok(_)) if is_scanned => "search index not ready",
        (Readiness::Starting, Ok(_)) => "starting",
        (Readiness::Ready, Ok(_)) => "ready",
    };
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(ReadinessBody { status, revision: revision.unwrap_or(0) }))
}

/// Ends keep-alive with the next response once the service drains.
///
/// A client that sends its next request on an idle connection at the moment the service closes it gets an error. After
/// `Connection: close` it opens another connection, and the load balancer sends that elsewhere.
pub(super) async fn end_keep_alive(
    State(readiness): State<watch::Receiver<Readiness>>,
    mut response: Response,
) -> Response {
    if *readiness.borrow() == Readiness::Stopping
        // A response that upgrades to WebSocket has the header already.
        && let Entry::Vacant(connection) = response.headers_mut().entry(CONNECTION)
    {
        connection.insert(HeaderValue::from_static("close"));
    }
    response
}
