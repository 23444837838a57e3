//! Server of an open database, for what several processes share.

use std::sync::atomic::AtomicI64;

use tokio::sync::Notify;

use super::election::Candidate;
use super::follow::Follower;
use super::url::Target;
use crate::engine::read_pool::ReadPool;
use crate::latest_revision::LatestRevision;
use crate::term::Signals;

/// Server of an open database.
pub(crate) struct Server {
    /// Address without a pooler, for locks of sessions and for notifications.
    pub(super) direct: Target,
    /// True if the connections of the pools go through a pooler in transaction mode.
    pub(super) is_pooled: bool,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The options contain the password.
        f.debug_struct("Server").field("name", &self.direct.name).finish_non_exhaustive()
    }
}

impl Server {
    pub(crate) fn candidate(&self, name: &str) -> Candidate {
        Candidate::new(&self.direct, name)
    }

    /// Follows the revisions and the state of other processes until the future is dropped.
    pub(crate) async fn follow(&self, reads: &ReadPool, latest: &LatestRevision, signals: &Signals) {
        let notified = AtomicI64::new(0);
        let follower =
            Follower { target: &self.direct, reads, latest, signals, notified, is_deaf: Notify::new() };
        follower.run().await;
    }
}
