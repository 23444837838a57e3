//! The loop of the worker: wait for a reason to scan, run a pass, update the status.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{SyncOutcome, SyncProblem, SyncState, SyncStatus, WatchMode};
use passerelle_storage::Storage;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::events::cookie::Cookie;
use crate::events::debounce::debounce;
use crate::events::dirty_set::DirtySet;
use crate::events::fs_events::Watches;
use crate::events::watch_mode::{WatchSetting, file_system_without_events};
use crate::fault_injection;
use crate::options::WorkerOptions;
use crate::scan::root::{FolderId, Root};
use crate::scan::scope::ScanScope;
use crate::schedule::{POLL_INTERVAL, Schedule};
use crate::status::log;
use crate::status::problem::to_sync_problem;
use crate::status::report::SyncReport;
use crate::sync::error::SyncError;
use crate::sync::reconcile::Comparison;
use crate::sync::syncer::{Clock, Syncer};

/// Number of documents that one polling interval is for. The interval grows in proportion, so that polling
/// takes a small part of a core.
const DOCUMENTS_PER_POLL_INTERVAL: u32 = 10_000;
/// Interval at which the content folder itself is checked. A replaced link or a new mount sends no event.
const ROOT_CHECK_INTERVAL: Duration = Duration::from_millis(500);
/// Maximum duration of the timer for drafts. The clock can be set while it runs.
const MAX_PUBLICATION_WAIT: Duration = Duration::from_hours(1);
/// Maximum time until the event of the probe file arrives.
const COOKIE_TIMEOUT: Duration = Duration::from_millis(500);

/// Request for a full scan. It is answered when the scan is published and no file is pending.
pub type SyncRequest = oneshot::Sender<SyncOutcome>;

/// Cause of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PassCause {
    /// A file event arrived, or a pending file is checked.
    Hint,
    /// The interval of full scans is over.
    Scan,
    /// An operator or a test requested the scan.
    Request,
    /// The content folder was replaced.
    FolderReplaced,
}

/// Keeps storage equal to a folder until it is cancelled.
pub struct Worker {
    root: PathBuf,
    options: WorkerOptions,
    syncer: Syncer,
    dirty: Arc<DirtySet>,
    status: watch::Sender<SyncStatus>,
    requests: mpsc::Receiver<SyncRequest>,
    /// Requests for the next full scan, and those that the running scan answers.
    pending_requests: Vec<SyncRequest>,
    active_requests: Vec<SyncRequest>,
    mode: WatchMode,
    events_tested: bool,
    schedule: Schedule,
    /// Problem of the last failed pass.
    failure: Option<SyncProblem>,
    /// Folders without a watch, and the time of their next scan.
    unwatched: BTreeSet<PathBuf>,
    overflows: u64,
    /// Identity of the content folder at the last check. `None` if it is missing.
    root_id: Option<FolderId>,
    /// True if another process leads. This worker can write nothing more.
    has_lost_leadership: bool,
}

impl Worker {
    /// Creates a worker. It reports its state over `status`, takes the time from `clock`, and gets requests
    /// for full scans from `requests`.
    pub fn new(
        root: &Path,
        storage: Storage,
        clock: Clock,
        options: WorkerOptions,
        status: watch::Sender<SyncStatus>,
        requests: mpsc::Receiver<SyncRequest>,
    ) -> io::Result<Self> {
        // Events contain the path that was given to the watch. It must not depend on the working directory.
        let root = std::path::absolute(root)?;
        let mut syncer = Syncer::new(&root, storage, clock, options.grace_periods)
            .with_raw_html(options.raw_html)
            .with_site(options.site.clone())
            .with_drafts(options.drafts)
            .with_removals(options.removals)
            .with_progress(log::progress_logger(status.clone()));
        if let Some(faults) = &options.faults {
            syncer = syncer.with_faults(Arc::clone(faults));
        }
        let root_id = folder_id(&root);
        let mut worker = Self {
            root,
            options,
            syncer,
            dirty: Arc::default(),
            status,
            requests,
            pending_requests: Vec::new(),
            active_requests: Vec::new(),
            mode: WatchMode::Native,
            events_tested: false,
            schedule: Schedule::starting_at(Instant::now()),
            failure: None,
            unwatched: BTreeSet::new(),
            overflows: 0,
            root_id,
            has_lost_leadership: false,
        };
        worker.choose_mode();
        Ok(worker)
    }

