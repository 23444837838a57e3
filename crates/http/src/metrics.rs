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

use super::Shared;

const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures as they are now.
pub(super) async fn get(State(shared): State<Shared>) -> Response {
    let mut text = String::new();
    let mut now = Registry::with_prefix("passerelle");
    tell_sync(&mut now, &shared.state.sync.borrow());
    tell_storage(&mut now, &shared);
    // Each registry ends with the mark of the end.
    let written = encode(&mut text, &now).and_then(|()| {
        text.truncate(text.trim_end().trim_end_matches("# EOF").len());
        encode(&mut text, &shared.registry)
    });
    match written {
        Ok(()) => ([(header::CONTENT_TYPE, MEDIA)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the figures could not be written");
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

fn tell_sync(now: &mut Registry, status: &SyncStatus) {
    let pending = status.pending.into();
    gauge(now, "sync_pending", "Documents known to be different and not yet published", pending);
    let is_degraded = u64::from(status.state == SyncState::Degraded);
    gauge(
        now,
        "sync_degraded",
        "1 while something stands between the folder and what is served",
        is_degraded,
    );
    gauge(now, "sync_problems", "How many things stand there", status.problem_count.into());
    let is_polling = u64::from(status.mode == WatchMode::Polling);
    gauge(now, "sync_polling", "1 where the system gives no notice of changes", is_polling);
    counter(now, "sync_scans", "Looks at the whole folder", status.scans);
    counter(now, "sync_overflow", "How often the system lost count of changes", status.overflows);
    counter(
        now,
        "scan_found_missed",
        "Changes that only a look at the whole folder found, for events missed them. Stays 0",
        status.missed,
    );
}

fn tell_storage(now: &mut Registry, shared: &Shared) {
    let storage = &shared.state.storage;
    let revision = u64::try_from(storage.newest().revision().number.get()).unwrap_or_default();
    gauge(now, "revision", "The newest revision", revision);
    counter(now, "database_statements", "Statements that were run", storage.statement_count());
    let (readers, idle) = storage.readers();
    gauge(now, "database_readers", "Connections for readers", readers.into());
    gauge(now, "database_readers_idle", "Those that wait for work", idle as u64);
    let (entries, bytes) = shared.responses.size();
    gauge(now, "cache_entries", "Answers that are kept", entries);
    gauge(now, "cache_bytes", "What they take, about", bytes);
}
