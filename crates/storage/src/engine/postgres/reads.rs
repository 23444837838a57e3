//! Statements that read a PostgreSQL database, while its server responds and while it does not.
//!
//! A statement that reads changes nothing, so it is repeated if its connection is lost. While the server does
//! not respond, reads fail at once instead of one timeout after another.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use passerelle_model::revision::RevisionNumber;
use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr, Statement, sqlx,
};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::fetch::{Rows, fetch_once};
use super::standby::Standby;
use crate::engine::fault::DatabaseErrorKind;

/// Maximum time to find out whether the server responds again.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// Reads of a process.
#[derive(Debug)]
pub(crate) struct Reads {
    primary: DatabaseConnection,
    standby: Option<Standby>,
    /// True if connections go through a pooler in transaction mode.
    is_pooled: bool,
    /// A lost connection can be followed by this many others that were lost at the same time.
    max_attempts: usize,
    is_down: watch::Sender<bool>,
    /// One permit: while the server is down, one read at a time tests it.
    probe: Semaphore,
}

impl Reads {
    /// Creates the reads of a pool with this number of connections.
    pub(super) fn new(
        primary: DatabaseConnection,
        connections: u32,
        is_pooled: bool,
        standby: Option<Standby>,
    ) -> Self {
        Self {
            primary,
            standby,
            is_pooled,
            max_attempts: connections as usize + 1,
            is_down: watch::Sender::new(false),
            probe: Semaphore::new(1),
        }
    }

    /// Returns the connections to the server that is written.
    pub(crate) fn primary(&self) -> &DatabaseConnection {
        &self.primary
    }

    pub(crate) fn standby(&self) -> Option<&Standby> {
        self.standby.as_ref()
    }

    /// Reads a revision: from the standby if it has that revision, otherwise from the primary.
    pub(crate) async fn fetch_at(
        &self,
        revision: RevisionNumber,
        statement: &Statement,
        rows: Rows,
        limit: Duration,
    ) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(standby) = self.standby.as_ref().filter(|standby| standby.has(revision))
            && let Some(fetched) = standby.fetch(statement, rows).await
        {
            return Ok(fetched);
        }
        self.fetch(statement, rows, limit).await
    }

    /// Reads from the primary.
    ///
    /// # Errors
    /// [`DatabaseErrorKind::Unreachable`] if the server does not respond within the limit, or did not respond
    /// to another statement.
    pub(crate) async fn fetch(
        &self,
        statement: &Statement,
        rows: Rows,
        limit: Duration,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.check_responds().await?;
        let mut is_down = self.is_down.subscribe();
        let fetched = tokio::select! {
            fetched = timeout(limit, self.fetch_repeatedly(statement, rows)) => fetched,
            // The follower of revisions found out meanwhile.
            _ = is_down.wait_for(|is_down| *is_down) => return Err(unreachable()),
        };
        let fetched = fetched.unwrap_or_else(|_| Err(unreachable())).map_err(without_overload);
        if let Err(error) = &fetched
            && DatabaseErrorKind::of(error) == Some(DatabaseErrorKind::Unreachable)
        {
            self.set_down();
        }
        fetched
    }

    /// Ends all reads that run, and lets others fail, until the server responds.
    pub(super) fn set_down(&self) {
        if !self.is_down.send_replace(true) {
            tracing::warn!("the database does not respond; reads that need it fail until it does");
        }
    }

    /// Tests the server if it did not respond before. One read does so, and all others fail at once.
    async fn check_responds(&self) -> Result<(), DbErr> {
        if !*self.is_down.borrow() {
            return Ok(());
        }
        let Ok(_permit) = self.probe.try_acquire() else { return Err(unreachable()) };
        let statement = Statement::from_string(DbBackend::Postgres, "SELECT 1");
        match timeout(PROBE_TIMEOUT, self.fetch_repeatedly(&statement, Rows::First)).await {
            Ok(Ok(_)) => {
                self.is_down.send_replace(false);
                tracing::info!("the database responds again");
                Ok(())
            }
            _ => Err(unreachable()),
        }
    }

    async fn fetch_repeatedly(&self, statement: &Statement, rows: Rows) -> Result<Vec<QueryResult>, DbErr> {
        let mut attempt = 1;
        loop {
            let fetched = fetch_once(&self.primary, self.is_pooled, statement, rows).await;
            match fetched {
                Err(error) if attempt < self.max_attempts && is_lost_connection(&error) => attempt += 1,
                fetched => return fetched,
            }
        }
    }
}

/// Returns true if the connection was lost. Another one can work. A pool that has no connection within its
/// time has tried all.
pub(super) fn is_lost_connection(error: &DbErr) -> bool {
    DatabaseErrorKind::of(error) == Some(DatabaseErrorKind::Unreachable) && !is_pool_timeout(error)
}

fn is_pool_timeout(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
}

/// A request has a connection of its own, so a pool without a free one means that the server does not accept
/// connections, not that there are too many requests.
fn without_overload(error: DbErr) -> DbErr {
    if is_pool_timeout(&error) { unreachable() } else { error }
}

/// Returns the error of a server that does not respond.
pub(super) fn unreachable() -> DbErr {
    let error = io::Error::new(io::ErrorKind::TimedOut, "the server does not respond");
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(error))))
}
