//! The worker on a real file system and a real database: after each thing that can happen to a folder, what is served
//! is what lies in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::large_futures, reason = "a test has one future, and it lives on the stack once")]

mod failures;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle_model::key::DocumentKey;
use passerelle_model::manifest::{Document, DocumentState};
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{ProblemKind, SyncOutcome, SyncState, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{DocumentFilter, DocumentQuery, Storage, Window};
use passerelle_watcher::{Clock, Patience, SyncRequest, Syncer, Worker, WorkerOptions};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// Longer than any of these tests takes on a machine that is busy with something else.
const TOO_LONG: Duration = Duration::from_mins(1);

struct Folder {
    place: TempDir,
    storage: Storage,
}

impl Folder {
    async fn new() -> Self {
        let place = TempDir::new().unwrap();
        fs::create_dir(place.path().join("content")).unwrap();
        let url = format!("sqlite://{}?mode=rwc", place.path().join("test.db").display());
        Self { storage: Storage::open(&url).await.unwrap(), place }
    }

    fn content(&self) -> PathBuf {
        self.place.path().join("content")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.content().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn syncer(&self, patience: Patience) -> Syncer {
        Syncer::new(&self.content(), self.storage.clone(), clock(), patience)
    }

    async fn documents(&self) -> Vec<Document> {
        let query = DocumentQuery { filter: DocumentFilter::default(), window: Window::first(100_000) };
        let slice = self.storage.latest().await.unwrap().documents(&query).await.unwrap();
        slice.items.into_iter().map(|(_, document)| document).collect()
    }

    async fn paths(&self) -> Vec<String> {
        self.documents().await.into_iter().map(|document| document.path.to_string()).collect()
    }

    async fn is_served(&self, path: &str) -> bool {
        self.key_of(path).await.is_some()
    }

    async fn key_of(&self, path: &str) -> Option<DocumentKey> {
        let path = DocumentPath::parse(path).unwrap();
        let document = self.storage.latest().await.unwrap().document_at(&path).await.unwrap();
        document.map(|document| document.key)
    }

    /// Runs the worker while the test goes on; the test is given what waits for the folder to be served.
    async fn watched(&self, test: impl AsyncFnOnce(&Watched<'_>)) {
        self.watched_with(WorkerOptions::default(), test).await;
    }

    async fn watched_with(&self, options: WorkerOptions, test: impl AsyncFnOnce(&Watched<'_>)) {
        let (sender, status) = watch::channel(SyncStatus::default());
        let (ask, requests) = mpsc::channel(1);
        let worker =
            Worker::new(&self.content(), self.storage.clone(), clock(), options, sender, requests).unwrap();
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let test = async {
            let watched = Watched { folder: self, status, ask };
            watched.until(async || watched.status.borrow().last_scan_at.is_some()).await;
            test(&watched).await;
            stop.cancel();
        };
        tokio::time::timeout(TOO_LONG, async { tokio::join!(worker.run(shutdown), test) }).await.unwrap();
    }
}

struct Watched<'a> {
    folder: &'a Folder,
    status: watch::Receiver<SyncStatus>,
    ask: mpsc::Sender<SyncRequest>,
}

impl Watched<'_> {
    /// Waits for the worker's next words until something is true.
    async fn until(&self, holds: impl AsyncFn() -> bool) {
        let mut status = self.status.clone();
        while !holds().await {
            status.changed().await.unwrap();
        }
    }

    /// Asks for a look at everything, and waits for what has come of it.
    async fn ask(&self) -> SyncOutcome {
        let (answer, answered) = oneshot::channel();
        self.ask.send(answer).await.unwrap();
        answered.await.unwrap()
    }

    async fn serves(&self, paths: &[&str]) {
        self.until(async || self.folder.paths().await == paths).await;
    }
}

fn clock() -> Clock {
    let now = AtomicI64::new(0);
    Arc::new(move || Timestamp::from_millis(now.fetch_add(1, Ordering::Relaxed)))
}

#[tokio::test]
async fn one_pass_serves_what_lies_there_and_the_next_does_nothing() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.write("nl/b.txt", "# B\n");
    folder.write("c.png", "no document");
    let mut syncer = folder.syncer(Patience::ONCE);
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.found, report.published.len()), (2, 2));
    assert_eq!(folder.paths().await, ["a.md", "nl/b.txt"]);
    assert!(!syncer.sync_all().await.unwrap().changed());
    assert!(!folder.syncer(Patience::ONCE).sync_all().await.unwrap().changed());
}

