//! Election of the process that publishes, and the fence that keeps a replaced leader from writing.
//!
//! A lock decides quickly, a lease notices a leader that is frozen or cut off, and the epoch is safe: each
//! write transaction of a leader checks it, and a take-over increases it.

use std::time::Duration;

use passerelle_model::sync::{SyncOutcome, SyncStatus};
use sea_orm::DatabaseTransaction;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::connect::Storage;
use crate::engine::Candidate;
use crate::error::StorageError;
use crate::term::{Epoch, LeaderRecord, SyncRequestNumber, Term};

/// Interval of the attempts of a follower. A killed leader is replaced after about this time.
const ATTEMPT_INTERVAL: Duration = Duration::from_millis(250);
/// Interval of the heartbeats of a leader. A fifth of the lease: a few slow statements do not end it.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(2);
/// Minimum time between two reports of the state. It bounds the statements of a leader that is busy.
const STATUS_INTERVAL: Duration = Duration::from_millis(100);

/// Participation of this process in the election.
#[derive(Debug)]
pub struct Election {
    storage: Storage,
    candidate: Candidate,
}

impl Storage {
    /// Takes part in the election under a name. From now on this process publishes only while it leads.
    ///
    /// A process with a SQLite file always leads.
    pub fn join_election(&self, name: &str) -> Election {
        self.leadership.end();
        Election { storage: self.clone(), candidate: self.engine.candidate(name) }
    }

    /// Starts a transaction that publishes. It excludes all other writers until it ends.
    ///
    /// # Errors
    /// [`StorageError::NotLeader`] if another process leads, or has led since this one was elected.
    pub(crate) async fn begin_publishing(&self) -> Result<DatabaseTransaction, StorageError> {
        self.engine.begin(&self.write_pool, Some(self.leadership.term()?)).await
    }

    /// Reads the state of the leader.
    pub async fn leader_record(&self) -> Result<LeaderRecord, StorageError> {
        self.engine.leader_record(&self.read_pool).await
    }

    /// Asks the leader for a full scan. Returns the number of the request.
    pub async fn request_sync(&self) -> Result<SyncRequestNumber, StorageError> {
        self.engine.request_sync(&self.write_pool).await
    }

    /// Records the result of all requests up to this number. Does nothing if another process leads.
    pub async fn complete_sync(
        &self,
        number: SyncRequestNumber,
        outcome: &SyncOutcome,
    ) -> Result<(), StorageError> {
        match self.leadership.term()? {
            Term::Epoch(epoch) => self.engine.complete_sync(&self.write_pool, epoch, number, outcome).await,
            Term::Outside => Ok(()),
        }
    }

    /// Learns of the revisions of other processes until the future is dropped. Never returns.
    pub async fn follow(&self) {
        self.engine.follow(&self.read_pool, &self.latest_revision, &self.signals).await;
    }

    /// Returns a channel that changes when the leader reports its state.
    pub fn subscribe_leader(&self) -> watch::Receiver<u64> {
        self.signals.status.subscribe()
    }
}

impl Election {
    /// Tries once to become the leader. Returns true if this process leads now.
    ///
    /// With a `delay`, it takes over only from a leader whose lease ended this long ago, so that other
    /// processes go first.
    pub async fn attempt(&mut self, delay: Duration) -> Result<bool, StorageError> {
        let epoch = self.candidate.attempt(delay).await?;
        if let Some(epoch) = epoch {
            self.storage.leadership.begin(epoch);
        }
        Ok(epoch.is_some())
    }

    /// Waits until this process leads. `delay` is called before each attempt, and `jitter` after it: the next
    /// attempt is later by so much.
    pub async fn wait_until_elected<H: Future<Output = Duration>>(
        &mut self,
        delay: impl Fn() -> H,
        jitter: impl Fn() -> Duration,
    ) {
        let mut logged = String::new();
        loop {
            match self.attempt(delay().await).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    let reason = error.to_string();
                    if reason != logged {
                        tracing::warn!(sync.reason = reason, "cannot take part in the election");
                        logged = reason;
                    }
                }
            }
            sleep(ATTEMPT_INTERVAL + jitter()).await;
        }
    }

    /// Returns the epoch of this leader. `None` if this process does not lead, or needs no epoch.
    pub fn epoch(&self) -> Option<Epoch> {
        self.candidate.epoch()
    }

    /// Keeps the lease and reports the state until another process leads or the database is lost. Returns the
    /// reason. Sends the number of the latest request for a full scan to `requested`, with each
    /// heartbeat.
    pub async fn hold_lease(
        &mut self,
        mut status: watch::Receiver<SyncStatus>,
        requested: &watch::Sender<SyncRequestNumber>,
    ) -> StorageError {
        let mut requests = self.storage.signals.request.subscribe();
        status.mark_changed();
        let mut reported = Instant::now();
        loop {
            let is_new = status.has_changed().unwrap_or(false);
            let report = is_new.then(|| status.borrow_and_update().clone());
            match self.candidate.heartbeat(report.as_ref()).await {
                Ok(number) => {
                    requested.send_replace(number);
                }
                Err(error) => {
                    self.storage.leadership.end();
                    return error;
                }
            }
            if is_new {
                reported = Instant::now();
            }
            let next_beat = sleep(HEARTBEAT_INTERVAL);
            let changed = async {
                // Without a sender the worker has ended, and only the lease is kept.
                if status.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                status.mark_changed();
                sleep_until(reported + STATUS_INTERVAL).await;
            };
            tokio::select! {
                () = next_beat => {}
                () = changed => {}
                _ = requests.changed() => {}
            }
        }
    }

    /// Lets another process lead at once. Call it after the last write.
    pub async fn resign(&mut self) {
        self.storage.leadership.end();
        self.candidate.resign().await;
    }
}
