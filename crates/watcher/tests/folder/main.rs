//! The worker on a real file system and database: after each change of the folder, the published content
//! equals the folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod conflict_copies;
mod drafts;
mod failures;
mod images;
mod plan_folders;
mod times;
mod year;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle_model::document::{Document, DocumentState};
use passerelle_model::key::DocumentKey;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{ProblemKind, SyncOutcome, SyncState, SyncStatus};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{DocumentFilter, DocumentQuery, Pagination, Storage};
use passerelle_watcher::{Clock, GracePeriods, RemovalPolicy, SyncRequest, Syncer, Worker, WorkerOptions};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// Longer than any test takes on a busy machine.
const TEST_TIMEOUT: Duration = Duration::from_mins(3);

struct Folder {
    temp: TempDir,
    storage: Storage,
}

impl Folder {
    async fn new() -> Self {
        let temp = TempDir::new().unwrap();
        fs::create_dir(temp.path().join("content")).unwrap();
        let url = format!("sqlite://{}?mode=rwc", temp.path().join("test.db").display());
        Self { storage: Storage::open(&url).await.unwrap(), temp }
    }

    fn content(&self) -> PathBuf {
        self.temp.path().join("content")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.content().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn syncer(&self, grace_periods: GracePeriods) -> Syncer {
        Syncer::new(&self.content(), self.storage.clone(), clock(), grace_periods)
    }

    async fn documents(&self) -> Vec<Document> {
        let query =
            DocumentQuery { filter: DocumentFilter::default(), pagination: Pagination::first(100_000) };
        let slice = self.storage.latest().await.unwrap().documents(&query).await.unwrap();
        slice.items.into_iter().map(|(_, document)| document).collect()
    }

    async fn document(&self, path: &str) -> Document {
        let path = DocumentPath::parse(path).unwrap();
        self.storage.latest().await.unwrap().document_at(&path).await.unwrap().unwrap()
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

    /// Runs the worker during a test. The test gets a handle to wait for published changes.
    async fn run_worker(&self, test: impl AsyncFnOnce(&RunningWorker<'_>)) {
        self.run_worker_with(WorkerOptions::default(), test).await;
    }

    async fn run_worker_with(&self, options: WorkerOptions, test: impl AsyncFnOnce(&RunningWorker<'_>)) {
        self.run_worker_at(clock(), options, test).await;
    }

    async fn run_worker_at(
        &self,
        clock: Clock,
        options: WorkerOptions,
        test: impl AsyncFnOnce(&RunningWorker<'_>),
    ) {
        let (sender, status) = watch::channel(SyncStatus::default());
        let (request_scan, requests) = mpsc::channel(1);
        let worker =
            Worker::new(&self.content(), self.storage.clone(), clock, options, sender, requests).unwrap();
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let test = async {
            let worker = RunningWorker { folder: self, status, request_scan };
            worker.wait_until(async || worker.status.borrow().last_scan_at.is_some()).await;
            test(&worker).await;
            stop.cancel();
        };
        tokio::time::timeout(TEST_TIMEOUT, async { tokio::join!(worker.run(shutdown), test) }).await.unwrap();
    }
}

struct RunningWorker<'a> {
    folder: &'a Folder,
    status: watch::Receiver<SyncStatus>,
    request_scan: mpsc::Sender<SyncRequest>,
}

impl RunningWorker<'_> {
    /// Waits for new states of the worker until a condition is true.
    async fn wait_until(&self, condition: impl AsyncFn() -> bool) {
        let mut status = self.status.clone();
        while !condition().await {
            status.changed().await.unwrap();
        }
    }

    /// Requests a full scan and waits for its result.
    async fn request_scan(&self) -> SyncOutcome {
        let (answer, answered) = oneshot::channel();
        self.request_scan.send(answer).await.unwrap();
        answered.await.unwrap()
    }

    async fn wait_until_served(&self, paths: &[&str]) {
        self.wait_until(async || self.folder.paths().await == paths).await;
    }
}

fn clock() -> Clock {
    let now = AtomicI64::new(0);
    Arc::new(move || Timestamp::from_millis(now.fetch_add(1, Ordering::Relaxed)))
}

#[tokio::test]
async fn second_sync_of_an_unchanged_folder_changes_nothing() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.write("nl/b.txt", "# B\n");
    folder.write("c.png", "no document");
    let mut syncer = folder.syncer(GracePeriods::NONE);
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.found, report.published.len()), (2, 2));
    assert_eq!(folder.paths().await, ["a.md", "nl/b.txt"]);
    assert!(!syncer.sync_all().await.unwrap().changed());
    assert!(!folder.syncer(GracePeriods::NONE).sync_all().await.unwrap().changed());
}

