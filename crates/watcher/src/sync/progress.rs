//! Progress of a pass.

use std::sync::Arc;

/// Progress of a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files that were read and stored.
    pub completed: usize,
    /// Files that are to be.
    pub total: usize,
}

/// Is told how far a pass has come, after each transaction.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;
