//! Hints from the operating system.
//!
//! One watch a folder, not recursive, set before the folder is listed: notify's own recursion loses files in new
//! folders without a word, and fails whole on one that cannot be read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::dirty::{Dirty, Scope, covers};

/// The watches of a folder and those below it.
pub(crate) struct Watches {
    watcher: RecommendedWatcher,
    watched: HashSet<PathBuf>,
}

impl Watches {
    /// Sets up the operating system's notifications. No folder is watched yet.
    pub(crate) fn new(dirty: Arc<Dirty>) -> Result<Self, notify::Error> {
        // The callback only inserts into a set: the kernel's queue must never wait for us.
        let watcher = notify::recommended_watcher(move |event: Result<Event, notify::Error>| match event {
            Ok(event) if event.need_rescan() => dirty.add(Scope::Everything),
            Ok(event) if is_hint(event.kind) => dirty.mark(event.paths),
            Ok(_) => {}
            // An error of the event stream says that events may be missing.
            Err(_) => dirty.add(Scope::Everything),
        })?;
        Ok(Self { watcher, watched: HashSet::new() })
    }

    /// Watches a folder, if it is not watched. Call it before listing the folder.
    pub(crate) fn watch(&mut self, folder: &Path) -> Result<(), notify::Error> {
        if !self.watched.contains(folder) {
            self.watcher.watch(folder, RecursiveMode::NonRecursive)?;
            self.watched.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Forgets the watches of a folder and those below it: a folder that comes back under its name is another one.
    pub(crate) fn forget(&mut self, folder: &Path) {
        let gone: Vec<PathBuf> =
            self.watched.iter().filter(|watched| covers(folder, watched)).cloned().collect();
        for watched in gone {
            self.watched.remove(&watched);
            // The kernel may have dropped it with the folder; there is nothing to do about either answer.
            drop(self.watcher.unwatch(&watched));
        }
    }
}

/// Whether an event can mean a change. Opening and reading cannot, and we do both ourselves.
fn is_hint(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}