#[tokio::test]
async fn the_same_bytes_are_no_change_and_under_another_name_a_move() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let mut syncer = folder.syncer(Patience::ONCE);
    syncer.sync_all().await.unwrap();
    let before = folder.documents().await.remove(0);
    folder.write("a.md", "# A\n");
    assert!(!syncer.sync_all().await.unwrap().changed());
    fs::rename(folder.content().join("a.md"), folder.content().join("b.md")).unwrap();
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.moved.len(), report.removed.len()), (1, 0));
    let after = folder.documents().await.remove(0);
    assert_eq!((after.path.as_str(), after.key), ("b.md", before.key));
}

#[tokio::test]
async fn a_folder_that_is_missing_or_suddenly_empty_removes_nothing() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.syncer(Patience::ONCE).sync_all().await.unwrap();
    let away = folder.place.path().join("away");
    fs::rename(folder.content(), &away).unwrap();
    assert!(folder.syncer(Patience::ONCE).sync_all().await.is_err());
    fs::create_dir(folder.content()).unwrap();
    assert!(folder.syncer(Patience::ONCE).sync_all().await.is_err());
    assert_eq!(folder.paths().await, ["a.md"]);
    let accepting = Patience { accept_removals: true, ..Patience::ONCE };
    folder.syncer(accepting).sync_all().await.unwrap();
    assert_eq!(folder.paths().await, Vec::<String>::new());
}

#[tokio::test]
async fn most_of_a_folder_gone_at_once_waits_for_a_word() {
    let folder = Folder::new().await;
    for number in 0..30 {
        folder.write(&format!("{number}.md"), &format!("# Page {number}\n"));
    }
    let mut syncer = folder.syncer(Patience::ONCE);
    syncer.sync_all().await.unwrap();
    for number in 0..25 {
        fs::remove_file(folder.content().join(format!("{number}.md"))).unwrap();
    }
    folder.write("new.md", "# New\n");
    let report = syncer.sync_all().await.unwrap();
    assert!(report.held.is_some());
    assert_eq!(folder.paths().await.len(), 31);
    let accepting = Patience { accept_removals: true, ..Patience::ONCE };
    folder.syncer(accepting).sync_all().await.unwrap();
    assert_eq!(folder.paths().await.len(), 6);
}