    /// Chooses between file events and polling, as far as possible before the folder is watched.
    fn choose_mode(&mut self) {
        let without_events =
            file_system_without_events(&self.root).filter(|_| self.options.watch == WatchSetting::Auto);
        self.events_tested = self.options.watch != WatchSetting::Auto;
        if self.options.watch == WatchSetting::Poll {
            return self.switch_to_polling("requested by configuration");
        }
        if let Some(name) = without_events {
            return self.switch_to_polling(&format!(
                "the file system {name} does not report changes made by other machines"
            ));
        }
        let faults = self.options.faults.clone().unwrap_or_else(|| Arc::new(fault_injection::NoFaults));
        match Watches::new(Arc::clone(&self.dirty), faults) {
            Ok(watches) => {
                self.syncer.set_watches(watches, Arc::clone(&self.dirty));
                self.set_mode(WatchMode::Native);
            }
            Err(error) => {
                self.switch_to_polling(&format!("the operating system cannot watch folders: {error}"));
            }
        }
    }

    fn set_mode(&mut self, mode: WatchMode) {
        self.mode = mode;
        self.status.send_modify(|status| status.mode = mode);
    }

    /// Polls from now on. The reason is logged.
    fn switch_to_polling(&mut self, reason: &str) {
        tracing::info!(sync.reason = reason, "watching by polling");
        self.syncer.unwatch();
        self.unwatched.clear();
        self.set_mode(WatchMode::Polling);
        self.events_tested = true;
        self.schedule.scan_within(Instant::now() + self.effective_scan_interval());
    }

    /// Writes a probe file and waits for its event. Inside a container, a folder of the host or of another
    /// machine looks like a local one.
    async fn test_event_delivery(&mut self) {
        self.events_tested = true;
        // In a read-only folder, the kind of file system and the full scans must be enough.
        let Ok(_cookie) = Cookie::create(&self.root) else { return };
        if timeout(COOKIE_TIMEOUT, self.dirty.wait_for_cookie()).await.is_err() {
            self.switch_to_polling("no event was received for a test file");
        }
    }

    /// Runs until the token is cancelled, or until another process leads. A running pass is finished first.
    ///
    /// The future is boxed, so that its code is generated in this crate and not again in each caller.
    pub fn run(self, shutdown: CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(self.run_passes(shutdown))
    }

    async fn run_passes(mut self, shutdown: CancellationToken) {
        let mut next = Some((ScanScope::Everything, PassCause::Scan));
        while !shutdown.is_cancelled() && !self.has_lost_leadership {
            if let Some((scope, cause)) = next.take() {
                self.run_pass(scope, cause).await;
                if !self.events_tested && self.failure.is_none() {
                    self.test_event_delivery().await;
                }
            }
            if !self.has_lost_leadership {
                next = self.next_pass(&shutdown).await;
            }
        }
    }

    /// Waits for the next reason for a pass. Returns `None` after cancellation.
    async fn next_pass(&mut self, shutdown: &CancellationToken) -> Option<(ScanScope, PassCause)> {
        let mut root_check_at = Instant::now() + ROOT_CHECK_INTERVAL;
        loop {
            let recheck = self.syncer.next_check();
            let publication_at = self.publication_timer();
            let has_images = self.syncer.placeholders.has_work();
            let recheck_at =
                recheck.as_ref().map_or(self.schedule.next_scan, |(at, _)| self.schedule.retry_at(*at));
            tokio::select! {
                () = shutdown.cancelled() => return None,
                () = self.dirty.wait_for_change() => {
                    debounce(&self.dirty).await;
                    if let Some(scope) = self.dirty.take() {
                        return Some((self.relative_to_root(scope), PassCause::Hint));
                    }
                }
                Some(request) = self.requests.recv() => {
                    self.pending_requests.push(request);
                    while let Ok(request) = self.requests.try_recv() {
                        self.pending_requests.push(request);
                    }
                    return Some((ScanScope::Everything, PassCause::Request));
                }
                () = sleep_until(self.schedule.next_scan) => return Some((ScanScope::Everything, PassCause::Scan)),
                () = sleep_until(recheck_at), if recheck.is_some() => {
                    return recheck.map(|(_, scope)| (scope, PassCause::Hint));
                }
                () = sleep_until(publication_at.unwrap_or(self.schedule.next_scan)), if publication_at.is_some() => {
                    if let Some(scope) = self.syncer.due_drafts() {
                        // A draft whose file cannot be read now stays due.
                        self.schedule.delay_publication(Instant::now());
                        return Some((scope, PassCause::Hint));
                    }
                }
                () = sleep_until(self.schedule.next_poll), if !self.unwatched.is_empty() => {
                    return Some((ScanScope::Paths(self.unwatched.clone()), PassCause::Hint));
                }
                decoded = self.syncer.decode_next(), if has_images => {
                    if let Err(error) = self.syncer.publish_placeholders(decoded).await {
                        if error.is_lost_leadership() {
                            self.has_lost_leadership = true;
                            return None;
                        }
                        tracing::warn!(%error, "cannot publish placeholders of images; they are computed again");
                        self.syncer.has_queued_unfinished_images = false;
                    }
                }
                () = sleep_until(root_check_at) => {
                    if self.root_was_replaced().await {
                        return Some((ScanScope::Everything, PassCause::FolderReplaced));
                    }
                    match self.syncer.take_accepted().await {
                        Ok(None) => {}
                        Ok(Some(accepted)) => return Some((accepted, PassCause::Hint)),
                        Err(error) => tracing::debug!(%error, "cannot read accepted documents"),
                    }
                    root_check_at = Instant::now() + ROOT_CHECK_INTERVAL;
                }
            }
        }
    }

