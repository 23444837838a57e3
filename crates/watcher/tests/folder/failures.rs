//! System failures from the table in `docs/operating.md`, on a real file system. Each problem is reported
//! until it is solved, and then the content is published.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use passerelle_model::sync::{ProblemKind, SyncState};
use passerelle_storage::DocumentFilter;
use passerelle_watcher::{FaultInjector, GracePeriods, RemovalPolicy, WatchSetting, WorkerOptions};

use crate::{Folder, RunningWorker};

fn with_faults(faults: Arc<dyn FaultInjector>) -> WorkerOptions {
    WorkerOptions { faults: Some(faults), watch: WatchSetting::Native, ..WorkerOptions::default() }
}

/// Returns the kinds and paths of the reported problems.
fn reported_problems(worker: &RunningWorker<'_>) -> BTreeSet<(ProblemKind, String)> {
    let status = worker.status.borrow();
    status
        .problems
        .iter()
        .map(|problem| (problem.kind, problem.place.path().unwrap_or_default().to_owned()))
        .collect()
}

struct TwoWatches;

impl FaultInjector for TwoWatches {
    fn max_watches(&self) -> usize {
        2
    }
}

#[tokio::test]
async fn folders_beyond_the_watch_limit_are_reported_and_polled() {
    let folder = Folder::new().await;
    for path in ["a/1.md", "b/2.md", "c/3.md"] {
        folder.write(path, &format!("# {path}\n"));
    }
    folder
        .run_worker_with(with_faults(Arc::new(TwoWatches)), async |worker| {
            worker
                .wait_until(async || {
                    reported_problems(worker).iter().any(|(kind, _)| *kind == ProblemKind::Unwatched)
                })
                .await;
            assert_eq!(worker.status.borrow().state, SyncState::Degraded);
            for path in ["a/4.md", "b/5.md", "c/6.md"] {
                folder.write(path, &format!("# {path}\n"));
            }
            worker.wait_until_served(&["a/1.md", "a/4.md", "b/2.md", "b/5.md", "c/3.md", "c/6.md"]).await;
        })
        .await;
}

/// A folder that cannot be read for some time.
#[derive(Default)]
struct UnreadableFolder(AtomicBool);

