//! `/metrics` in the OpenMetrics text format, which Prometheus reads.
//!
//! Specification: <https://prometheus.io/docs/specs/om/open_metrics_spec/>

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use passerelle_model::sync::{SyncRole, SyncState, SyncStatus, WatchMode};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::state::AppState;

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves the current values of all metrics.
pub(super) async fn get(State(state): State<AppState>) -> Response {
    let mut text = String::new();
    let mut registry = Registry::with_prefix("passerelle");
    register_sync_metrics(&mut registry, &state.sync_status().borrow());
    register_storage_metrics(&mut registry, &state);
    let open = state.connection_slots().open() as u64;
    gauge(&mut registry, "connections_open", "Number of open connections of clients", open);
    register_load_metrics(&mut registry, &state);
    // Each registry writes `# EOF` at its end. Only the last one may remain.
    let encoded = encode(&mut text, &registry).and_then(|()| {
        text.truncate(text.trim_end().trim_end_matches("# EOF").len());
        encode(&mut text, state.registry())
    });
    match encoded {
        Ok(()) => ([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics encoding failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    registry.register(name, help, ConstGauge::<u64>::new(value));
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    registry.register(name, help, ConstCounter::<u64>::new(value));
}

fn register_sync_metrics(registry: &mut Registry, status: &SyncStatus) {
    let pending = status.pending.into();
    gauge(registry, "sync_pending", "Number of changed documents that are not published yet", pending);
    let is_degraded = u64::from(status.state == SyncState::Degraded);
    gauge(
        registry,
        "sync_degraded",
        "1 while the service does not publish all documents of the content folder, else 0",
        is_degraded,
    );
    let is_leader = u64::from(status.role == SyncRole::Leader);
    gauge(registry, "sync_leader", "1 if this process synchronises the content folder, else 0", is_leader);
    gauge(registry, "sync_problems", "Number of current sync problems", status.problem_count.into());
    let is_polling = u64::from(status.mode == WatchMode::Polling);
    gauge(
        registry,
        "watch_polling",
        "1 if the content folder is polled because the operating system reports no file events, else 0",
        is_polling,
    );
    counter(registry, "full_scans", "Number of full scans of the content folder", status.scans);
    counter(
        registry,
        "watch_queue_overflows",
        "Number of overflows of the file event queue of the operating system",
        status.overflows,
    );
    counter(
        registry,
        "changes_missed_by_watcher",
        "Number of changes that a full scan found without a file event. Expected value: 0",
        status.missed,
    );
}

fn register_load_metrics(registry: &mut Registry, state: &AppState) {
    let (queue, budget) = (state.engine().queue(), state.engine().budget());
    gauge(
        registry,
        "operations_waiting",
        "Number of GraphQL operations that wait for their turn",
        queue.waiting_count() as u64,
    );
    counter(
        registry,
        "operations_rejected",
        "Number of GraphQL operations rejected with OVERLOADED because too many waited",
        queue.rejected_count(),
    );
    gauge(
        registry,
        "response_bytes_reserved",
        "Size of the responses that are being made, cached or sent, in bytes, without the first 64 KiB of each",
        budget.reserved() as u64,
    );
    counter(
        registry,
        "responses_rejected",
        "Number of responses rejected with OVERLOADED because all responses together needed too much memory",
        budget.rejected_count(),
    );
}

fn register_storage_metrics(registry: &mut Registry, state: &AppState) {
    let storage = &state.storage();
    let revision = u64::try_from(storage.cached_latest().revision().number.get()).unwrap_or_default();
    gauge(registry, "revision", "Number of the latest revision", revision);
    counter(registry, "database_statements", "Number of SQL statements executed", storage.statement_count());
    let (readers, idle) = storage.read_pool_size();
    gauge(
        registry,
        "database_read_connections",
        "Number of read connections to the database",
        readers.into(),
    );
    gauge(
        registry,
        "database_read_connections_idle",
        "Number of idle read connections to the database",
        idle as u64,
    );
    let (entries, bytes) = state.response_cache().size();
    gauge(registry, "response_cache_entries", "Approximate number of entries in the response cache", entries);
    gauge(registry, "response_cache_bytes", "Approximate size of the response cache in bytes", bytes);
}