#[tokio::test]
async fn rewritten_file_is_unchanged_and_renamed_file_is_moved() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let mut syncer = folder.syncer(GracePeriods::NONE);
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
async fn missing_or_unexpectedly_empty_folder_removes_nothing() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.syncer(GracePeriods::NONE).sync_all().await.unwrap();
    let moved_folder = folder.temp.path().join("away");
    fs::rename(folder.content(), &moved_folder).unwrap();
    assert!(folder.syncer(GracePeriods::NONE).sync_all().await.is_err());
    fs::create_dir(folder.content()).unwrap();
    assert!(folder.syncer(GracePeriods::NONE).sync_all().await.is_err());
    assert_eq!(folder.paths().await, ["a.md"]);
    let mut accepting = folder.syncer(GracePeriods::NONE).with_removals(RemovalPolicy::Accepted);
    accepting.sync_all().await.unwrap();
    assert_eq!(folder.paths().await, Vec::<String>::new());
}

#[tokio::test]
async fn mass_removal_is_held_for_confirmation() {
    let folder = Folder::new().await;
    for number in 0..30 {
        folder.write(&format!("{number}.md"), &format!("# Page {number}\n"));
    }
    let mut syncer = folder.syncer(GracePeriods::NONE);
    syncer.sync_all().await.unwrap();
    for number in 0..25 {
        fs::remove_file(folder.content().join(format!("{number}.md"))).unwrap();
    }
    folder.write("new.md", "# New\n");
    let report = syncer.sync_all().await.unwrap();
    assert!(report.removal_hold.is_some());
    assert_eq!(folder.paths().await.len(), 31);
    let mut accepting = folder.syncer(GracePeriods::NONE).with_removals(RemovalPolicy::Accepted);
    accepting.sync_all().await.unwrap();
    assert_eq!(folder.paths().await.len(), 6);
}

