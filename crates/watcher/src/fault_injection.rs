//! Fault injection for tests.

use std::io;
use std::path::{Path, PathBuf};

/// Stands between the worker and the system, and lets less through than there is.
pub trait FaultInjector: Send + Sync {
    /// Returns the paths that are delivered for an event: a subset, delayed ones, or all.
    fn deliver_events(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        paths
    }

    /// Whether a file or folder can be looked at, by its path below the folder.
    fn check_access(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Returns the maximum number of watches.
    fn max_watches(&self) -> usize {
        usize::MAX
    }
}

/// Nothing goes wrong on purpose.
pub(crate) struct NoFaults;

impl FaultInjector for NoFaults {}
