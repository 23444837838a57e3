//! Credentials and request channel of the admin API.

use passerelle_http_common::token::BearerToken;
use passerelle_model::sync::SyncOutcome;
use tokio::sync::{mpsc, oneshot};

/// Access to the admin API.
#[derive(Clone, Debug)]
pub struct AdminAccess {
    /// Bearer token that `Authorization` must contain.
    pub token: BearerToken,
    /// Requests a full scan of the content folder. The watcher answers each request once through its
    /// `oneshot` sender.
    pub sync_requests: mpsc::Sender<oneshot::Sender<SyncOutcome>>,
}