#[tokio::test]
async fn worker_publishes_writes_renames_and_removals() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder
        .run_worker(async |worker| {
            worker.wait_until_served(&["a.md"]).await;
            folder.write("b.md", "# B\n");
            worker.wait_until_served(&["a.md", "b.md"]).await;
            // An atomic save: a temporary file replaces the document.
            folder.write(".b.md.tmp", "# Un autre titre\n");
            fs::rename(folder.content().join(".b.md.tmp"), folder.content().join("b.md")).unwrap();
            let checksum = passerelle_model::checksum::Checksum::of("# Un autre titre\n".as_bytes());
            worker.wait_until(async || folder.documents().await[1].checksum == checksum).await;
            // A folder that is moved in with its files.
            folder.write("nl/deep/c.md", "# C\n");
            worker.wait_until_served(&["a.md", "b.md", "nl/deep/c.md"]).await;
            fs::rename(folder.content().join("nl"), folder.content().join("en")).unwrap();
            worker.wait_until_served(&["a.md", "b.md", "en/deep/c.md"]).await;
            folder.write("en/deep/d.md", "# D\n");
            worker.wait_until_served(&["a.md", "b.md", "en/deep/c.md", "en/deep/d.md"]).await;
            fs::remove_dir_all(folder.content().join("en")).unwrap();
            worker.wait_until_served(&["a.md", "b.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn rejected_document_is_published_after_correction() {
    let folder = Folder::new().await;
    let plan = "## AXE 1: A\n1.\tSemer\tEn cours\n";
    folder.write("plan.txt", plan);
    let state = async || folder.documents().await[0].state;
    folder
        .run_worker(async |worker| {
            folder.write("plan.txt", "## AXE 1: A\n1.\tSemer\tEn cours\n1.\tSemer\tEn cours\n");
            worker.wait_until(async || state().await == DocumentState::Rejected).await;
            assert_eq!(folder.storage.latest().await.unwrap().plans().await.unwrap().len(), 1);
            folder.write("plan.txt", plan);
            worker.wait_until(async || state().await == DocumentState::Published).await;
        })
        .await;
}

#[tokio::test]
async fn documents_stay_published_while_the_folder_is_missing() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let moved_folder = folder.temp.path().join("away");
    folder
        .run_worker(async |worker| {
            fs::rename(folder.content(), &moved_folder).unwrap();
            worker.wait_until(async || worker.status.borrow().state == SyncState::Degraded).await;
            assert!(worker.status.borrow().reason().is_some());
            assert_eq!(folder.paths().await, ["a.md"]);
            fs::rename(&moved_folder, folder.content()).unwrap();
            worker.wait_until(async || worker.status.borrow().state == SyncState::Idle).await;
            folder.write("b.md", "# B\n");
            worker.wait_until_served(&["a.md", "b.md"]).await;
        })
        .await;
}

#[cfg(unix)]
#[tokio::test]
async fn replaced_symlink_target_is_scanned_as_a_new_folder() {
    let folder = Folder::new().await;
    let (first, second) = (folder.temp.path().join("first"), folder.temp.path().join("second"));
    for (temp, name) in [(&first, "a.md"), (&second, "b.md")] {
        fs::create_dir(temp).unwrap();
        fs::write(temp.join(name), format!("# {name}\n")).unwrap();
    }
    fs::remove_dir(folder.content()).unwrap();
    let point_at = |target: &Path| {
        let link = folder.temp.path().join("link");
        std::os::unix::fs::symlink(target, &link).unwrap();
        fs::rename(link, folder.content()).unwrap();
    };
    point_at(&first);
    folder
        .run_worker(async |worker| {
            worker.wait_until_served(&["a.md"]).await;
            point_at(&second);
            worker.wait_until_served(&["b.md"]).await;
            folder.write("c.md", "# C\n");
            worker.wait_until_served(&["b.md", "c.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn held_removal_is_reported_and_causes_no_further_work() {
    let folder = Folder::new().await;
    for number in 0..30 {
        folder.write(&format!("{number}.md"), &format!("# Page {number}\n"));
    }
    folder
        .run_worker(async |worker| {
            for number in 0..25 {
                fs::remove_file(folder.content().join(format!("{number}.md"))).unwrap();
            }
            worker.wait_until(async || worker.status.borrow().state == SyncState::Degraded).await;
            assert!(worker.status.borrow().reason().unwrap().contains("25 of 30"));
            assert_eq!(folder.paths().await.len(), 30);
            // The worker reads nothing before an event, so its next state belongs to the next change.
            let before = folder.storage.statement_count();
            folder.write("new.md", "# New\n");
            worker.wait_until(async || folder.paths().await.len() == 31).await;
            assert!(folder.storage.statement_count() - before < 100);
        })
        .await;
}

#[tokio::test]
async fn truncated_file_is_not_published_within_the_grace_period() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let mut syncer = folder.syncer(GracePeriods::DEFAULT);
    syncer.sync_all().await.unwrap();
    folder.write("a.md", "");
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.pending.len(), report.changed()), (1, false));
    folder.write("a.md", "# B\n");
    let report = syncer.sync_all().await.unwrap();
    assert_eq!((report.pending.len(), report.published.len()), (0, 1));
    // A file that stays empty is an empty page.
    folder.write("a.md", "");
    let grace_periods = GracePeriods { partial_write: Duration::ZERO, ..GracePeriods::DEFAULT };
    assert!(folder.syncer(grace_periods).sync_all().await.unwrap().changed());
}

#[tokio::test]
async fn empty_replacement_folder_removes_nothing() {
    let folder = Folder::new().await;
    for name in ["a.md", "b.md"] {
        folder.write(name, &format!("# {name}\n"));
    }
    folder
        .run_worker(async |worker| {
            fs::rename(folder.content(), folder.temp.path().join("away")).unwrap();
            fs::create_dir(folder.content()).unwrap();
            worker.wait_until(async || worker.status.borrow().state == SyncState::Degraded).await;
            assert_eq!(folder.paths().await, ["a.md", "b.md"]);
            folder.write("c.md", "# C\n");
            worker.wait_until_served(&["c.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn removed_partial_file_is_no_longer_pending() {
    let folder = Folder::new().await;
    let mut syncer = folder.syncer(GracePeriods::DEFAULT);
    fs::write(folder.content().join("half.md"), b"# R\xC3\xA9alis\xC3").unwrap();
    assert_eq!(syncer.sync_all().await.unwrap().pending.len(), 1);
    fs::remove_file(folder.content().join("half.md")).unwrap();
    assert_eq!(syncer.sync_all().await.unwrap().pending.len(), 0);
    assert_eq!(folder.paths().await, Vec::<String>::new());
}

#[tokio::test]
async fn requested_sync_completes_after_all_earlier_writes_are_published() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder
        .run_worker(async |worker| {
            folder.write("b.md", "# B\n");
            fs::remove_file(folder.content().join("a.md")).unwrap();
            let outcome = worker.request_scan().await;
            assert_eq!(folder.paths().await, ["b.md"]);
            let newest = folder.storage.latest().await.unwrap().revision();
            assert_eq!((outcome.revision, outcome.problems), (Some(newest), vec![]));
            fs::rename(folder.content(), folder.temp.path().join("away")).unwrap();
            let outcome = worker.request_scan().await;
            assert_eq!(outcome.revision, None);
            assert_eq!(outcome.problems[0].kind, ProblemKind::FolderMissing);
        })
        .await;
}
