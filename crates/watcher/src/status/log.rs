//! Log lines of the worker.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passerelle_model::sync::{ProblemKind, SyncProblem, SyncStatus};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::status::report::SyncReport;
use crate::sync::progress::OnProgress;

/// Interval of progress lines in the log.
const PROGRESS_LOG_INTERVAL: Duration = Duration::from_secs(1);

/// Logs each problem once, when it is new.
pub(crate) fn log_new_problems(previous: &[SyncProblem], problems: &[SyncProblem]) {
    let was_reported = |problem: &SyncProblem| {
        previous.iter().any(|previous| (previous.kind, &previous.place) == (problem.kind, &problem.place))
    };
    let new_problems = problems.iter().filter(|problem| !was_reported(problem));
    for SyncProblem { kind, message, advice, .. } in new_problems.filter(|problem| !is_failure(problem.kind))
    {
        tracing::warn!(sync.reason = message, sync.suggestion = advice, sync.problem = ?kind, "the folder is only partly published");
    }
}

/// Returns true if a problem is a failed pass, which is logged elsewhere.
fn is_failure(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::FolderMissing | ProblemKind::FolderEmpty | ProblemKind::Storage | ProblemKind::Failed
    )
}

/// Writes the progress to the status after each transaction, and to the log at an interval.
pub(crate) fn progress_logger(status: watch::Sender<SyncStatus>) -> OnProgress {
    let last_logged = Mutex::new(Instant::now());
    Arc::new(move |progress| {
        let pending = u32::try_from(progress.total - progress.completed).unwrap_or(u32::MAX);
        status.send_modify(|status| status.pending = pending);
        let mut last_logged = last_logged.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.completed < progress.total && last_logged.elapsed() >= PROGRESS_LOG_INTERVAL {
            *last_logged = Instant::now();
            tracing::info!(sync.done = progress.completed, sync.pending = pending, "syncing");
        }
    })
}

/// Logs a pass. A pass without changes is logged at debug level.
pub(crate) fn log_sync(report: &SyncReport, elapsed: Duration) {
    if !report.changed() {
        tracing::debug!(sync.found = report.found, "synced: nothing changed");
        return;
    }
    tracing::info!(
        sync.revision = report.revision.map(|revision| revision.number.get()),
        sync.published = report.published.len(),
        sync.rejected = report.rejected.len(),
        sync.held = report.held.len(),
        sync.drafts = report.drafts.len(),
        sync.moved = report.moved.len(),
        sync.removed = report.removed.len(),
        sync.assets = report.assets,
        sync.changes = report.changes,
        elapsed_ms = elapsed.as_secs_f64() * 1_000.0,
        "synced"
    );
}
