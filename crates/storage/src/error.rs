//! Errors of the storage crate.

use std::path::PathBuf;

use sea_orm::DbErr;
use thiserror::Error;

/// Why a storage call failed. Sorted by what happens next: the first four end the start-up, the next three are tried
/// again, the last is a defect that a person must look at.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The database cannot be opened as it is.
    #[error("cannot open the database: {0}")]
    Unusable(String),
    /// A later version of this service made the tables of the database.
    #[error(
        "the database {file} is of a newer version of passerelle (this one does not know {migration}): install the newer \
         version, or run `passerelle serve --rebuild` to rename the database and rebuild it from the folder"
    )]
    NewerSchema {
        /// The database.
        file: PathBuf,
        /// The newest part of its tables.
        migration: String,
    },
    /// The file is no database, or one that contradicts itself.
    #[error(
        "the database {file} is damaged ({detail}): restore a backup, or run `passerelle serve --rebuild` to rename it \
         and rebuild it from the folder"
    )]
    Damaged {
        /// The database.
        file: PathBuf,
        /// Message of SQLite.
        detail: String,
    },
    /// The tables could not be brought to the newest version.
    #[error("cannot migrate the database: {0}")]
    Migration(#[source] DbErr),
    /// A statement failed; the same call may succeed later.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// The file of the database is not at its place any more.
    #[error("the database file {file} is missing, and nothing can be written: restore it")]
    FileMissing {
        /// Path of the database file.
        file: PathBuf,
    },
    /// Another file is where that of the database was.
    #[error("the database file {file} was replaced by another file: restore the original file, or restart")]
    FileReplaced {
        /// Path of the database file.
        file: PathBuf,
    },
    /// A stored value cannot be read: a defect, or a hand in the database.
    #[error("invalid value in column {column} of row {key} in table {table}: {detail}")]
    InvalidValue {
        /// The table.
        table: &'static str,
        /// The key of the row.
        key: String,
        /// The column.
        column: &'static str,
        /// Description of the invalid value.
        detail: String,
    },
}
