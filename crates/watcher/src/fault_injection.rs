//! Fault injection for tests.

use std::io;
use std::path::{Path, PathBuf};

/// Hooks between the worker and the operating system. Tests lose events, deny access and delay work with
/// them.
pub trait FaultInjector: Send + Sync {
    /// Returns the paths that are delivered for an event: a subset, delayed ones, or all.
    fn deliver_events(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        paths
    }

    /// Returns an error if access to a file or folder is denied. The path is relative to the content folder.
    fn check_access(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Called before an image is decoded, on the thread that decodes it.
    fn before_decode(&self, _path: &Path) {}

    /// Returns the maximum number of watches.
    fn max_watches(&self) -> usize {
        usize::MAX
    }
}

/// Injects no faults.
pub(crate) struct NoFaults;

impl FaultInjector for NoFaults {}
