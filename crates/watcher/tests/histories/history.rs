//! One history, from an empty folder to its end.

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
use passerelle_storage::{DocumentFilter, DocumentQuery, PageFilter, PageQuery, Storage, Window};
use passerelle_watcher::{Clock, Patience, SyncRequest, WatchChoice, Worker, WorkerOptions};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::faults::Trouble;
use crate::operation::{Operation, finish};

/// A history that is not served by then has diverged.
const TOO_LONG: Duration = Duration::from_secs(20);
/// An operation that lets the worker have its turn waits for a word of it, and no longer than this.
const TURN: Duration = Duration::from_millis(60);
/// The folder itself is looked at this often, and a little more.
const IDENTITY: Duration = Duration::from_millis(600);

/// How a history is played.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) has_faults: bool,
}

/// How a history ended.
pub(crate) struct Ending {
    /// What is served otherwise than it lies in the folder.
    pub(crate) difference: Option<String>,
    /// The files that were compared.
    pub(crate) files: u64,
    pub(crate) overflows: u64,
    pub(crate) missed: u64,
    /// Passes that failed.
    pub(crate) failures: u64,
    /// Until all that was written was served.
    pub(crate) written: Duration,
    /// Until what was removed was served no more, too.
    pub(crate) exact: Duration,
    /// Whether the folder was exchanged so shortly before that the worker cannot have known.
    pub(crate) was_exchanged: bool,
}

/// Plays a history.
pub(crate) fn run(operations: &[Operation], setting: Setting) -> Ending {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(play(operations, setting))
}

async fn play(operations: &[Operation], setting: Setting) -> Ending {
    let place = TempDir::new().unwrap();
    fs::create_dir(place.path().join("0")).unwrap();
    std::os::unix::fs::symlink(place.path().join("0"), place.path().join("content")).unwrap();
    let url = format!("sqlite://{}?mode=rwc", place.path().join("test.db").display());
    let storage = Storage::open(&url).await.unwrap();
    let trouble = Arc::new(Trouble::new(setting.seed));
    let options = WorkerOptions {
        watch: WatchChoice::Native,
        scan_every: if setting.has_faults { Duration::from_millis(200) } else { Duration::from_hours(1) },
        patience: Patience { accept_removals: true, ..Patience::SERVICE },
        faults: if setting.has_faults { Some(Arc::clone(&trouble) as _) } else { None },
        ..WorkerOptions::default()
    };
    let (sender, status) = watch::channel(SyncStatus::default());
    let (ask, requests) = mpsc::channel(1);
    let folder = place.path().join("content");
    let worker = Worker::new(&folder, storage.clone(), clock(), options, sender, requests).unwrap();
    let stop = CancellationToken::new();
    let history = async {
        let has_faults = setting.has_faults;
        let mut history =
            History { place: place.path(), storage: &storage, status, ask, trouble: &trouble, has_faults };
        let ending = history.play(operations).await;
        stop.cancel();
        ending
    };
    let ((), ending) = Box::pin(async { tokio::join!(worker.run(stop.clone()), history) }).await;
    storage.close().await.unwrap();
    ending
}

fn clock() -> Clock {
    let now = AtomicI64::new(0);
    Arc::new(move || Timestamp::from_millis(now.fetch_add(1, Ordering::Relaxed)))
}

struct History<'a> {
    place: &'a Path,
    storage: &'a Storage,
    status: watch::Receiver<SyncStatus>,
    ask: mpsc::Sender<SyncRequest>,
    trouble: &'a Trouble,
    has_faults: bool,
}