    /// Returns the time at which the next draft is due, or the time to look again. `None` if no draft has a
    /// date.
    fn publication_timer(&self) -> Option<Instant> {
        let until = self.syncer.next_publication()?.millis() - self.syncer.now().millis();
        let wait = Duration::from_millis(u64::try_from(until).unwrap_or(0)).min(MAX_PUBLICATION_WAIT);
        Some(self.schedule.publication_at(Instant::now() + wait))
    }

    async fn run_pass(&mut self, scope: ScanScope, cause: PassCause) {
        let started = Instant::now();
        self.status.send_if_modified(|status| {
            let becomes_syncing = status.state == SyncState::Idle;
            if becomes_syncing {
                status.state = SyncState::Syncing;
            }
            becomes_syncing
        });
        if self.overflows != self.dirty.overflows() {
            self.overflows = self.dirty.overflows();
            tracing::warn!(
                sync.overflows = self.overflows,
                "event queue overflow: the whole folder is scanned"
            );
            // The watches of folders that appeared or disappeared during the overflow are unknown.
            self.syncer.remove_watches();
        }
        if scope == ScanScope::Everything {
            self.active_requests.append(&mut self.pending_requests);
        }
        let comparison = if cause == PassCause::Scan && self.is_audit_due().await {
            tracing::info!("audit: every file is read");
            Comparison::Checksums
        } else {
            Comparison::Fingerprints
        };
        let result = self.syncer.sync(scope, comparison).await;
        if result.as_ref().is_err_and(SyncError::is_lost_leadership) {
            // The process that leads now answers these requests. Their senders are dropped with this worker.
            self.has_lost_leadership = true;
            return;
        }
        let missed = self.count_missed(&result, cause);
        self.schedule_next(&result);
        // Tests and operators wait for this line, so everything that it reports is visible before. Only the
        // line of the first pass is written before the service is ready.
        let is_first = self.status.borrow().last_scan_at.is_none();
        let (first, last) =
            if is_first { (result.as_ref().ok(), None) } else { (None, result.as_ref().ok()) };
        let elapsed = started.elapsed();
        if let Some(report) = first {
            log::log_sync(report, elapsed);
        }
        self.update_status(&result, missed);
        self.complete_requests(&result).await;
        if let Some(report) = last {
            log::log_sync(report, elapsed);
        }
    }

    /// Schedules the next pass.
    fn schedule_next(&mut self, result: &Result<SyncReport, SyncError>) {
        let now = Instant::now();
        match result {
            Ok(report) => {
                self.failure = None;
                let next_scan = report.is_full_scan.then(|| now + self.effective_scan_interval());
                self.schedule.pass_succeeded(now, next_scan);
                if report.is_full_scan {
                    self.unwatched.clone_from(&report.unwatched);
                } else {
                    self.unwatched.retain(|folder| self.syncer.is_unwatched(folder));
                    self.unwatched.extend(report.unwatched.iter().cloned());
                }
            }
            Err(error) => {
                self.log_failure(error);
                let detail = error.problem_detail();
                let previous = self.failure.as_ref().filter(|previous| previous.kind == detail.kind);
                let since = previous.map_or_else(|| self.syncer.now(), |previous| previous.since);
                self.failure = Some(to_sync_problem(&detail, detail.kind.whole(), since));
                self.schedule.pass_failed(now);
            }
        }
    }

    fn effective_scan_interval(&self) -> Duration {
        match self.mode {
            WatchMode::Native => self.options.scan_interval,
            WatchMode::Polling => {
                let documents = u32::try_from(self.syncer.document_count()).unwrap_or(u32::MAX);
                (POLL_INTERVAL * documents.div_ceil(DOCUMENTS_PER_POLL_INTERVAL).max(1))
                    .min(self.options.scan_interval.max(POLL_INTERVAL))
            }
        }
    }

