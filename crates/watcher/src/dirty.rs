//! What may be different from what is stored: a set, not a queue, so that nothing overflows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::defaults::folder_of;
use crate::scan::{accepted_by, accepts_of};

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
    scope: Mutex<Scope>,
    marked: Notify,
}

impl Dirty {
    /// Adds paths.
    pub(crate) fn mark(&self, paths: impl IntoIterator<Item = PathBuf>) {
        self.add(Scope::Paths(paths.into_iter().collect()));
    }

    /// Adds what is to be looked at.
    pub(crate) fn add(&self, more: Scope) {
        if more.is_empty() {
            return;
        }
        let mut scope = self.scope.lock().unwrap_or_else(PoisonError::into_inner);
        *scope = std::mem::take(&mut *scope).merge(more);
        drop(scope);
        self.marked.notify_one();
    }

    /// Takes all that was added; none where nothing was.
    pub(crate) fn take(&self) -> Option<Scope> {
        let mut scope = self.scope.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::take(&mut *scope);
        (!taken.is_empty()).then_some(taken)
    }

    /// Waits until something was added since the last wait. Cancelling it loses nothing.
    pub(crate) async fn marked(&self) {
        self.marked.notified().await;
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
