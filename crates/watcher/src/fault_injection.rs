//! What goes wrong on purpose, in tests.

use std::io;
use std::path::{Path, PathBuf};

/// Stands between the worker and the system, and lets less through than there is.
pub trait FaultInjector: Send + Sync {
    /// What the worker is told now of an event of these paths: fewer, others that were held back, or all of them.
    fn deliver_events(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        paths
    }

    /// Whether a file or folder can be looked at, by its path below the folder.
    fn check_access(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// How many folders can be watched.
    fn max_watches(&self) -> usize {
        usize::MAX
    }
}

/// Nothing goes wrong on purpose.
pub(crate) struct NoFaults;

impl FaultInjector for NoFaults {}