    /// Returns true if an audit is due. If the database cannot be read, it is not.
    async fn is_audit_due(&self) -> bool {
        let Ok(audited) = self.syncer.storage.audited_at().await else { return false };
        let since = self.syncer.now().millis().saturating_sub(audited.millis());
        u128::try_from(since).is_ok_and(|since| since >= self.options.audit_interval.as_millis())
    }

    /// Adds the changes that a full scan found without an event.
    fn count_missed(&self, result: &Result<SyncReport, SyncError>, cause: PassCause) -> u64 {
        let is_first = self.status.borrow().last_scan_at.is_none();
        let Ok(report) = result else { return 0 };
        if cause != PassCause::Scan || is_first || self.mode == WatchMode::Polling || self.failure.is_some() {
            return 0;
        }
        // A change is not missed if its event arrived in the meantime, or if its folder has no watch.
        let is_unwatched =
            |path: &str| Path::new(path).ancestors().any(|folder| self.unwatched.contains(folder));
        let is_missed = |path: &&str| !self.dirty.covers(&self.root.join(path)) && !is_unwatched(path);
        let missed: Vec<&str> =
            report.changed_paths.iter().map(DocumentPath::as_str).filter(is_missed).collect();
        if let Some(first) = missed.first() {
            tracing::warn!(
                sync.missed = missed.len(),
                sync.first_missed = first,
                "a scan found changes without events"
            );
        }
        missed.len() as u64
    }

    fn update_status(&self, result: &Result<SyncReport, SyncError>, missed: u64) {
        let at = self.syncer.now();
        let (mut problems, mut count) = (self.syncer.reported_problems(), self.syncer.problem_count());
        if let Some(failure) = &self.failure {
            problems.insert(0, failure.clone());
            count += 1;
        }
        log::log_new_problems(&self.status.borrow().problems, &problems);
        self.status.send_modify(|status| {
            status.overflows = self.overflows;
            status.missed += missed;
            if let Ok(report) = result {
                status.pending = u32::try_from(report.pending.len()).unwrap_or(u32::MAX);
                if report.is_full_scan {
                    status.last_scan_at = Some(at);
                    status.scans += 1;
                }
            }
            status.problems = problems;
            status.problem_count = u32::try_from(count).unwrap_or(u32::MAX);
            status.state = if count > 0 { SyncState::Degraded } else { SyncState::Idle };
        });
    }

    /// Answers the requests when no file is pending.
    async fn complete_requests(&mut self, result: &Result<SyncReport, SyncError>) {
        if self.active_requests.is_empty() || (result.is_ok() && self.syncer.next_check().is_some()) {
            return;
        }
        let revision = match result {
            Ok(_) => self.syncer.storage.latest().await.ok().map(|view| view.revision()),
            Err(_) => None,
        };
        let problems = self.status.borrow().problems.clone();
        for request in self.active_requests.drain(..) {
            // The requester may be gone.
            drop(request.send(SyncOutcome { revision, problems: problems.clone() }));
        }
    }

    /// Logs an outage once, not once per retry.
    fn log_failure(&self, error: &SyncError) {
        let reason = error.to_string();
        if self.failure.as_ref().is_some_and(|previous| previous.message == reason) {
            tracing::debug!(error = %reason, "sync failed again");
        } else {
            tracing::error!(error = %reason, "sync failed: the last good state is served");
        }
    }

    /// Makes the paths of events relative to the content folder. A path outside means that the folder was
    /// replaced: then everything is scanned.
    fn relative_to_root(&self, scope: ScanScope) -> ScanScope {
        match scope {
            ScanScope::Everything => ScanScope::Everything,
            ScanScope::Paths(paths) => {
                let below = paths.iter().map(|path| path.strip_prefix(&self.root).map(Path::to_owned));
                let below = below.collect::<Result<BTreeSet<PathBuf>, _>>();
                // An event of the content folder itself may mean that it was replaced.
                let below = below.ok().filter(|paths| !paths.contains(Path::new("")));
                below.map_or(ScanScope::Everything, ScanScope::Paths)
            }
        }
    }

    /// Returns true if the content folder was replaced, removed or restored since the last check.
    async fn root_was_replaced(&mut self) -> bool {
        let root = self.root.clone();
        let Ok(id) = tokio::task::spawn_blocking(move || folder_id(&root)).await else {
            return false;
        };
        let is_replaced = id != self.root_id;
        if is_replaced {
            self.root_id = id;
            self.syncer.remove_watches();
            // The new folder may be on another file system.
            if id.is_some() && self.options.watch == WatchSetting::Auto {
                self.choose_mode();
            }
        }
        is_replaced
    }
}

fn folder_id(root: &Path) -> Option<FolderId> {
    Root::open(root).ok().map(|root| root.id)
}
