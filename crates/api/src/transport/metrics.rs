//! `/metrics`: figures of the worker, in the text format of Prometheus.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use passerelle_document::sync::{SyncState, SyncStatus, WatchMode};

use super::Shared;

/// The figures as they are now.
pub(super) async fn get(State(shared): State<Shared>) -> Response {
    let revision = Some(shared.state.storage.newest().revision().number.get());
    let text = written(&shared.state.sync.borrow(), revision);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn written(status: &SyncStatus, revision: Option<i64>) -> String {
    let flag = u64::from;
    let figures = [
        (
            "sync_pending",
            "gauge",
            "Documents known to be different and not yet published.",
            status.pending.into(),
        ),
        ("sync_degraded", "gauge", "1 while something stands between the folder and what is served.", {
            flag(status.state == SyncState::Degraded)
        }),
        ("sync_problems", "gauge", "How many things stand there.", status.problem_count.into()),
        ("sync_polling", "gauge", "1 where the system gives no notice of changes.", {
            flag(status.mode == WatchMode::Polling)
        }),
        ("sync_scans_total", "counter", "Looks at the whole folder.", status.scans),
        ("sync_overflow_total", "counter", "How often the system lost count of changes.", status.overflows),
        (
            "scan_found_missed_total",
            "counter",
            "Changes that only a look at the whole folder found: what events missed. Stays 0.",
            status.missed,
        ),
    ];
    let mut lines = Vec::new();
    let mut write = |name: &str, kind: &str, help: &str, value: u64| {
        lines.push(format!("# HELP passerelle_{name} {help}"));
        lines.push(format!("# TYPE passerelle_{name} {kind}"));
        lines.push(format!("passerelle_{name} {value}"));
    };
    for (name, kind, help, value) in figures {
        write(name, kind, help, value);
    }
    if let Some(revision) = revision.and_then(|revision| u64::try_from(revision).ok()) {
        write("revision", "gauge", "The newest revision.", revision);
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_help_and_its_type() {
        let text = written(&SyncStatus { missed: 3, ..SyncStatus::default() }, Some(7));
        assert!(text.contains(
            "# TYPE passerelle_scan_found_missed_total counter\npasserelle_scan_found_missed_total 3\n"
        ));
        assert!(text.ends_with("passerelle_revision 7\n"));
        assert_eq!(text.matches("# HELP ").count(), text.matches("# TYPE ").count());
    }
}
