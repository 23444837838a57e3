//! The rows of the table of `docs/operating.md` that need the system to fail, on a real file system: each is served in the
//! end, and told until then.

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
use passerelle_watcher::{Faults, Patience, WatchChoice, WorkerOptions};

use crate::{Folder, Watched};

fn with(faults: Arc<dyn Faults>) -> WorkerOptions {
    WorkerOptions { faults: Some(faults), watch: WatchChoice::Native, ..WorkerOptions::default() }
}

/// The kinds of problems that are told, and where.
fn told(watched: &Watched<'_>) -> BTreeSet<(ProblemKind, String)> {
    let status = watched.status.borrow();
    status.problems.iter().map(|problem| (problem.kind, problem.path.clone().unwrap_or_default())).collect()
}

struct FewWatches;

impl Faults for FewWatches {
    fn most_watches(&self) -> usize {
        2
    }
}

#[tokio::test]
async fn folders_beyond_the_limit_of_watches_are_told_and_looked_at() {
    let folder = Folder::new().await;
    for path in ["a/1.md", "b/2.md", "c/3.md"] {
        folder.write(path, &format!("# {path}\n"));
    }
    folder
        .watched_with(with(Arc::new(FewWatches)), async |watched| {
            watched
                .until(async || told(watched).iter().any(|(kind, _)| *kind == ProblemKind::Unwatched))
                .await;
            assert_eq!(watched.status.borrow().state, SyncState::Degraded);
            for path in ["a/4.md", "b/5.md", "c/6.md"] {
                folder.write(path, &format!("# {path}\n"));
            }
            watched.serves(&["a/1.md", "a/4.md", "b/2.md", "b/5.md", "c/3.md", "c/6.md"]).await;
        })
        .await;
}

/// A folder that cannot be read for a while.
#[derive(Default)]
struct Closed(AtomicBool);

impl Faults for Closed {
    fn look(&self, path: &Path) -> io::Result<()> {
        let is_refused = self.0.load(Ordering::SeqCst) && path.starts_with("b");
        if is_refused { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_is_told_and_serves_on_and_harms_no_other() {
    let folder = Folder::new().await;
    folder.write("a/1.md", "# 1\n");
    folder.write("b/2.md", "# 2\n");
    let closed = Arc::new(Closed::default());
    folder
        .watched_with(with(Arc::clone(&closed) as _), async |watched| {
            watched.serves(&["a/1.md", "b/2.md"]).await;
            closed.0.store(true, Ordering::SeqCst);
            folder.write("b/3.md", "# 3\n");
            folder.write("a/4.md", "# 4\n");
            watched.serves(&["a/1.md", "a/4.md", "b/2.md"]).await;
            watched
                .until(async || told(watched).iter().any(|(kind, _)| *kind == ProblemKind::Unreadable))
                .await;
            closed.0.store(false, Ordering::SeqCst);
            let outcome = watched.ask().await;
            assert_eq!((outcome.problems.len(), outcome.revision.is_some()), (0, true));
            assert_eq!(folder.paths().await, ["a/1.md", "a/4.md", "b/2.md", "b/3.md"]);
        })
        .await;
}

struct Deaf;

impl Faults for Deaf {
    fn hints(&self, _: Vec<PathBuf>) -> Vec<PathBuf> {
        Vec::new()
    }
}

#[tokio::test]
async fn what_events_missed_is_found_by_the_scan_of_everything_and_counted() {
    let folder = Folder::new().await;
    let options = WorkerOptions { scan_every: Duration::from_millis(50), ..with(Arc::new(Deaf)) };
    folder
        .watched_with(options, async |watched| {
            folder.write("a.md", "# A\n");
            watched.serves(&["a.md"]).await;
            watched.until(async || watched.status.borrow().missed > 0).await;
        })
        .await;
}

/// Takes no events until it is opened, so that the queue of the kernel runs over.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Faults for Gate {
    fn hints(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        let is_open = self.is_open.lock().unwrap();
        drop(self.opened.wait_while(is_open, |is_open| !*is_open).unwrap());
        paths
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn where_the_system_loses_count_everything_is_compared() {
    let queue = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let queue: usize = queue.trim().parse().unwrap();
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.write("noise.log", "");
    let gate = Arc::new(Gate::default());
    folder
        .watched_with(with(Arc::clone(&gate) as _), async |watched| {
            // An event that is the last one once more is not told: these differ.
            for _ in 0..queue {
                let noise = File::options().write(true).open(folder.content().join("noise.log")).unwrap();
                noise.set_len(0).unwrap();
            }
            folder.write("b.md", "# B\n");
            *gate.is_open.lock().unwrap() = true;
            gate.opened.notify_all();
            watched.serves(&["a.md", "b.md"]).await;
            watched.until(async || watched.status.borrow().overflows > 0).await;
        })
        .await;
}

#[tokio::test]
async fn ten_thousand_files_are_moved_in_and_renamed_and_removed_at_once() {
    const FILES: usize = 10_000;
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let away = folder.place.path().join("away");
    for number in 0..FILES {
        let lot = away.join(format!("lot-{}", number % 100));
        fs::create_dir_all(&lot).unwrap();
        fs::write(lot.join(format!("{number}.txt")), format!("# Page {number}\n")).unwrap();
    }
    let patience = Patience { accept_removals: true, ..Patience::SERVICE };
    let options = WorkerOptions { patience, ..WorkerOptions::default() };
    let counts = async || {
        folder.storage.latest().await.unwrap().document_count(&DocumentFilter::default()).await.unwrap()
    };
    folder
        .watched_with(options, async |watched| {
            fs::rename(&away, folder.content().join("in")).unwrap();
            watched.until(async || counts().await == FILES as u64 + 1).await;
            let known = folder.key_of("in/lot-7/7.txt").await;
            fs::rename(folder.content().join("in"), folder.content().join("out")).unwrap();
            watched.until(async || folder.is_served("out/lot-7/7.txt").await).await;
            assert_eq!((folder.key_of("out/lot-7/7.txt").await, counts().await), (known, FILES as u64 + 1));
            fs::remove_dir_all(folder.content().join("out")).unwrap();
            watched.serves(&["a.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn a_change_that_keeps_size_and_time_is_noticed() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    let mut syncer = folder.syncer(Patience::SERVICE);
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
async fn what_cannot_be_a_document_is_told() {
    let folder = Folder::new().await;
    folder.write("a.md", "# A\n");
    folder.write("A.md", "# Un autre\n");
    let latin = folder.content().join(std::ffi::OsStr::from_bytes(b"\xe9t\xe9.md"));
    fs::write(latin, "# Été\n").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.content().join("link.md")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(folder.content().join("socket.md")).unwrap();
    let pipe = folder.content().join("pipe.md");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    folder
        .watched(async |watched| {
            let expected = [
                (ProblemKind::NameNotUtf8, "%E9t%E9.md"),
                (ProblemKind::NameTwice, "a.md"),
                (ProblemKind::Link, "link.md"),
                (ProblemKind::SpecialFile, "pipe.md"),
                (ProblemKind::SpecialFile, "socket.md"),
            ];
            let expected = expected.map(|(kind, path)| (kind, path.to_owned()));
            watched.until(async || told(watched) == BTreeSet::from(expected.clone())).await;
            assert_eq!(folder.paths().await, ["A.md"]);
            assert_eq!(watched.status.borrow().state, SyncState::Degraded);
        })
        .await;
    drop(socket);
}