#[tokio::test]
async fn what_happens_to_a_watched_folder_is_served() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder
        .watched(async |watched| {
            watched.serves(&["a.md"]).await;
            folder.write("b.md", "# B\n");
            watched.serves(&["a.md", "b.md"]).await;
            // An atomic save: beside it, then over it.
            folder.write(".b.md.tmp", "# Un autre titre\n");
            fs::rename(folder.content().join(".b.md.tmp"), folder.content().join("b.md")).unwrap();
            let checksum = passerelle_model::checksum::Checksum::of("# Un autre titre\n".as_bytes());
            watched.until(async || folder.documents().await[1].checksum == checksum).await;
            // A folder that comes with its files.
            folder.write("nl/deep/c.md", "# C\n");
            watched.serves(&["a.md", "b.md", "nl/deep/c.md"]).await;
            fs::rename(folder.content().join("nl"), folder.content().join("en")).unwrap();
            watched.serves(&["a.md", "b.md", "en/deep/c.md"]).await;
            folder.write("en/deep/d.md", "# D\n");
            watched.serves(&["a.md", "b.md", "en/deep/c.md", "en/deep/d.md"]).await;
            fs::remove_dir_all(folder.content().join("en")).unwrap();
            watched.serves(&["a.md", "b.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn a_bad_file_is_told_and_repaired() {
    let folder = Folder::new().await;
    let plan = "## AXE 1: A\n1.\tSemer\tEn cours\n";
    folder.write("plan.txt", plan);
    let state = async || folder.documents().await[0].state;
    folder
        .watched(async |watched| {
            folder.write("plan.txt", "## AXE 1: A\n1.\tSemer\tEn cours\n1.\tSemer\tEn cours\n");
            watched.until(async || state().await == DocumentState::Rejected).await;
            assert_eq!(folder.storage.latest().await.unwrap().plans().await.unwrap().len(), 1);
            folder.write("plan.txt", plan);
            watched.until(async || state().await == DocumentState::Published).await;
        })
        .await;
}

#[tokio::test]
async fn a_folder_that_goes_and_comes_back_is_served_all_the_while() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let away = folder.place.path().join("away");
    folder
        .watched(async |watched| {
            fs::rename(folder.content(), &away).unwrap();
            watched.until(async || watched.status.borrow().state == SyncState::Degraded).await;
            assert!(watched.status.borrow().reason().is_some());
            assert_eq!(folder.paths().await, ["a.md"]);
            fs::rename(&away, folder.content()).unwrap();
            watched.until(async || watched.status.borrow().state == SyncState::Idle).await;
            folder.write("b.md", "# B\n");
            watched.serves(&["a.md", "b.md"]).await;
        })
        .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_swapped_link_is_another_folder() {
    let folder = Folder::new().await;
    let (first, second) = (folder.place.path().join("first"), folder.place.path().join("second"));
    for (place, name) in [(&first, "a.md"), (&second, "b.md")] {
        fs::create_dir(place).unwrap();
        fs::write(place.join(name), format!("# {name}\n")).unwrap();
    }
    fs::remove_dir(folder.content()).unwrap();
    let point_at = |target: &Path| {
        let link = folder.place.path().join("link");
        std::os::unix::fs::symlink(target, &link).unwrap();
        fs::rename(link, folder.content()).unwrap();
    };
    point_at(&first);
    folder
        .watched(async |watched| {
            watched.serves(&["a.md"]).await;
            point_at(&second);
            watched.serves(&["b.md"]).await;
            folder.write("c.md", "# C\n");
            watched.serves(&["b.md", "c.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn a_held_removal_is_told_and_waits_without_work() {
    let folder = Folder::new().await;
    for number in 0..30 {
        folder.write(&format!("{number}.md"), &format!("# Page {number}\n"));
    }
    folder
        .watched(async |watched| {
            for number in 0..25 {
                fs::remove_file(folder.content().join(format!("{number}.md"))).unwrap();
            }
            watched.until(async || watched.status.borrow().state == SyncState::Degraded).await;
            assert!(watched.status.borrow().reason().unwrap().contains("25 of 30"));
            assert_eq!(folder.paths().await.len(), 30);
            // Nothing is looked at before something happens: the next words of the worker are about the next change.
            let before = folder.storage.statement_count();
            folder.write("new.md", "# New\n");
            watched.until(async || folder.paths().await.len() == 31).await;
            assert!(folder.storage.statement_count() - before < 100);
        })
        .await;
}

#[tokio::test]
async fn a_file_that_is_emptied_before_it_is_written_is_never_served_empty() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let mut syncer = folder.syncer(Patience::SERVICE);
    syncer.sync_all().await.unwrap();
    folder.write("a.md", "");
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.waiting.len(), report.changed()), (1, false));
    folder.write("a.md", "# B\n");
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.waiting.len(), report.published.len()), (0, 1));
    // A file that stays empty is an empty page.
    folder.write("a.md", "");
    let patience = Patience { writing: Duration::ZERO, ..Patience::SERVICE };
    assert!(folder.syncer(patience).sync_all().await.unwrap().changed());
}

#[tokio::test]
async fn an_empty_folder_in_the_place_of_the_served_one_removes_nothing() {
    let folder = Folder::new().await;
    for name in ["a.md", "b.md"] {
        folder.write(name, &format!("# {name}\n"));
    }
    folder
        .watched(async |watched| {
            fs::rename(folder.content(), folder.place.path().join("away")).unwrap();
            fs::create_dir(folder.content()).unwrap();
            watched.until(async || watched.status.borrow().state == SyncState::Degraded).await;
            assert_eq!(folder.paths().await, ["a.md", "b.md"]);
            folder.write("c.md", "# C\n");
            watched.serves(&["c.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn a_half_written_file_that_goes_is_waited_for_no_longer() {
    let folder = Folder::new().await;
    let mut syncer = folder.syncer(Patience::SERVICE);
    fs::write(folder.content().join("half.md"), b"# R\xC3\xA9alis\xC3").unwrap();
    assert_eq!(syncer.sync_all().await.unwrap().waiting.len(), 1);
    fs::remove_file(folder.content().join("half.md")).unwrap();
    assert_eq!(syncer.sync_all().await.unwrap().waiting.len(), 0);
    assert_eq!(folder.paths().await, Vec::<String>::new());
}

#[tokio::test]
async fn who_asks_is_answered_when_everything_that_was_written_before_is_served() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder
        .watched(async |watched| {
            folder.write("b.md", "# B\n");
            fs::remove_file(folder.content().join("a.md")).unwrap();
            let outcome = watched.ask().await;
            assert_eq!(folder.paths().await, ["b.md"]);
            let newest = folder.storage.latest().await.unwrap().revision();
            assert_eq!((outcome.revision, outcome.problems), (Some(newest), vec![]));
            fs::rename(folder.content(), folder.place.path().join("away")).unwrap();
            let outcome = watched.ask().await;
            assert_eq!(outcome.revision, None);
            assert_eq!(outcome.problems[0].kind, ProblemKind::FolderMissing);
        })
        .await;
}
