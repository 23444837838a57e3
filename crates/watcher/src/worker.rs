//! The loop that keeps looking.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{SyncOutcome, SyncProblem, SyncState, SyncStatus, WatchMode};
use passerelle_storage::Storage;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::cookie::Cookie;
use crate::dirty::{Dirty, Scope};
use crate::faults;
use crate::log;
use crate::mode::{WatchChoice, silent_file_system};
use crate::notify::Watches;
use crate::options::WorkerOptions;
use crate::plan::Trust;
use crate::problem::problem;
use crate::report::SyncReport;
use crate::root::{FolderId, Root};
use crate::settle::settle;
use crate::sync::{Clock, SyncError, Syncer};

/// How often it is looked where the system gives no notice.
const POLL_EVERY: Duration = Duration::from_secs(2);
/// A polled folder of more documents than this is looked at less often, in proportion: looking takes no more than a
/// small part of a core.
const POLLED: u32 = 10_000;
/// How often the folder itself is looked at: a swapped link or a mount gives no event.
const IDENTITY_EVERY: Duration = Duration::from_millis(500);
/// The event of a file that was written comes within this time, or never.
const COOKIE: Duration = Duration::from_millis(500);
/// The pause after the first failure; it doubles with each one that follows.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause: after a long outage the folder is served again within this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Asks for a look at everything, and for what has come of it when nothing is waited for any more.
pub type SyncRequest = oneshot::Sender<SyncOutcome>;

/// Why a pass is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// Something happened, or was waited for.
    Hint,
    /// It is time to compare everything.
    Scan,
    /// Somebody asks for it.
    Request,
    /// The folder is another one.
    Replaced,
}

/// Keeps storage equal to a folder until it is told to stop.
pub struct Worker {
    root: PathBuf,
    options: WorkerOptions,
    syncer: Syncer,
    dirty: Arc<Dirty>,
    status: watch::Sender<SyncStatus>,
    requests: mpsc::Receiver<SyncRequest>,
    /// Those who wait for the next look at everything, and those for whom it was made.
    asked: Vec<SyncRequest>,
    looked_for: Vec<SyncRequest>,
    mode: WatchMode,
    is_tested: bool,
    next_scan: Instant,
    /// What waits is not looked at again before this.
    not_before: Instant,
    pause: Duration,
    /// Why the last pass had no answer.
    failure: Option<SyncProblem>,
    /// Folders that the system gives no notice of, and when they are looked at.
    unwatched: BTreeSet<PathBuf>,
    next_poll: Instant,
    overflows: u64,
    /// The folder at the last look; none while it is not there.
    id: Option<FolderId>,
}

impl Worker {
    /// A worker for a folder. Its state is told to `status`; its times come from `clock`; who wants a look at everything asks
    /// over `requests`.
    pub fn new(
        root: &Path,
        storage: Storage,
        clock: Clock,
        options: WorkerOptions,
        status: watch::Sender<SyncStatus>,
        requests: mpsc::Receiver<SyncRequest>,
    ) -> io::Result<Self> {
        // Events name files by the path that was given to watch: it must not depend on where the process stands.
        let root = std::path::absolute(root)?;
        let mut syncer = Syncer::new(&root, storage, clock, options.patience)
            .with_raw_html(options.raw_html)
            .with_progress(log::progress(status.clone()));
        if let Some(faults) = &options.faults {
            syncer = syncer.with_faults(Arc::clone(faults));
        }
        let now = Instant::now();
        let id = identity_of(&root);
        let mut worker = Self {
            root,
            options,
            syncer,
            dirty: Arc::default(),
            status,
            requests,
            asked: Vec::new(),
            looked_for: Vec::new(),
            mode: WatchMode::Native,
            is_tested: false,
            next_scan: now,
            not_before: now,
            pause: FIRST_PAUSE,
            failure: None,
            unwatched: BTreeSet::new(),
            next_poll: now,
            overflows: 0,
            id,
        };
        worker.choose_mode();
        Ok(worker)
    }

    /// Decides how changes come to be known, as far as that can be decided before the folder is watched.
    fn choose_mode(&mut self) {
        let silent = silent_file_system(&self.root).filter(|_| self.options.watch == WatchChoice::Auto);
        self.is_tested = self.options.watch != WatchChoice::Auto;
        if self.options.watch == WatchChoice::Poll {
            return self.poll("it was asked for");
        }
        if let Some(name) = silent {
            return self
                .poll(&format!("the folder lies on {name}, which tells nothing of what others change"));
        }
        let faults = self.options.faults.clone().unwrap_or_else(|| Arc::new(faults::None));
        match Watches::new(Arc::clone(&self.dirty), faults) {
            Ok(watches) => {
                self.syncer.watch_with(watches, Arc::clone(&self.dirty));
                self.set_mode(WatchMode::Native);
            }
            Err(error) => self.poll(&format!("the system gives no watches: {error}")),
        }
    }