impl FaultInjector for UnreadableFolder {
    fn check_access(&self, path: &Path) -> io::Result<()> {
        let is_refused = self.0.load(Ordering::SeqCst) && path.starts_with("b");
        if is_refused { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn unreadable_folder_is_reported_and_keeps_its_published_documents() {
    let folder = Folder::new().await;
    folder.write("a/1.md", "# 1\n");
    folder.write("b/2.md", "# 2\n");
    let unreadable = Arc::new(UnreadableFolder::default());
    folder
        .run_worker_with(with_faults(Arc::clone(&unreadable) as _), async |worker| {
            worker.wait_until_served(&["a/1.md", "b/2.md"]).await;
            unreadable.0.store(true, Ordering::SeqCst);
            folder.write("b/3.md", "# 3\n");
            folder.write("a/4.md", "# 4\n");
            worker.wait_until_served(&["a/1.md", "a/4.md", "b/2.md"]).await;
            worker
                .wait_until(async || {
                    reported_problems(worker).iter().any(|(kind, _)| *kind == ProblemKind::Unreadable)
                })
                .await;
            unreadable.0.store(false, Ordering::SeqCst);
            let outcome = worker.request_scan().await;
            assert_eq!((outcome.problems.len(), outcome.revision.is_some()), (0, true));
            assert_eq!(folder.paths().await, ["a/1.md", "a/4.md", "b/2.md", "b/3.md"]);
        })
        .await;
}

struct NoEvents;

impl FaultInjector for NoEvents {
    fn deliver_events(&self, _: Vec<PathBuf>) -> Vec<PathBuf> {
        Vec::new()
    }
}

#[tokio::test]
async fn full_scan_finds_and_counts_changes_without_events() {
    let folder = Folder::new().await;
    let options =
        WorkerOptions { scan_interval: Duration::from_millis(50), ..with_faults(Arc::new(NoEvents)) };
    folder
        .run_worker_with(options, async |worker| {
            folder.write("a.md", "# A\n");
            worker.wait_until_served(&["a.md"]).await;
            worker.wait_until(async || worker.status.borrow().missed > 0).await;
        })
        .await;
}

/// Blocks the events until it is opened, so that the event queue of the kernel overflows.
#[derive(Default)]
struct EventGate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl FaultInjector for EventGate {
    fn deliver_events(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let is_open = self.is_open.lock().unwrap();
        drop(self.opened.wait_while(is_open, |is_open| !*is_open).unwrap());
        paths
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn event_queue_overflow_triggers_a_full_scan() {
    let queue = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let queue: usize = queue.trim().parse().unwrap();
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.write("ignored_file.log", "");
    let gate = Arc::new(EventGate::default());
    folder
        .run_worker_with(with_faults(Arc::clone(&gate) as _), async |worker| {
            // The kernel drops an event that equals the previous one, so these events differ.
            for _ in 0..queue {
                let ignored_file =
                    File::options().write(true).open(folder.content().join("ignored_file.log")).unwrap();
                ignored_file.set_len(0).unwrap();
            }
            folder.write("b.md", "# B\n");
            *gate.is_open.lock().unwrap() = true;
            gate.opened.notify_all();
            worker.wait_until_served(&["a.md", "b.md"]).await;
            worker.wait_until(async || worker.status.borrow().overflows > 0).await;
        })
        .await;
}

#[tokio::test]
async fn ten_thousand_files_are_added_renamed_and_removed() {
    const FILES: usize = 10_000;
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let moved_folder = folder.temp.path().join("away");
    for number in 0..FILES {
        let subfolder = moved_folder.join(format!("subfolder-{}", number % 100));
        fs::create_dir_all(&subfolder).unwrap();
        fs::write(subfolder.join(format!("{number}.txt")), format!("# Page {number}\n")).unwrap();
    }
    let options = WorkerOptions { removals: RemovalPolicy::Accepted, ..WorkerOptions::default() };
    let counts = async || {
        folder.storage.latest().await.unwrap().document_count(&DocumentFilter::default()).await.unwrap()
    };
    folder
        .run_worker_with(options, async |worker| {
            fs::rename(&moved_folder, folder.content().join("in")).unwrap();
            worker.wait_until(async || counts().await == FILES as u64 + 1).await;
            let key_before = folder.key_of("in/subfolder-7/7.txt").await;
            fs::rename(folder.content().join("in"), folder.content().join("out")).unwrap();
            worker.wait_until(async || folder.is_served("out/subfolder-7/7.txt").await).await;
            assert_eq!(
                (folder.key_of("out/subfolder-7/7.txt").await, counts().await),
                (key_before, FILES as u64 + 1)
            );
            fs::remove_dir_all(folder.content().join("out")).unwrap();
            worker.wait_until_served(&["a.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn change_with_equal_size_and_mtime_is_published() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let mut syncer = folder.syncer(GracePeriods::DEFAULT);
    syncer.sync_all().await.unwrap();
    let path = folder.content().join("a.md");
    let before = fs::metadata(&path).unwrap();
    folder.write("a.md", "# B\n");
    File::options().write(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_eq!((after.len(), after.modified().unwrap()), (before.len(), before.modified().unwrap()));
    assert_eq!(syncer.sync_all().await.unwrap().published.len(), 1);
}

#[tokio::test]
async fn files_that_cannot_be_documents_are_reported() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.write("A.md", "# Un autre\n");
    let non_utf8_path = folder.content().join(std::ffi::OsStr::from_bytes(b"\xe9t\xe9.md"));
    fs::write(non_utf8_path, "# Été\n").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.content().join("link.md")).unwrap();
    folder.write("_images/a.png", "no image");
    folder.write(".private/secret.txt", "secret");
    for (target, link) in [("../.private/secret.txt", "_images/in.txt"), (".private", "_files")] {
        std::os::unix::fs::symlink(target, folder.content().join(link)).unwrap();
    }
    let socket = std::os::unix::net::UnixListener::bind(folder.content().join("socket.md")).unwrap();
    let pipe = folder.content().join("pipe.md");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    folder
        .run_worker(async |worker| {
            let expected = [
                (ProblemKind::NameNotUtf8, "%E9t%E9.md"),
                (ProblemKind::NameTwice, "a.md"),
                (ProblemKind::Link, "_files"),
                (ProblemKind::Link, "_images/in.txt"),
                (ProblemKind::Link, "link.md"),
                (ProblemKind::SpecialFile, "pipe.md"),
                (ProblemKind::SpecialFile, "socket.md"),
            ];
            let expected = expected.map(|(kind, path)| (kind, path.to_owned()));
            worker.wait_until(async || reported_problems(worker) == BTreeSet::from(expected.clone())).await;
            assert_eq!(folder.paths().await, ["A.md"]);
            assert_eq!(worker.status.borrow().state, SyncState::Degraded);
        })
        .await;
    drop(socket);
}
