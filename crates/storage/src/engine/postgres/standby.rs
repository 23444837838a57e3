//! Reads from a hot standby.
//!
//! A standby repeats the writes of the primary a little later. It is read only for revisions that it has:
//! what a process served once it never serves in an older state.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle_model::revision::RevisionNumber;
use sea_orm::{DatabaseConnection, DbBackend, QueryResult, Statement};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::fetch::{Rows, fetch_once};
use crate::latest_revision::LatestRevision;

/// Latest revision of the standby.
const LATEST: &str = "SELECT COALESCE(max(number), 0) FROM revision";
/// Value of a standby that is not read.
const NOT_READ: i64 = -1;
/// First interval at which a standby that is behind is read. Replication usually takes some milliseconds.
const FIRST_INTERVAL: Duration = Duration::from_millis(10);
/// Longest interval, for a standby that is far behind or away.
const MAX_INTERVAL: Duration = Duration::from_secs(2);
/// Maximum time of a statement. The primary is read instead.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(3);

/// Hot standby that is read. One server: of two servers behind one address, one can be older than the other.
#[derive(Debug)]
pub(crate) struct Standby {
    pool: DatabaseConnection,
    is_pooled: bool,
    /// Latest revision that the standby is known to have.
    revision: AtomicI64,
    failed: watch::Sender<u64>,
}

impl Standby {
    pub(super) fn new(pool: DatabaseConnection, is_pooled: bool) -> Self {
        Self { pool, is_pooled, revision: AtomicI64::new(NOT_READ), failed: watch::Sender::new(0) }
    }

    /// Returns true if the standby has a revision.
    pub(super) fn has(&self, revision: RevisionNumber) -> bool {
        self.revision.load(Ordering::SeqCst) >= revision.get()
    }

    /// Reads from the standby. Returns `None` if it fails: the primary is read then, and the standby when its
    /// revision is known again.
    pub(super) async fn fetch(&self, statement: &Statement, rows: Rows) -> Option<Vec<QueryResult>> {
        match timeout(STATEMENT_TIMEOUT, fetch_once(&self.pool, self.is_pooled, statement, rows)).await {
            Ok(Ok(fetched)) => return Some(fetched),
            Ok(Err(error)) => tracing::debug!(%error, "cannot read the standby"),
            Err(_) => tracing::debug!("the standby does not respond"),
        }
        // A standby that restarts begins a little before the state that it had.
        self.revision.store(NOT_READ, Ordering::SeqCst);
        self.failed.send_modify(|count| *count += 1);
        None
    }

    /// Learns which revision the standby has, until the future is dropped.
    pub(super) async fn follow(&self, latest: &LatestRevision) {
        let (mut newer, mut failed) = (latest.subscribe(), self.failed.subscribe());
        let mut interval = FIRST_INTERVAL;
        loop {
            let known = newer.borrow_and_update().number;
            failed.mark_unchanged();
            self.read_revision().await;
            if self.has(known) {
                interval = FIRST_INTERVAL;
                tokio::select! {
                    changed = newer.changed() => if changed.is_err() { return },
                    _ = failed.changed() => {}
                }
            } else {
                sleep(interval).await;
                interval = (interval * 2).min(MAX_INTERVAL);
            }
        }
    }

    async fn read_revision(&self) {
        let statement = Statement::from_string(DbBackend::Postgres, LATEST);
        let fetched = self.fetch(&statement, Rows::First).await;
        let number = fetched.and_then(|rows| rows.first()?.try_get_by_index(0).ok());
        self.revision.store(number.unwrap_or(NOT_READ), Ordering::SeqCst);
    }

    pub(crate) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }
}
