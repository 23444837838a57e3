//! Task that synchronises the folder while this process leads, and follows the leader otherwise.

mod leader_status;
mod sync_requests;

use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use passerelle_model::sync::{SyncOutcome, SyncRole, SyncStatus};
use passerelle_storage::{Election, Epoch, Storage, SyncRequestNumber};
use passerelle_watcher::{Clock, SyncRequest, Worker, WorkerOptions};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use leader_status::LeaderStatus;
use sync_requests::WaitingRequests;

/// Interval at which a follower reads the state of the leader. Notifications make it known sooner.
const READ_INTERVAL: Duration = Duration::from_secs(2);
/// Attempts to become the leader before the process is a follower. A restarted process usually finds its old
/// lock released at the second attempt.
const FIRST_ATTEMPTS: u32 = 2;
/// Time between these attempts.
const FIRST_ATTEMPT_INTERVAL: Duration = Duration::from_millis(250);
/// Time for which a process without the folder lets others lead first.
const ELECTION_DELAY_WITHOUT_FOLDER: Duration = Duration::from_secs(5);
/// Time that the worker has for its last transaction after another process was elected. The fence rejects it.
/// As long as a lease: by then the server has ended the transaction too.
const LAST_WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest random addition to the interval between attempts. It spreads the followers over time.
const MAX_JITTER_MILLIS: u64 = 100;
/// Number of requests for full scans that wait for the worker. Further ones wait in the sender.
const QUEUED_REQUESTS: usize = 16;

/// Task that leads or follows.
pub(crate) struct SyncTask {
    pub(crate) storage: Storage,
    pub(crate) folder: PathBuf,
    pub(crate) options: WorkerOptions,
    pub(crate) clock: Clock,
    /// Name of this process.
    pub(crate) name: String,
    /// True if this process takes part in the election.
    pub(crate) can_lead: bool,
    pub(crate) status: watch::Sender<SyncStatus>,
    pub(crate) requests: mpsc::Receiver<SyncRequest>,
}

impl SyncTask {
    /// Returns the status of a process whose part is not decided yet.
    pub(crate) fn initial_status() -> SyncStatus {
        SyncStatus { role: SyncRole::Follower, ..SyncStatus::default() }
    }

    /// Leads and follows until the token is cancelled. A running scan is finished first.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut election = self.storage.join_election(&self.name);
        let mut waiting = WaitingRequests::default();
        let mut leads = self.can_lead && self.first_attempts(&mut election).await;
        while !stop.is_cancelled() {
            if !leads && !self.follow(&mut election, &mut waiting, &stop).await {
                break;
            }
            leads = false;
            self.lead(&mut election, &mut waiting, &stop).await?;
            election.resign().await;
        }
        Ok(())
    }

    async fn first_attempts(&self, election: &mut Election) -> bool {
        for attempt in 1..=FIRST_ATTEMPTS {
            match election.attempt(election_delay(self.folder.clone()).await).await {
                Ok(true) => return true,
                Ok(false) if attempt < FIRST_ATTEMPTS => sleep(FIRST_ATTEMPT_INTERVAL).await,
                Ok(false) => {}
                Err(error) => {
                    tracing::debug!(%error, "cannot take part in the election");
                    return false;
                }
            }
        }
        false
    }

    /// Follows the leader. Returns true when this process is the leader, and false when it stops.
    async fn follow(
        &mut self,
        election: &mut Election,
        waiting: &mut WaitingRequests,
        stop: &CancellationToken,
    ) -> bool {
        let mut leader = LeaderStatus::new(self.status.clone(), self.clock.clone());
        let mut reports = self.storage.subscribe_leader();
        let mut ticks = interval(READ_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (can_lead, folder) = (self.can_lead, self.folder.clone());
        let mut elected = pin!(async {
            if can_lead {
                election.wait_until_elected(|| election_delay(folder.clone()), election_jitter).await;
            } else {
                std::future::pending::<()>().await;
            }
        });
        loop {
            tokio::select! {
                () = stop.cancelled() => return false,
                () = &mut elected => return true,
                _ = ticks.tick() => {}
                _ = reports.changed() => {}
                Some(request) = self.requests.recv() => {
                    waiting.ask(&self.storage, request).await;
                    continue;
                }
            }
            let record = self.storage.leader_record().await;
            leader.update(record.as_ref());
            if let Ok(record) = record {
                let status = self.status.borrow().clone();
                waiting.complete(&self.storage, &record, &status).await;
            }
        }
    }

    /// Synchronises the folder until another process leads, the database is lost, or the token is cancelled.
    async fn lead(
        &mut self,
        election: &mut Election,
        waiting: &mut WaitingRequests,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        self.log_lead(election.epoch());
        self.status.send_replace(SyncStatus {
            role: SyncRole::Leader,
            leader: Some(self.name.clone()),
            ..SyncStatus::default()
        });
        let (sender, receiver) = mpsc::channel(QUEUED_REQUESTS);
        let (folder, clock, options) = (&self.folder, self.clock.clone(), self.options.clone());
        let worker =
            Worker::new(folder, self.storage.clone(), clock, options, self.status.clone(), receiver)?;
        let worker_stop = stop.child_token();
        let requested = watch::Sender::new(SyncRequestNumber::default());
        let mut numbers = requested.subscribe();
        let mut of_followers = FollowerRequests::new(self.storage.clone(), sender.clone());
        waiting.forward_to(&sender);
        let mut run = worker.run(worker_stop.clone());
        let mut lost = pin!(election.hold_lease(self.status.subscribe(), &requested));
        loop {
            tokio::select! {
                () = &mut run => break,
                reason = &mut lost => {
                    tracing::info!(sync.role = "follower", sync.reason = %reason, "no longer leads the synchronisation");
                    worker_stop.cancel();
                    // A database that stopped responding in a transaction would block it for ever. The pool
                    // closes the connection of a transaction that is dropped.
                    if timeout(LAST_WRITE_TIMEOUT, &mut run).await.is_err() {
                        tracing::warn!("a write was abandoned: the database does not respond");
                    }
                    break;
                }
                Some(()) = forward(&mut self.requests, &sender) => {}
                Ok(()) = numbers.changed() => {
                    let number = *numbers.borrow_and_update();
                    of_followers.ask(number).await;
                }
                outcome = of_followers.completed() => of_followers.report(outcome).await,
            }
        }
        Ok(())
    }

    /// Logs that this process leads. Not with SQLite, where there is no election.
    fn log_lead(&self, epoch: Option<Epoch>) {
        if let Some(epoch) = epoch {
            tracing::info!(
                sync.role = "leader",
                sync.leader = self.name,
                sync.epoch = epoch.get(),
                "leads the synchronisation"
            );
        }
    }
}

