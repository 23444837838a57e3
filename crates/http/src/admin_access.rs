//! Credentials and request channel of the admin API.

use passerelle_model::sync::SyncOutcome;
use tokio::sync::{mpsc, oneshot};

/// Access to the admin API.
#[derive(Clone)]
pub struct AdminAccess {
    /// Bearer token that `Authorization` must contain.
    pub token: String,
    /// Requests a full scan of the content folder. The watcher answers each request once through its
    /// `oneshot` sender.
    pub sync_requests: mpsc::Sender<oneshot::Sender<SyncOutcome>>,
}

impl std::fmt::Debug for AdminAccess {
    /// Omits the token, so that no log contains it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AdminAccess")
    }
}
