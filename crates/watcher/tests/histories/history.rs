//! Runs one history, from an empty folder to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use passerelle_model::checksum::Checksum;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::SyncStatus;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{DocumentFilter, DocumentQuery, PageFilter, PageQuery, Pagination, Storage};
use passerelle_watcher::{Clock, RemovalPolicy, SyncRequest, WatchSetting, Worker, WorkerOptions};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::faults::HistoryFaults;
use crate::operation::{Operation, finish};

/// A history that takes longer to be published has diverged.
const CONVERGENCE_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time that a pause waits for a new state of the worker.
const TURN_TIMEOUT: Duration = Duration::from_millis(60);
/// A little more than the interval at which the worker checks the root folder.
const ROOT_CHECK_INTERVAL: Duration = Duration::from_millis(600);

/// Settings of a run.
#[derive(Clone, Copy)]
pub(crate) struct RunSettings {
    pub(crate) seed: u64,
    pub(crate) has_faults: bool,
}

/// Result of a run.
pub(crate) struct RunResult {
    /// The first difference between the published content and the folder. `None` if they are equal.
    pub(crate) difference: Option<String>,
    /// Number of compared files.
    pub(crate) files: u64,
    pub(crate) overflows: u64,
    pub(crate) missed: u64,
    /// Number of failed scans.
    pub(crate) failures: u64,
    /// Time until all written files were published.
    pub(crate) time_to_published: Duration,
    /// Time until removed files were no longer published either.
    pub(crate) time_to_equal: Duration,
    /// True if the root folder was replaced so late that the worker could not notice it.
    pub(crate) root_replaced_late: bool,
}

/// Runs a history.
pub(crate) fn run(operations: &[Operation], settings: RunSettings) -> RunResult {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(execute(operations, settings))
}

async fn execute(operations: &[Operation], settings: RunSettings) -> RunResult {
    let temp = TempDir::new().unwrap();
    fs::create_dir(temp.path().join("0")).unwrap();
    std::os::unix::fs::symlink(temp.path().join("0"), temp.path().join("content")).unwrap();
    let url = format!("sqlite://{}?mode=rwc", temp.path().join("test.db").display());
    let storage = Storage::open(&url).await.unwrap();
    let faults = Arc::new(HistoryFaults::new(settings.seed));
    let options = WorkerOptions {
        watch: WatchSetting::Native,
        scan_interval: if settings.has_faults { Duration::from_millis(200) } else { Duration::from_hours(1) },
        removals: RemovalPolicy::Accepted,
        faults: if settings.has_faults { Some(Arc::clone(&faults) as _) } else { None },
        ..WorkerOptions::default()
    };
    let (sender, status) = watch::channel(SyncStatus::default());
    let (ask, requests) = mpsc::channel(1);
    let folder = temp.path().join("content");
    let worker = Worker::new(&folder, storage.clone(), clock(), options, sender, requests).unwrap();
    let stop = CancellationToken::new();
    let history = async {
        let has_faults = settings.has_faults;
        let mut history =
            History { temp: temp.path(), storage: &storage, status, ask, faults: &faults, has_faults };
        let result = history.execute(operations).await;
        stop.cancel();
        result
    };
    let ((), result) = Box::pin(async { tokio::join!(worker.run(stop.clone()), history) }).await;
    storage.close().await.unwrap();
    result
}

fn clock() -> Clock {
    let now = AtomicI64::new(0);
    Arc::new(move || Timestamp::from_millis(now.fetch_add(1, Ordering::Relaxed)))
}

struct History<'a> {
    temp: &'a Path,
    storage: &'a Storage,
    status: watch::Receiver<SyncStatus>,
    ask: mpsc::Sender<SyncRequest>,
    faults: &'a HistoryFaults,
    has_faults: bool,
}

