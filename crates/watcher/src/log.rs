//! What the worker tells the log.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passerelle_model::sync::{ProblemKind, SyncProblem, SyncStatus};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::report::SyncReport;
use crate::sync::OnProgress;

/// A pass that takes longer says how far it has come, this often.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// One line for each thing that stands between the folder and what is served, when it is news.
pub(crate) fn problems(known: &[SyncProblem], problems: &[SyncProblem]) {
    let is_known = |problem: &SyncProblem| {
        known.iter().any(|known| (known.kind, &known.path) == (problem.kind, &problem.path))
    };
    let news = problems.iter().filter(|problem| !is_known(problem));
    for SyncProblem { kind, message, advice, .. } in news.filter(|problem| !is_failure(problem.kind)) {
        tracing::warn!(reason = message, advice, sync.problem = ?kind, "the folder is not served in full");
    }
}

/// A pass that failed has a line of its own.
fn is_failure(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::FolderMissing | ProblemKind::FolderEmpty | ProblemKind::Storage | ProblemKind::Failed
    )
}

/// Tells how far a pass has come: to the status after each transaction, to the log now and then.
pub(crate) fn progress(status: watch::Sender<SyncStatus>) -> OnProgress {
    let told = Mutex::new(Instant::now());
    Arc::new(move |progress| {
        let pending = u32::try_from(progress.all - progress.done).unwrap_or(u32::MAX);
        status.send_modify(|status| status.pending = pending);
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.done < progress.all && told.elapsed() >= TELL_EVERY {
            *told = Instant::now();
            tracing::info!(sync.done = progress.done, sync.pending = pending, "syncing");
        }
    })
}

/// One line a pass that changed something.
pub(crate) fn synced(report: &SyncReport, took: Duration) {
    if !report.changed() {
        tracing::debug!(sync.found = report.found, "synced: nothing changed");
        return;
    }
    tracing::info!(
        sync.revision = report.revision.map(|revision| revision.number.get()),
        sync.published = report.published.len(),
        sync.rejected = report.rejected.len(),
        sync.held = report.waiting_for_word.len(),
        sync.moved = report.moved.len(),
        sync.removed = report.removed.len(),
        sync.assets = report.assets,
        sync.changes = report.changes,
        sync.took_ms = took.as_millis(),
        "synced"
    );
}
