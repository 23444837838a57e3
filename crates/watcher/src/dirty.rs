//! What may be different from what is stored: a set, not a queue, so that nothing overflows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::accept::{accepted_by, accepts_of};
use crate::defaults::folder_of;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// These paths, and all below those that are folders.
    Paths(BTreeSet<PathBuf>),
    /// The whole folder.
    Everything,
}

impl Scope {
    /// Both. Everything and something is everything.
    pub(crate) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Paths(mut paths), Self::Paths(more)) => {
                paths.extend(more);
                Self::Paths(paths)
            }
        }
    }

    /// With the folders of files that speak for all of their folder. `root_name` is the name of the whole folder.
    pub(crate) fn widened(self, root_name: Option<&str>) -> Self {
        match self {
            Self::Everything => self,
            // What accepts the removal of most of the folder speaks for all of it.
            Self::Paths(paths)
                if paths.iter().any(|path| root_name.is_some() && accepted_by(path) == root_name) =>
            {
                Self::Everything
            }
            Self::Paths(paths) => {
                let folders = paths.iter().filter_map(|path| folder_of(path, root_name));
                // What accepts a version is looked at with what it accepts, and the other way round.
                let around: Vec<PathBuf> =
                    paths.iter().flat_map(|path| accepts_of(path)).chain(folders).collect();
                Self::Paths(paths.into_iter().chain(around).collect())
            }
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Paths(paths) if paths.is_empty())
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::Paths(BTreeSet::new())
    }
}

/// The set that event callbacks fill and the worker empties.
#[derive(Debug, Default)]
pub(crate) struct Dirty {
    /// Not the asynchronous one: it is held for an insertion, from a thread of the operating system's too.
    hints: Mutex<Hints>,
    marked: Notify,
    cookie: Notify,
    overflows: AtomicU64,
}

#[derive(Debug, Default)]
struct Hints {
    scope: Scope,
    /// Files that were written to and not closed since.
    open: BTreeSet<PathBuf>,
}

impl Dirty {
    /// Adds paths.
    pub(crate) fn mark(&self, paths: impl IntoIterator<Item = PathBuf>) {
        self.add(Scope::Paths(paths.into_iter().collect()));
    }

    /// Adds files that are being written to.
    pub(crate) fn written(&self, paths: Vec<PathBuf>) {
        self.hints().open.extend(paths.iter().cloned());
        self.mark(paths);
    }

    /// Adds files that are written to no more, or are gone.
    pub(crate) fn closed(&self, paths: Vec<PathBuf>) {
        let mut hints = self.hints();
        for path in &paths {
            hints.open.remove(path);
        }
        drop(hints);
        self.mark(paths);
    }

    /// The system has lost count of what changed.
    pub(crate) fn overflow(&self) {
        self.overflows.fetch_add(1, Ordering::Relaxed);
        self.hints().open.clear();
        self.add(Scope::Everything);
    }

    /// How often the system lost count.
    pub(crate) fn overflows(&self) -> u64 {
        self.overflows.load(Ordering::Relaxed)
    }

    /// Adds what is to be looked at.
    pub(crate) fn add(&self, more: Scope) {
        if more.is_empty() {
            return;
        }
        let mut hints = self.hints();
        hints.scope = std::mem::take(&mut hints.scope).merge(more);
        drop(hints);
        self.marked.notify_one();
    }

    /// Takes all that was added; none where nothing was.
    pub(crate) fn take(&self) -> Option<Scope> {
        let taken = std::mem::take(&mut self.hints().scope);
        (!taken.is_empty()).then_some(taken)
    }

    /// Whether somebody has written to a file and not closed it.
    pub(crate) fn is_open(&self, path: &Path) -> bool {
        self.hints().open.contains(path)
    }

    /// Whether a path is to be looked at already.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        match &self.hints().scope {
            Scope::Everything => true,
            Scope::Paths(paths) => path.ancestors().any(|outer| paths.contains(outer)),
        }
    }

    /// Waits until something was added since the last wait. Cancelling it loses nothing.
    pub(crate) async fn marked(&self) {
        self.marked.notified().await;
    }

    /// The event of a cookie has come.
    pub(crate) fn cookie_seen(&self) {
        self.cookie.notify_one();
    }

    /// Waits until the event of a cookie has come.
    pub(crate) async fn cookie(&self) {
        self.cookie.notified().await;
    }

    fn hints(&self) -> MutexGuard<'_, Hints> {
        self.hints.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a path is another or lies below it.
pub(crate) fn covers(outer: &Path, inner: &Path) -> bool {
    inner.starts_with(outer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_swallows_paths() {
        let dirty = Dirty::default();
        dirty.mark([PathBuf::from("a"), PathBuf::from("a")]);
        assert_eq!(dirty.take(), Some(Scope::Paths([PathBuf::from("a")].into())));
        dirty.add(Scope::Everything);
        dirty.mark([PathBuf::from("b")]);
        assert_eq!(dirty.take(), Some(Scope::Everything));
        assert_eq!(dirty.take(), None);
    }

    #[test]
    fn a_folder_covers_what_is_below_it_and_not_its_namesakes() {
        assert!(covers(Path::new("a"), Path::new("a/b.md")));
        assert!(!covers(Path::new("a"), Path::new("ab.md")));
    }
}
