//! Progress of a pass.

use std::sync::Arc;

/// Progress of a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files that were read and stored.
    pub completed: usize,
    /// Files to read in the pass.
    pub total: usize,
}

/// Called with the progress after each transaction.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;
