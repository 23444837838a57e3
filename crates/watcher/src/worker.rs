//! The loop that keeps looking.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use passerelle_document::markdown::RawHtml;
use passerelle_document::sync::{SyncState, SyncStatus, WatchMode};
use passerelle_storage::Storage;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::dirty::{Dirty, Scope};
use crate::notify::Watches;
use crate::report::SyncReport;
use crate::scan::Root;
use crate::settle::settle;
use crate::sync::{Clock, Patience, SyncError, Syncer};

/// The net under the events: the whole folder is compared this often whatever they said.
const SCAN_EVERY: Duration = Duration::from_mins(1);
/// How often it is compared where there are no events.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// How often the folder itself is looked at: a swapped link or a mount gives no event.
const IDENTITY_EVERY: Duration = Duration::from_millis(500);
/// The pause after the first failure; it doubles with each one that follows.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause: after a long outage the folder is served again within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Keeps storage equal to a folder until it is told to stop.
pub struct Worker {
    root: PathBuf,
    syncer: Syncer,
    dirty: Arc<Dirty>,
    status: watch::Sender<SyncStatus>,
    next_scan: Instant,
    /// What waits is not looked at again before this.
    not_before: Instant,
    pause: Duration,
    /// The folder's device and serial number at the last look; none while it is not there.
    identity: Option<(u64, u64)>,
}

impl Worker {
    /// A worker for a folder. Its state is told to `status`; its times come from `clock`.
    pub fn new(
        root: &Path,
        storage: Storage,
        clock: Clock,
        raw_html: RawHtml,
        status: watch::Sender<SyncStatus>,
    ) -> io::Result<Self> {
        // Events name files by the path that was given to watch: it must not depend on where the process stands.
        let root = std::path::absolute(root)?;
        let dirty = Arc::new(Dirty::default());
        let mut syncer = Syncer::new(&root, storage, clock, Patience::SERVICE).with_raw_html(raw_html);
        let mode = match Watches::new(Arc::clone(&dirty)) {
            Ok(watches) => {
                syncer.watch_with(watches);
                WatchMode::Native
            }
            Err(error) => {
                tracing::warn!(%error, "the system tells nothing of changes: looking every 2 s instead");
                WatchMode::Polling
            }
        };
        status.send_modify(|status| status.mode = mode);
        let identity = identity_of(&root);
        Ok(Self {
            root,
            syncer,
            dirty,
            status,
            next_scan: Instant::now(),
            not_before: Instant::now(),
            pause: FIRST_PAUSE,
            identity,
        })
    }

    /// Syncs until the token is cancelled. A pass that has begun is finished.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut scope = Some(Scope::Everything);
        while !shutdown.is_cancelled() {
            if let Some(scope) = scope.take() {
                self.pass(scope).await;
            }
            scope = self.wait(&shutdown).await;
        }
    }

    /// Waits for something to look at. None when it is time to stop.
    async fn wait(&mut self, shutdown: &CancellationToken) -> Option<Scope> {
        let mut identity_at = Instant::now() + IDENTITY_EVERY;
        loop {
            let again = self.syncer.again();
            let again_at = again.as_ref().map_or(self.next_scan, |(at, _)| (*at).max(self.not_before));
            tokio::select! {
                () = shutdown.cancelled() => return None,
                () = self.dirty.marked() => {
                    settle(&self.dirty).await;
                    if let Some(scope) = self.dirty.take() {
                        return Some(self.below_root(scope));
                    }
                }
                () = sleep_until(self.next_scan) => return Some(Scope::Everything),
                () = sleep_until(again_at), if again.is_some() => return again.map(|(_, scope)| scope),
                () = sleep_until(identity_at) => {
                    if self.was_replaced().await {
                        return Some(Scope::Everything);
                    }
                    match self.syncer.accepted().await {
                        Ok(None) => {}
                        Ok(accepted) => return accepted,
                        Err(error) => tracing::debug!(%error, "what was accepted cannot be read"),
                    }
                    identity_at = Instant::now() + IDENTITY_EVERY;
                }
            }
        }
    }

    async fn pass(&mut self, scope: Scope) {
        let started = Instant::now();
        self.status.send_if_modified(|status| {
            let is_news = status.state == SyncState::Idle;
            if is_news {
                status.state = SyncState::Syncing;
            }
            is_news
        });
        let result = self.syncer.sync(scope).await;
        match &result {
            Ok(report) => {
                self.pause = FIRST_PAUSE;
                self.log_trouble(report);
            }
            Err(error) => self.log_failure(error),
        }
        let every = if self.status.borrow().mode == WatchMode::Polling { POLL_EVERY } else { SCAN_EVERY };
        match &result {
            Ok(report) if report.is_whole => self.next_scan = Instant::now() + every,
            Ok(_) => {}
            Err(_) => {
                // What failed stays dirty: all of it is looked at again after a pause.
                self.next_scan = Instant::now() + self.pause;
                self.not_before = self.next_scan;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
            }
        }
        let at = self.syncer.now();
        let took = started.elapsed();
        self.status.send_modify(|status| match &result {
            Ok(report) => {
                status.pending = u32::try_from(report.waiting.len()).unwrap_or(u32::MAX);
                if report.is_whole {
                    status.last_scan_at = Some(at);
                    status.reason = report.trouble();
                } else if report.held.is_some() {
                    status.reason.clone_from(&report.held);
                }
                status.state = if status.reason.is_some() { SyncState::Degraded } else { SyncState::Idle };
            }
            Err(error) => {
                status.state = SyncState::Degraded;
                status.reason = Some(error.to_string());
            }
        });
        // Last, so that whoever waits for the line finds everything that it says.
        if let Ok(report) = &result {
            log(report, took);
        }
    }

    /// One line for what stands between the folder and what is served, when it is news.
    fn log_trouble(&self, report: &SyncReport) {
        let trouble = report.trouble();
        if let Some(reason) = &trouble
            && self.status.borrow().reason != trouble
        {
            tracing::warn!(reason, "the folder is not served in full");
        }
    }

    /// One line for an outage, not one for each try.
    fn log_failure(&self, error: &SyncError) {
        let reason = error.to_string();
        if self.status.borrow().reason.as_deref() == Some(reason.as_str()) {
            tracing::debug!(error = %reason, "sync failed again");
        } else {
            tracing::error!(error = %reason, "sync failed: the last good state is served");
        }
    }

    /// The paths of events below the folder. One that lies elsewhere says that the folder is not what it was.
    fn below_root(&self, scope: Scope) -> Scope {
        match scope {
            Scope::Everything => Scope::Everything,
            Scope::Paths(paths) => {
                let below = paths.iter().map(|path| path.strip_prefix(&self.root).map(Path::to_owned));
                let below = below.collect::<Result<BTreeSet<PathBuf>, _>>();
                // An event of the folder itself may mean that it is another one.
                let below = below.ok().filter(|paths| !paths.contains(Path::new("")));
                below.map_or(Scope::Everything, Scope::Paths)
            }
        }
    }

    /// Whether the folder is another one than at the last look, or has come back or gone.
    async fn was_replaced(&mut self) -> bool {
        let root = self.root.clone();
        let Ok(identity) = tokio::task::spawn_blocking(move || identity_of(&root)).await else {
            return false;
        };
        let is_other = identity != self.identity;
        if is_other {
            self.identity = identity;
            self.syncer.forget_watches();
        }
        is_other
    }
}

fn identity_of(root: &Path) -> Option<(u64, u64)> {
    Root::open(root).ok().map(|root| root.identity)
}

/// One line a pass that changed something.
fn log(report: &SyncReport, took: Duration) {
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