impl History<'_> {
    async fn play(&mut self, operations: &[Operation]) -> Ending {
        self.status.wait_for(|status| status.last_scan_at.is_some()).await.unwrap();
        let mut exchanged = None;
        for turn in operations.split(|operation| *operation == Operation::Pause) {
            if turn.iter().any(|operation| matches!(operation, Operation::Exchange { .. })) {
                exchanged = Some(Instant::now());
            }
            let (turn, place) = (turn.to_vec(), self.place.to_owned());
            // On a thread of its own: the worker looks while things happen.
            tokio::task::spawn_blocking(move || turn.iter().for_each(|operation| operation.apply(&place)))
                .await
                .unwrap();
            #[cfg(debug_assertions)]
            if self.has_faults {
                self.trouble.fill_disk(self.storage.fail_points());
            }
            drop(timeout(TURN, self.status.changed()).await);
        }
        finish(self.place);
        self.trouble.end();
        #[cfg(debug_assertions)]
        self.storage.fail_points().disarm();
        let last = Instant::now();
        let expected = lies_in(&self.place.join("content"));
        let mut written = None;
        let mut exact = None;
        while exact.is_none() && last.elapsed() < TOO_LONG {
            self.status.borrow_and_update();
            let served = self.served().await;
            if written.is_none() && expected.iter().all(|file| served.get(file.0) == Some(file.1)) {
                written = Some(last.elapsed());
            }
            if served == expected {
                exact = Some(last.elapsed());
            } else {
                drop(timeout(TOO_LONG, self.status.changed()).await);
            }
        }
        let missed_before = self.status.borrow().missed;
        // What was right for a moment is right for good, and nothing else was to be found.
        let (answer, answered) = oneshot::channel();
        self.ask.send(answer).await.unwrap();
        let outcome = timeout(TOO_LONG, answered).await;
        let difference = self
            .difference(&expected)
            .await
            .or_else(|| outcome.is_err().then(|| "who asked for everything was not answered".to_owned()));
        let status = self.status.borrow().clone();
        Ending {
            difference,
            files: expected.len() as u64,
            overflows: status.overflows,
            missed: missed_before,
            failures: self.trouble.failures(),
            written: written.unwrap_or(TOO_LONG),
            exact: exact.unwrap_or(TOO_LONG),
            was_exchanged: exchanged.is_some_and(|at| last.duration_since(at) < IDENTITY),
        }
    }

    /// What is stored of each file.
    async fn served(&self) -> BTreeMap<String, Checksum> {
        let view = self.storage.latest().await.unwrap();
        let query = DocumentQuery { filter: DocumentFilter::default(), window: Window::first(10_000) };
        let documents = view.documents(&query).await.unwrap().items.into_iter();
        documents.map(|(_, document)| (document.path.to_string(), document.checksum)).collect()
    }

    /// What is served otherwise than it lies in the folder: files, and the titles of pages.
    async fn difference(&self, expected: &BTreeMap<String, Checksum>) -> Option<String> {
        let served = self.served().await;
        let lost = expected.iter().find(|(path, checksum)| served.get(*path) != Some(checksum));
        if let Some((path, _)) = lost {
            let what = if served.contains_key(path) { "is served as it was" } else { "is not served" };
            return Some(format!("{path} {what}"));
        }
        if let Some(ghost) = served.keys().find(|path| !expected.contains_key(*path)) {
            return Some(format!("{ghost} is served and gone"));
        }
        let view = self.storage.latest().await.unwrap();
        let query =
            PageQuery { filter: PageFilter::default(), order: Vec::new(), window: Window::first(10_000) };
        let pages = view.pages(&query).await.unwrap().items;
        let query = DocumentQuery { filter: DocumentFilter::default(), window: Window::first(10_000) };
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
            let text = fs::read_to_string(self.place.join("content").join(spelt(self.place, path))).unwrap();
            let title = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
            if !title.is_empty() && page.page.title != title {
                return Some(format!("{path} is titled {title:?} and served as {:?}", page.page.title));
            }
        }
        None
    }
}

/// The documents that lie in a folder, found without any of the code that is tried.
fn lies_in(root: &Path) -> BTreeMap<String, Checksum> {
    let mut found = BTreeMap::new();
    let mut names = BTreeSet::new();
    for file in files(root, Path::new("")) {
        let path = DocumentPath::parse(file.to_str().unwrap()).unwrap();
        // Of names that are one the first is served.
        if names.insert(path.as_str().to_lowercase()) {
            found.insert(path.to_string(), Checksum::of(&fs::read(root.join(&file)).unwrap()));
        }
    }
    found
}

/// How the file system spells the path of a document.
fn spelt(place: &Path, path: &DocumentPath) -> std::path::PathBuf {
    let all = files(&place.join("content"), Path::new(""));
    let is_it = |file: &std::path::PathBuf| DocumentPath::parse(file.to_str().unwrap()).unwrap() == *path;
    all.into_iter().find(is_it).unwrap()
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
        } else if kind.is_file() && [".md", ".txt"].iter().any(|ending| name.ends_with(ending)) {
            found.push(folder.join(name));
        }
    }
    found
}
