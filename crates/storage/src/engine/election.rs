//! Candidate of the election. Only a database on a server has several processes.

use std::time::Duration;

use passerelle_model::sync::SyncStatus;

use super::postgres;
use crate::error::StorageError;

/// Epoch of the one process of a SQLite file. Nothing compares it.
const ONLY_EPOCH: i64 = 1;

/// Candidate of the election.
#[derive(Debug)]
pub(crate) enum Candidate {
    /// The one process of a SQLite file.
    Sqlite,
    Postgres(Box<postgres::election::Candidate>),
}

impl Candidate {
    /// Tries once to become the leader. Returns the epoch of the new leader.
    pub(crate) async fn attempt(&mut self, handicap: Duration) -> Result<Option<i64>, StorageError> {
        match self {
            Self::Sqlite => Ok(Some(ONLY_EPOCH)),
            Self::Postgres(candidate) => candidate.attempt(handicap).await,
        }
    }

    /// Extends the lease, and reports the state if there is one. Returns the number of the latest request for
    /// a full scan.
    pub(crate) async fn beat(&mut self, status: Option<&SyncStatus>) -> Result<i64, StorageError> {
        match self {
            Self::Sqlite => Ok(0),
            Self::Postgres(candidate) => candidate.beat(status).await,
        }
    }

    /// Returns the epoch. 0 if the process does not lead.
    pub(crate) fn epoch(&self) -> i64 {
        match self {
            Self::Sqlite => 0,
            Self::Postgres(candidate) => candidate.epoch(),
        }
    }

    /// Ends the lease.
    pub(crate) async fn resign(&mut self) {
        match self {
            Self::Sqlite => {}
            Self::Postgres(candidate) => candidate.resign().await,
        }
    }
}
