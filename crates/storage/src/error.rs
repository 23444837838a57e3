//! Errors of the storage crate.

use std::path::PathBuf;

use sea_orm::{ConnAcquireErr, DbErr};
use thiserror::Error;

use crate::engine::fault::DatabaseErrorKind;

/// Error of a storage call.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Unusable(String),
    /// A newer version of this program created the tables.
    #[error(
        "the database {database} is of a newer version of passerelle (this one does not know {migration}): {advice}"
    )]
    NewerSchema {
        /// Path of the file, or name and server of the database.
        database: String,
        /// Name of the latest migration.
        migration: String,
        /// What the operator can do.
        advice: &'static str,
    },
    /// The file is not a database, or its pages are inconsistent.
    #[error(
        "the database {file} is damaged ({detail}): restore a backup, or run `passerelle serve --rebuild` to rename it \
         and rebuild it from the folder"
    )]
    Damaged {
        /// Path of the database file.
        file: PathBuf,
        /// Message of SQLite.
        detail: String,
    },
    /// A copy or a backup was not made. The text says why, and what to do.
    #[error("{0}")]
    NotCopied(String),
    /// A migration failed.
    #[error("cannot migrate the database: {0}")]
    Migration(#[source] DatabaseError),
    /// A statement failed. A retry can succeed.
    #[error("the database failed: {0}")]
    Database(#[source] DatabaseError),
    /// The database file is no longer at its path.
    #[error("the database file {file} is missing, and nothing can be written: restore it")]
    FileMissing {
        /// Path of the database file.
        file: PathBuf,
    },
    /// Another file replaced the database file.
    #[error("the database file {file} was replaced by another file: restore the original file, or restart")]
    FileReplaced {
        /// Path of the database file.
        file: PathBuf,
    },
    /// Another process leads. Nothing is written.
    #[error("another process synchronises this database, and this one may not publish")]
    NotLeader,
    /// A command publishes, but a running process leads.
    #[error(
        "the process {leader} synchronises this database: run `passerelle sync --wait` to ask it for a scan, or stop it"
    )]
    OtherLeader {
        /// Name of the leader.
        leader: String,
    },
    /// A stored value is invalid, because of a defect or a manual change of the database.
    #[error("invalid value in column {column} of row {key} in table {table}: {detail}")]
    InvalidValue {
        /// Name of the table.
        table: &'static str,
        /// Key of the row.
        key: String,
        /// Name of the column.
        column: &'static str,
        /// Description of the invalid value.
        detail: String,
    },
    /// A computation on a thread of its own panicked, or the service stops.
    #[error("a computation in the storage failed: {0}")]
    Computation(#[from] tokio::task::JoinError),
}

/// Error of the database engine. The library that reports it is private to this crate.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct DatabaseError(#[from] DbErr);

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        Self::Database(DatabaseError(error))
    }
}

impl StorageError {
    /// Returns true if another process leads. A retry is of no use until this process is elected again.
    pub fn is_lost_leadership(&self) -> bool {
        matches!(self, Self::NotLeader)
    }

    /// The migrations failed.
    pub(crate) fn migration(error: DbErr) -> Self {
        Self::Migration(DatabaseError(error))
    }

    /// The database cannot be opened. The message says why, and what to do.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self::Unusable(message.into())
    }

    /// The tables are of an earlier version, and this command does not migrate.
    pub(crate) fn older_schema() -> Self {
        Self::unusable("the database schema is of another version; run `passerelle migrate`")
    }

    /// Returns true if no read connection became free in time. The database itself did not fail.
    pub fn is_overload(&self) -> bool {
        matches!(self, Self::Database(DatabaseError(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))))
    }

    /// Returns true if the server of the database does not respond. A retry succeeds when it does.
    pub fn is_unavailable(&self) -> bool {
        !self.is_overload() && self.fault() == Some(DatabaseErrorKind::Unreachable)
    }

    /// Returns the cause that SQLite or PostgreSQL reported. `None` for an error that neither of them
    /// reported, and for one with another cause.
    pub fn fault(&self) -> Option<DatabaseErrorKind> {
        match self {
            Self::Damaged { .. } => Some(DatabaseErrorKind::Damaged),
            Self::Migration(DatabaseError(error)) | Self::Database(DatabaseError(error)) => {
                DatabaseErrorKind::of(error)
            }
            Self::Unusable(_)
            | Self::NewerSchema { .. }
            | Self::NotCopied(_)
            | Self::FileMissing { .. }
            | Self::FileReplaced { .. }
            | Self::NotLeader
            | Self::OtherLeader { .. }
            | Self::InvalidValue { .. }
            | Self::Computation(_) => None,
        }
    }
}
