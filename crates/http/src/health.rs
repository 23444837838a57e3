//! Whether the service lives, and whether it is ready.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::Shared;

/// What a probe reads.
#[derive(Serialize)]
pub(super) struct Health {
    status: &'static str,
    revision: i64,
}

/// Lives: the process answers.
pub(super) async fn healthz() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok" }))
}

/// Ready: the database answers, and holds content or the first look at the folder is over, and what is served can be searched
/// for. Not when it is about to stop.
pub(super) async fn readyz(State(shared): State<Shared>) -> (StatusCode, Json<Health>) {
    let revision = shared.state.storage.latest().await.map(|view| view.revision().number.get());
    let scanned = shared.state.sync.borrow().last_scan_at.is_some();
    let status = match revision {
        _ if shared.state.draining.load(Ordering::Relaxed) => "draining",
        Err(_) => "database unavailable",
        Ok(revision) if !scanned && revision == 0 => "first scan",
        Ok(_) if shared.state.search.revision().is_none() => "building the search index",
        Ok(_) => "ready",
    };
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(Health { status, revision: revision.unwrap_or(0) }))
}
