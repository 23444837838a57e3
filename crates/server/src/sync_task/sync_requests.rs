//! Requests for full scans that a follower passes on to the leader.

use std::time::Duration;

use passerelle_model::sync::{SyncOutcome, SyncStatus};
use passerelle_storage::{LeaderRecord, Storage, SyncRequestNumber};
use passerelle_watcher::SyncRequest;
use tokio::sync::mpsc;

use super::leader_status::is_abandoned;

/// Time without a leader after which a request fails. It is longer than an election takes.
const TIMEOUT_WITHOUT_LEADER: Duration = Duration::from_secs(20);

/// Requests that the leader has not answered yet, with their numbers.
#[derive(Default)]
pub(super) struct WaitingRequests(Vec<(SyncRequestNumber, SyncRequest)>);

impl WaitingRequests {
    /// Passes a request on to the leader.
    pub(super) async fn ask(&mut self, storage: &Storage, request: SyncRequest) {
        match storage.request_sync().await {
            Ok(number) => self.0.push((number, request)),
            Err(error) => {
                tracing::warn!(%error, "cannot ask the leader for a scan");
                drop(request.send(SyncOutcome { revision: None, problems: Vec::new() }));
            }
        }
    }

    /// Answers the requests that the leader has answered, once this process serves the result.
    pub(super) async fn complete(&mut self, storage: &Storage, record: &LeaderRecord, status: &SyncStatus) {
        let is_abandoned = is_abandoned(record, TIMEOUT_WITHOUT_LEADER);
        if !self.0.iter().any(|(number, _)| *number <= record.completed || is_abandoned) {
            return;
        }
        // The answer is sent only when this process knows the revision.
        if storage.latest().await.is_err() {
            return;
        }
        for (number, request) in std::mem::take(&mut self.0) {
            let outcome = match &record.outcome {
                Some(outcome) if number <= record.completed => outcome.clone(),
                _ if number <= record.completed || is_abandoned => {
                    SyncOutcome { revision: None, problems: status.problems.clone() }
                }
                _ => {
                    self.0.push((number, request));
                    continue;
                }
            };
            // The requester may be gone.
            drop(request.send(outcome));
        }
    }

    /// Gives all requests to the worker of this process, which leads now. Those that do not fit fail.
    pub(super) fn forward_to(&mut self, worker: &mpsc::Sender<SyncRequest>) {
        for (_, request) in self.0.drain(..) {
            drop(worker.try_send(request));
        }
    }
}
