//! Probes: `/healthz` (alive) and `/readyz` (ready for requests).

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONNECTION, Entry};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::watch;

use super::readiness::Readiness;
use super::state::AppState;

/// Whether the service can answer, or the reason why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HealthStatus {
    Ready,
    Starting,
    SearchIndexNotReady,
    DatabaseUnavailable,
    Stopping,
}

impl HealthStatus {
    /// Returns the text in the response.
    fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Starting => "starting",
            Self::SearchIndexNotReady => "search index not ready",
            Self::DatabaseUnavailable => "database unavailable",
            Self::Stopping => "stopping",
        }
    }

    fn code(self) -> StatusCode {
        if self == Self::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }
}

/// Body of the response to a readiness probe.
#[derive(Serialize)]
pub(super) struct ReadinessBody {
    status: &'static str,
    revision: i64,
}

/// Answers 200 while the process runs.
pub(super) async fn healthz() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok" }))
}

/// Answers 200 if the service is ready and the database can be read, else 503 with the reason in `status`.
pub(super) async fn readyz(State(state): State<AppState>) -> (StatusCode, Json<ReadinessBody>) {
    let revision = state.storage().latest().await.map(|view| view.revision().number.get());
    // Read after the database query: if the shutdown starts during the query, the response must not be 200.
    let readiness = *state.readiness().borrow();
    let is_scanned = state.sync_status().borrow().last_scan_at.is_some();
    let status = match (readiness, &revision) {
        (Readiness::Stopping, _) => HealthStatus::Stopping,
        (_, Err(_)) => HealthStatus::DatabaseUnavailable,
        (Readiness::Starting, Ok(_)) if is_scanned => HealthStatus::SearchIndexNotReady,
        (Readiness::Starting, Ok(_)) => HealthStatus::Starting,
        (Readiness::Ready, Ok(_)) => HealthStatus::Ready,
    };
    (status.code(), Json(ReadinessBody { status: status.name(), revision: revision.unwrap_or(0) }))
}

/// Ends keep-alive with the next response once the service drains.
///
/// A client that sends its next request on an idle connection at the moment the service closes it gets an
/// error. After `Connection: close` it opens another connection, and the load balancer sends that elsewhere.
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