/// Returns a random addition to the interval between attempts. The seeds of hash maps are the only
/// randomness of the standard library.
fn election_jitter() -> Duration {
    Duration::from_millis(RandomState::new().hash_one(()) % MAX_JITTER_MILLIS)
}

/// A process that cannot read the folder leads only if no other one does.
async fn election_delay(folder: PathBuf) -> Duration {
    let listed = tokio::task::spawn_blocking(move || std::fs::read_dir(folder).is_ok()).await;
    if listed.unwrap_or(false) { Duration::ZERO } else { ELECTION_DELAY_WITHOUT_FOLDER }
}

/// Forwards the next request to the worker, when it has room. Returns `None` if no request can arrive.
async fn forward(
    requests: &mut mpsc::Receiver<SyncRequest>,
    worker: &mpsc::Sender<SyncRequest>,
) -> Option<()> {
    let permit = worker.reserve().await.ok()?;
    permit.send(requests.recv().await?);
    Some(())
}

/// Requests of followers for full scans. One scan answers all requests up to a number.
struct FollowerRequests {
    storage: Storage,
    worker: mpsc::Sender<SyncRequest>,
    /// Number of the request that the running scan answers.
    running: Option<(SyncRequestNumber, oneshot::Receiver<SyncOutcome>)>,
    latest: SyncRequestNumber,
    completed: SyncRequestNumber,
}

impl FollowerRequests {
    fn new(storage: Storage, worker: mpsc::Sender<SyncRequest>) -> Self {
        let none = SyncRequestNumber::default();
        Self { storage, worker, running: None, latest: none, completed: none }
    }

    /// Asks the worker for a scan that answers all requests up to a number.
    async fn ask(&mut self, number: SyncRequestNumber) {
        self.latest = number;
        if number <= self.completed {
            return;
        }
        if self.completed == SyncRequestNumber::default() {
            // The leader before this one answered some of them.
            let record = self.storage.leader_record().await;
            self.completed = record.map(|record| record.completed).unwrap_or_default();
        }
        if self.running.is_none() && self.latest > self.completed {
            let (reply, outcome) = oneshot::channel();
            // The queue is full of other requests, or the worker has ended. The next heartbeat asks again.
            if self.worker.try_send(reply).is_ok() {
                self.running = Some((self.latest, outcome));
            }
        }
    }

    /// Waits for the result of the running scan.
    async fn completed(&mut self) -> Option<SyncOutcome> {
        match &mut self.running {
            Some((_, outcome)) => outcome.await.ok(),
            None => std::future::pending().await,
        }
    }

    /// Reports a result to the followers, and asks for the next scan if there are newer requests.
    async fn report(&mut self, outcome: Option<SyncOutcome>) {
        let Some((number, _)) = self.running.take() else { return };
        if let Some(outcome) = outcome {
            match self.storage.complete_sync(number, &outcome).await {
                Ok(()) => self.completed = number,
                // The next heartbeat asks for another scan.
                Err(error) => {
                    tracing::warn!(%error, "cannot report a scan to the process that asked for it");
                    return;
                }
            }
        }
        self.ask(self.latest).await;
    }
}
