//! `/metrics`: the figures of the service, in the text format that Prometheus reads.
//!
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use passerelle_model::sync::{SyncState, SyncStatus, WatchMode};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::AppState;

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures as they are now.
pub(super) async fn get(State(shared): State<AppState>) -> Response {
    let mut text = String::new();
    let mut registry = Registry::with_prefix("passerelle");
    register_sync_metrics(&mut registry, &shared.state.sync_status.borrow());
    register_storage_metrics(&mut registry, &shared);
    // Each registry ends with the mark of the end.
    let encoded = encode(&mut text, &registry).and_then(|()| {
        text.truncate(text.trim_end().trim_end_matches("# EOF").len());
        encode(&mut text, &shared.registry)
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
    gauge(registry, "sync_pending", "Changed documents that are not published yet", pending);
    let is_degraded = u64::from(status.state == SyncState::Degraded);
    gauge(registry, "sync_degraded", "1 while the content folder is not served completely", is_degraded);
    gauge(registry, "sync_problems", "Number of current sync problems", status.problem_count.into());
    let is_polling = u64::from(status.mode == WatchMode::Polling);
    gauge(
        registry,
        "watch_polling",
        "1 if the folder is polled because the system reports no file events",
        is_polling,
    );
    counter(registry, "full_scans", "Full scans of the content folder", status.scans);
    counter(
        registry,
        "watch_queue_overflows",
        "Overflows of the operating system's file event queue",
        status.overflows,
    );
    counter(
        registry,
        "changes_missed_by_watcher",
        "Changes found by a full scan that no file event reported. Should stay 0",
        status.missed,
    );
}

fn register_storage_metrics(registry: &mut Registry, shared: &AppState) {
    let storage = &shared.state.storage;
    let revision = u64::try_from(storage.cached_latest().revision().number.get()).unwrap_or_default();
    gauge(registry, "revision", "Number of the latest revision", revision);
    counter(registry, "database_statements", "SQL statements executed", storage.statement_count());
    let (readers, idle) = storage.read_pool_size();
    gauge(registry, "database_read_connections", "Read connections to the database", readers.into());
    gauge(registry, "database_read_connections_idle", "Idle read connections to the database", idle as u64);
    let (entries, bytes) = shared.response_cache.size();
    gauge(registry, "response_cache_entries", "Entries in the response cache", entries);
    gauge(registry, "response_cache_bytes", "Approximate size of the response cache in bytes", bytes);
}
