//! What can go wrong with the database.

use sea_orm::DbErr;
use thiserror::Error;

/// Why a storage call failed. Sorted by what happens next: the first two end the start-up, the third is tried again, the
/// last is a defect that a person must look at.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The database cannot be opened as it is.
    #[error("cannot open the database: {0}")]
    Unusable(String),
    /// The tables could not be brought to the newest version.
    #[error("cannot migrate the database: {0}")]
    Migration(#[source] DbErr),
    /// A statement failed; the same call may succeed later.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A stored value cannot be read: a defect, or a hand in the database.
    #[error("the row {key} of table {table} has an unreadable {column}: {detail}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The key of the row.
        key: String,
        /// The column.
        column: &'static str,
        /// What is wrong with the value.
        detail: String,
    },
}
