//! The latest revision that this process knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// The latest revision, with the oldest one that can be read. SQL of both engines.
const LATEST: &str = "SELECT number, at, (SELECT pruned_revision FROM meta) AS pruned FROM revision
    ORDER BY number DESC LIMIT 1";

/// Latest revision that this process knows, with its subscribers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct LatestRevision {
    sender: watch::Sender<Revision>,
    /// Oldest revision that can be read. Another process can prune without a new revision.
    pruned: Arc<AtomicI64>,
}

impl LatestRevision {
    /// Reads the latest revision from the database.
    pub(crate) async fn load(connection: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let (revision, pruned) = query(connection).await?;
        Ok(Self { sender: watch::Sender::new(revision), pruned: Arc::new(AtomicI64::new(pruned)) })
    }

    /// Returns the known revision without a statement.
    pub(crate) fn get(&self) -> Revision {
        *self.sender.borrow()
    }

    /// Returns the oldest revision that can be read, as far as this process knows.
    pub(crate) fn pruned(&self) -> RevisionNumber {
        RevisionNumber::new(self.pruned.load(Ordering::SeqCst))
    }

    /// Subscribes to newer revisions. A subscriber can miss a revision that another one follows at once.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Revision> {
        self.sender.subscribe()
    }

    /// Sets the revision after its commit. Does nothing if a newer one is known.
    pub(crate) fn notify(&self, revision: Revision) {
        self.sender.send_if_modified(|latest| {
            // A reader can read the database before, and notify after, another revision was published.
            let is_newer = revision.number > latest.number;
            if is_newer {
                *latest = revision;
            }
            is_newer
        });
    }

    /// Reads the latest committed revision from the database. Returns the known one if that is newer.
    pub(crate) async fn refresh(&self, connection: &impl ConnectionTrait) -> Result<Revision, DbErr> {
        let (revision, pruned) = query(connection).await?;
        self.pruned.fetch_max(pruned, Ordering::SeqCst);
        self.notify(revision);
        Ok(self.get())
    }

    /// Reads the latest committed revision at an interval, until the future is dropped.
    pub(crate) async fn refresh_at_intervals(&self, connection: &impl ConnectionTrait, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.refresh(connection).await {
                tracing::debug!(%error, "cannot read the latest revision");
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    number: i64,
    at: i64,
    pruned: i64,
}

/// Returns the latest committed revision and the oldest one that can be read. Their numbers are 0 if nothing
/// is published yet.
async fn query(connection: &impl ConnectionTrait) -> Result<(Revision, i64), DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), LATEST);
    let row = Row::find_by_statement(statement).one(connection).await?;
    let read = |row: Row| {
        let (number, at) = (RevisionNumber::new(row.number), Timestamp::from_millis(row.at));
        (Revision { number, at }, row.pruned)
    };
    Ok(row.map(read).unwrap_or_default())
}
