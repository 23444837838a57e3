//! Set of paths that may have changed. A set needs no queue limit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::scan::scope::ScanScope;

/// Set that event callbacks fill and the worker empties.
#[derive(Debug, Default)]
pub(crate) struct DirtySet {
    /// A blocking mutex: it is held for one insertion, also on a thread of the operating system.
    state: Mutex<DirtyState>,
    changed: Notify,
    cookie: Notify,
    overflows: AtomicU64,
}

#[derive(Debug, Default)]
struct DirtyState {
    scope: ScanScope,
    /// Files that were written to and not closed since then.
    open: BTreeSet<PathBuf>,
}

impl DirtySet {
    /// Adds paths.
    pub(crate) fn mark(&self, paths: impl IntoIterator<Item = PathBuf>) {
        self.add(ScanScope::Paths(paths.into_iter().collect()));
    }

    /// Adds files that a program is writing.
    pub(crate) fn mark_open(&self, paths: Vec<PathBuf>) {
        self.state().open.extend(paths.iter().cloned());
        self.mark(paths);
    }

    /// Adds files that were closed or removed.
    pub(crate) fn mark_closed(&self, paths: Vec<PathBuf>) {
        let mut state = self.state();
        for path in &paths {
            state.open.remove(path);
        }
        drop(state);
        self.mark(paths);
    }

    /// Marks the whole folder: the operating system lost events.
    pub(crate) fn overflow(&self) {
        self.overflows.fetch_add(1, Ordering::Relaxed);
        self.state().open.clear();
        self.add(ScanScope::Everything);
    }

    /// Returns the number of overflows of the event queue.
    pub(crate) fn overflows(&self) -> u64 {
        self.overflows.load(Ordering::Relaxed)
    }

    /// Adds a scope.
    pub(crate) fn add(&self, other: ScanScope) {
        if other.is_empty() {
            return;
        }
        let mut state = self.state();
        state.scope = std::mem::take(&mut state.scope).merge(other);
        drop(state);
        self.changed.notify_one();
    }

    /// Takes everything that was added. Returns `None` if nothing was added.
    pub(crate) fn take(&self) -> Option<ScanScope> {
        let taken = std::mem::take(&mut self.state().scope);
        (!taken.is_empty()).then_some(taken)
    }

    /// Returns true if a program wrote to a file and has not closed it.
    pub(crate) fn is_open(&self, path: &Path) -> bool {
        self.state().open.contains(path)
    }

    /// Returns true if the set already contains a path or one of its folders.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        match &self.state().scope {
            ScanScope::Everything => true,
            ScanScope::Paths(paths) => path.ancestors().any(|ancestor| paths.contains(ancestor)),
        }
    }

    /// Waits until something is added. It is safe to cancel.
    pub(crate) async fn wait_for_change(&self) {
        self.changed.notified().await;
    }

    /// Reports that the event of a probe file arrived.
    pub(crate) fn notify_cookie(&self) {
        self.cookie.notify_one();
    }

    /// Waits for the event of a probe file.
    pub(crate) async fn wait_for_cookie(&self) {
        self.cookie.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, DirtyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns true if a path is equal to another path or below it.
pub(crate) fn covers(ancestor: &Path, path: &Path) -> bool {
    path.starts_with(ancestor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_everything_replaces_single_paths() {
        let dirty = DirtySet::default();
        dirty.mark([PathBuf::from("a"), PathBuf::from("a")]);
        assert_eq!(dirty.take(), Some(ScanScope::Paths([PathBuf::from("a")].into())));
        dirty.add(ScanScope::Everything);
        dirty.mark([PathBuf::from("b")]);
        assert_eq!(dirty.take(), Some(ScanScope::Everything));
        assert_eq!(dirty.take(), None);
    }

    #[test]
    fn folder_covers_descendants_but_not_longer_names() {
        assert!(covers(Path::new("a"), Path::new("a/b.md")));
        assert!(!covers(Path::new("a"), Path::new("ab.md")));
    }
}