    fn set_mode(&mut self, mode: WatchMode) {
        self.mode = mode;
        self.status.send_modify(|status| status.mode = mode);
    }

    /// Looks again and again from here on, for a reason.
    fn poll(&mut self, reason: &str) {
        tracing::info!(reason, "the folder is looked at again and again");
        self.syncer.unwatch();
        self.unwatched.clear();
        self.set_mode(WatchMode::Polling);
        self.is_tested = true;
        self.next_scan = self.next_scan.min(Instant::now() + self.scan_every());
    }

    /// Writes a file into the folder and sees whether its event comes: file systems of hosts and of other machines look
    /// like any other from within a container.
    async fn test_events(&mut self) {
        self.is_tested = true;
        // Where nothing can be written the kind of file system and the scan of everything must do.
        let Ok(_cookie) = Cookie::put(&self.root) else { return };
        if timeout(COOKIE, self.dirty.cookie()).await.is_err() {
            self.poll("the event of a file that was written there did not come");
        }
    }

    /// Syncs until the token is cancelled. A pass that has begun is finished.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut next = Some((Scope::Everything, Cause::Scan));
        while !shutdown.is_cancelled() {
            if let Some((scope, cause)) = next.take() {
                self.pass(scope, cause).await;
                if !self.is_tested && self.failure.is_none() {
                    self.test_events().await;
                }
            }
            next = self.wait(&shutdown).await;
        }
    }

    /// Waits for something to look at. None when it is time to stop.
    async fn wait(&mut self, shutdown: &CancellationToken) -> Option<(Scope, Cause)> {
        let mut identity_at = Instant::now() + IDENTITY_EVERY;
        loop {
            let again = self.syncer.again();
            let again_at = again.as_ref().map_or(self.next_scan, |(at, _)| (*at).max(self.not_before));
            tokio::select! {
                () = shutdown.cancelled() => return None,
                () = self.dirty.marked() => {
                    settle(&self.dirty).await;
                    if let Some(scope) = self.dirty.take() {
                        return Some((self.below_root(scope), Cause::Hint));
                    }
                }
                Some(request) = self.requests.recv() => {
                    self.asked.push(request);
                    while let Ok(request) = self.requests.try_recv() {
                        self.asked.push(request);
                    }
                    return Some((Scope::Everything, Cause::Request));
                }
                () = sleep_until(self.next_scan) => return Some((Scope::Everything, Cause::Scan)),
                () = sleep_until(again_at), if again.is_some() => {
                    return again.map(|(_, scope)| (scope, Cause::Hint));
                }
                () = sleep_until(self.next_poll), if !self.unwatched.is_empty() => {
                    return Some((Scope::Paths(self.unwatched.clone()), Cause::Hint));
                }
                () = sleep_until(identity_at) => {
                    if self.was_replaced().await {
                        return Some((Scope::Everything, Cause::Replaced));
                    }
                    match self.syncer.accepted().await {
                        Ok(None) => {}
                        Ok(Some(accepted)) => return Some((accepted, Cause::Hint)),
                        Err(error) => tracing::debug!(%error, "what was accepted cannot be read"),
                    }
                    identity_at = Instant::now() + IDENTITY_EVERY;
                }
            }
        }
    }

    async fn pass(&mut self, scope: Scope, cause: Cause) {
        let started = Instant::now();
        self.status.send_if_modified(|status| {
            let is_news = status.state == SyncState::Idle;
            if is_news {
                status.state = SyncState::Syncing;
            }
            is_news
        });
        if self.overflows != self.dirty.overflows() {
            self.overflows = self.dirty.overflows();
            tracing::warn!(
                sync.overflows = self.overflows,
                "the system lost count of changes: everything is compared"
            );
            // Of folders that came and went in between it is not known which are watched.
            self.syncer.forget_watches();
        }
        if scope == Scope::Everything {
            self.looked_for.append(&mut self.asked);
        }
        let trust = if cause == Cause::Scan && self.is_audit_due().await {
            tracing::info!("every file is read, whatever the file system says of it");
            Trust::Checksums
        } else {
            Trust::Fingerprints
        };
        let result = self.syncer.sync(scope, trust).await;
        let missed = self.missed(&result, cause);
        self.plan_next(&result);
        // The line comes last, so that whoever waits for it finds everything that it says; only the first comes before the
        // service says that it is ready.
        let is_first = self.status.borrow().last_scan_at.is_none();
        let (first, last) =
            if is_first { (result.as_ref().ok(), None) } else { (None, result.as_ref().ok()) };
        let took = started.elapsed();
        if let Some(report) = first {
            log::synced(report, took);
        }
        self.tell(&result, missed);
        self.answer(&result).await;
        if let Some(report) = last {
            log::synced(report, took);
        }
    }

    /// When to look next, after a pass.
    fn plan_next(&mut self, result: &Result<SyncReport, SyncError>) {
        let now = Instant::now();
        match result {
            Ok(report) => {
                self.pause = FIRST_PAUSE;
                self.failure = None;
                if report.is_whole {
                    self.next_scan = now + self.scan_every();
                    self.unwatched.clone_from(&report.unwatched);
                } else {
                    self.unwatched.retain(|folder| self.syncer.is_unwatched(folder));
                    self.unwatched.extend(report.unwatched.iter().cloned());
                }
                self.next_poll = now + POLL_EVERY;
            }
            Err(error) => {
                self.log_failure(error);
                let trouble = error.trouble();
                let known = self.failure.as_ref().filter(|known| known.kind == trouble.kind);
                let since = known.map_or_else(|| self.syncer.now(), |known| known.since);
                self.failure = Some(problem(&trouble, None, since));
                // What failed stays dirty: all of it is looked at again after a pause.
                self.next_scan = now + self.pause;
                self.not_before = self.next_scan;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    fn scan_every(&self) -> Duration {
        match self.mode {
            WatchMode::Native => self.options.scan_every,
            WatchMode::Polling => {
                let documents = u32::try_from(self.syncer.document_count()).unwrap_or(u32::MAX);
                (POLL_EVERY * documents.div_ceil(POLLED).max(1)).min(self.options.scan_every.max(POLL_EVERY))
            }
        }
    }

    /// Whether it is time to read every file. What cannot be told is not due.
    async fn is_audit_due(&self) -> bool {
        let Ok(audited) = self.syncer.storage.audited_at().await else { return false };
        let since = self.syncer.now().millis().saturating_sub(audited.millis());
        u128::try_from(since).is_ok_and(|since| since >= self.options.audit_every.as_millis())
    }

    /// How many changes a scan of everything found that no event had told of.
    fn missed(&self, result: &Result<SyncReport, SyncError>, cause: Cause) -> u64 {
        let is_first = self.status.borrow().last_scan_at.is_none();
        let Ok(report) = result else { return 0 };
        if cause != Cause::Scan || is_first || self.mode == WatchMode::Polling || self.failure.is_some() {
            return 0;
        }
        // What was told of by now is no miss, only late; where nothing is told, nothing is missed.
        let is_unwatched =
            |path: &str| Path::new(path).ancestors().any(|folder| self.unwatched.contains(folder));
        let is_missed = |path: &&str| !self.dirty.covers(&self.root.join(path)) && !is_unwatched(path);
        let missed: Vec<&str> = report.news.iter().map(DocumentPath::as_str).filter(is_missed).collect();
        if let Some(first) = missed.first() {
            tracing::warn!(
                scan_found_missed = missed.len(),
                first,
                "a scan found changes that no event had told of"
            );
        }
        missed.len() as u64
    }

    fn tell(&self, result: &Result<SyncReport, SyncError>, missed: u64) {
        let at = self.syncer.now();
        let (mut problems, mut count) = (self.syncer.problems_told(), self.syncer.problem_count());
        if let Some(failure) = &self.failure {
            problems.insert(0, failure.clone());
            count += 1;
        }
        log::problems(&self.status.borrow().problems, &problems);
        self.status.send_modify(|status| {
            status.overflows = self.overflows;
            status.missed += missed;
            if let Ok(report) = result {
                status.pending = u32::try_from(report.waiting.len()).unwrap_or(u32::MAX);
                if report.is_whole {
                    status.last_scan_at = Some(at);
                    status.scans += 1;
                }
            }
            status.problems = problems;
            status.problem_count = u32::try_from(count).unwrap_or(u32::MAX);
            status.state = if count > 0 { SyncState::Degraded } else { SyncState::Idle };
        });
    }

    /// Answers those who asked, when nothing is waited for any more.
    async fn answer(&mut self, result: &Result<SyncReport, SyncError>) {
        if self.looked_for.is_empty() || (result.is_ok() && self.syncer.again().is_some()) {
            return;
        }
        let revision = match result {
            Ok(_) => self.syncer.storage.latest().await.ok().map(|view| view.revision()),
            Err(_) => None,
        };
        let problems = self.status.borrow().problems.clone();
        for asked in self.looked_for.drain(..) {
            // Whoever asked may have stopped waiting.
            drop(asked.send(SyncOutcome { revision, problems: problems.clone() }));
        }
    }

    /// One line for an outage, not one for each try.
    fn log_failure(&self, error: &SyncError) {
        let reason = error.to_string();
        if self.failure.as_ref().is_some_and(|known| known.message == reason) {
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
        let Ok(id) = tokio::task::spawn_blocking(move || identity_of(&root)).await else {
            return false;
        };
        let is_other = id != self.id;
        if is_other {
            self.id = id;
            self.syncer.forget_watches();
            // The other one may lie on another file system.
            if id.is_some() && self.options.watch == WatchChoice::Auto {
                self.choose_mode();
            }
        }
        is_other
    }
}

fn identity_of(root: &Path) -> Option<FolderId> {
    Root::open(root).ok().map(|root| root.id)
}
