//! Errors of a pass.

use std::io;
use std::path::PathBuf;

use passerelle_model::sync::ProblemKind;
use passerelle_storage::{DatabaseErrorKind, StorageError};
use thiserror::Error;

use crate::status::problem::ProblemDetail;

/// Reason why a pass failed. The published content stays.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The folder is missing or cannot be read. This is never treated as an empty folder.
    #[error("the folder {path} cannot be read: {source}")]
    FolderUnreadable {
        /// The folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// The folder is unexpectedly empty: it is not mounted, or it is the wrong folder.
    #[error("the folder {path} is empty, but {documents} of its documents are published")]
    FolderEmpty {
        /// The folder.
        path: PathBuf,
        /// Number of published documents.
        documents: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The thread that reads files panicked.
    #[error("the thread that reads files stopped unexpectedly")]
    Interrupted,
}

impl SyncError {
    /// Returns true if another process leads. A retry is of no use until this process is elected again.
    pub fn is_lost_leadership(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_lost_leadership())
    }

    /// Returns the problem for clients. It contains no path and no database message. The log contains both.
    pub(crate) fn problem_detail(&self) -> ProblemDetail {
        match self {
            Self::FolderUnreadable { source, .. } => {
                ProblemDetail::new(ProblemKind::FolderMissing, format!("the folder cannot be read: {source}"))
            }
            Self::FolderEmpty { documents, .. } => {
                let message = format!("the folder is empty, but {documents} of its documents are published");
                ProblemDetail::new(ProblemKind::FolderEmpty, message)
            }
            Self::Storage(error) => ProblemDetail::new(ProblemKind::Storage, storage_problem(error)),
            Self::Interrupted => ProblemDetail::new(ProblemKind::Failed, self.to_string()),
        }
    }
}

/// Returns the description of a database error without its message.
fn storage_problem(error: &StorageError) -> &'static str {
    match error {
        StorageError::FileMissing { .. } => {
            "the database file is missing, and nothing can be written: restore it"
        }
        StorageError::FileReplaced { .. } => {
            "the database file was replaced by another file: restore the original file, or restart"
        }
        StorageError::OtherLeader { .. } => "another process synchronises this database",
        error => match error.fault() {
            Some(DatabaseErrorKind::DiskFull) => "the disk of the database is full",
            Some(DatabaseErrorKind::Locked) => "the database is locked by another process",
            Some(DatabaseErrorKind::Damaged) => {
                "the database is damaged: restore a backup, or restart with --rebuild"
            }
            Some(DatabaseErrorKind::Unreachable) => "the database does not respond; it is tried again",
            Some(DatabaseErrorKind::ReadOnly) => {
                "the database accepts no writes, because its server is a standby: specify the primary server"
            }
            None => "the database cannot be read or written; see the log",
        },
    }
}