impl History<'_> {
    async fn execute(&mut self, operations: &[Operation]) -> RunResult {
        self.status.wait_for(|status| status.last_scan_at.is_some()).await.unwrap();
        let mut root_replaced = None;
        for turn in operations.split(|operation| *operation == Operation::Pause) {
            if turn.iter().any(|operation| matches!(operation, Operation::ReplaceRoot { .. })) {
                root_replaced = Some(Instant::now());
            }
            let (turn, temp) = (turn.to_vec(), self.temp.to_owned());
            // On its own thread, so that the worker runs at the same time.
            tokio::task::spawn_blocking(move || turn.iter().for_each(|operation| operation.apply(&temp)))
                .await
                .unwrap();
            #[cfg(debug_assertions)]
            if self.has_faults {
                self.faults.inject_publish_failure(self.storage.fail_points());
            }
            drop(timeout(TURN_TIMEOUT, self.status.changed()).await);
        }
        finish(self.temp);
        self.faults.end();
        #[cfg(debug_assertions)]
        self.storage.fail_points().disarm();
        let last = Instant::now();
        let expected = documents_in(&self.temp.join("content"));
        let mut time_to_published = None;
        let mut time_to_equal = None;
        while time_to_equal.is_none() && last.elapsed() < CONVERGENCE_TIMEOUT {
            self.status.borrow_and_update();
            let served = self.served().await;
            if time_to_published.is_none() && expected.iter().all(|file| served.get(file.0) == Some(file.1)) {
                time_to_published = Some(last.elapsed());
            }
            if served == expected {
                time_to_equal = Some(last.elapsed());
            } else {
                drop(timeout(CONVERGENCE_TIMEOUT, self.status.changed()).await);
            }
        }
        let missed_before = self.status.borrow().missed;
        // The content must stay equal, and a full scan must find no other change.
        let (answer, answered) = oneshot::channel();
        self.ask.send(answer).await.unwrap();
        let outcome = timeout(CONVERGENCE_TIMEOUT, answered).await;
        let difference = self
            .difference(&expected)
            .await
            .or_else(|| outcome.is_err().then(|| "the requested sync did not complete".to_owned()));
        let status = self.status.borrow().clone();
        RunResult {
            difference,
            files: expected.len() as u64,
            overflows: status.overflows,
            missed: missed_before,
            failures: self.faults.failures(),
            time_to_published: time_to_published.unwrap_or(CONVERGENCE_TIMEOUT),
            time_to_equal: time_to_equal.unwrap_or(CONVERGENCE_TIMEOUT),
            root_replaced_late: root_replaced.is_some_and(|at| last.duration_since(at) < ROOT_CHECK_INTERVAL),
        }
    }

    /// Returns the checksum of each published file.
    async fn served(&self) -> BTreeMap<String, Checksum> {
        let view = self.storage.latest().await.unwrap();
        let query =
            DocumentQuery { filter: DocumentFilter::default(), pagination: Pagination::first(10_000) };
        let documents = view.documents(&query).await.unwrap().items.into_iter();
        documents.map(|(_, document)| (document.path.to_string(), document.checksum)).collect()
    }

    /// Returns the first difference between the published content and the folder, in files or page titles.
    async fn difference(&self, expected: &BTreeMap<String, Checksum>) -> Option<String> {
        let served = self.served().await;
        let missing = expected.iter().find(|(path, checksum)| served.get(*path) != Some(checksum));
        if let Some((path, _)) = missing {
            let problem = if served.contains_key(path) {
                "is published with its old content"
            } else {
                "is not published"
            };
            return Some(format!("{path} {problem}"));
        }
        if let Some(extra) = served.keys().find(|path| !expected.contains_key(*path)) {
            return Some(format!("{extra} is published but was removed"));
        }
        let view = self.storage.latest().await.unwrap();
        let query = PageQuery {
            filter: PageFilter::default(),
            order: Vec::new(),
            pagination: Pagination::first(10_000),
        };
        let pages = view.pages(&query).await.unwrap().items;
        let query =
            DocumentQuery { filter: DocumentFilter::default(), pagination: Pagination::first(10_000) };
        let documents = view.documents(&query).await.unwrap().items;
        let paths: BTreeMap<_, _> =
            documents.into_iter().map(|(_, document)| (document.key, document.path)).collect();
        if pages.len() != expected.len() {
            return Some(format!("{} pages of {} documents", pages.len(), expected.len()));
        }
        for (_, page) in pages {
            let Some(path) = paths.get(&page.document) else {
                return Some(format!("the page {} has no document", page.page.title));
            };
            let text = fs::read_to_string(self.temp.join("content").join(file_system_path(self.temp, path)))
                .unwrap();
            let title = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
            if !title.is_empty() && page.page.title != title {
                return Some(format!("{path} is titled {title:?} and served as {:?}", page.page.title));
            }
        }
        None
    }
}

/// Returns the documents of a folder. Uses no code of the worker.
fn documents_in(root: &Path) -> BTreeMap<String, Checksum> {
    let mut found = BTreeMap::new();
    let mut names = BTreeSet::new();
    for file in files(root, Path::new("")) {
        let path = DocumentPath::parse(file.to_str().unwrap()).unwrap();
        // Of names that differ only in case, the first one is published.
        if names.insert(path.as_str().to_lowercase()) {
            found.insert(path.to_string(), Checksum::of(&fs::read(root.join(&file)).unwrap()));
        }
    }
    found
}

/// Returns the path of a document as the file system spells it.
fn file_system_path(temp: &Path, path: &DocumentPath) -> std::path::PathBuf {
    let all = files(&temp.join("content"), Path::new(""));
    let is_path = |file: &std::path::PathBuf| DocumentPath::parse(file.to_str().unwrap()).unwrap() == *path;
    all.into_iter().find(is_path).unwrap()
}

fn files(root: &Path, folder: &Path) -> Vec<std::path::PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap()).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.file_name().into_string().unwrap();
        let kind = entry.file_type().unwrap();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if kind.is_dir() {
            found.append(&mut files(root, &folder.join(name)));
        } else if kind.is_file() && [".md", ".txt"].iter().any(|extension| name.ends_with(extension)) {
            found.push(folder.join(name));
        }
    }
    found
}
