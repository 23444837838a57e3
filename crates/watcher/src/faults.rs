//! What goes wrong on purpose, in tests.

use std::io;
use std::path::{Path, PathBuf};

/// Stands between the worker and the system, and lets less through than there is.
pub trait Faults: Send + Sync {
    /// What the worker is told now of an event of these paths: fewer, others that were held back, or all of them.
    fn hints(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        paths
    }

    /// Whether a file or folder can be looked at, by its path below the folder.
    fn look(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// How many folders can be watched.
    fn most_watches(&self) -> usize {
        usize::MAX
    }
}

/// Nothing goes wrong on purpose.
pub(crate) struct None;

impl Faults for None {}
