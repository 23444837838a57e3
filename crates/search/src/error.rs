//! Errors of the search index.

use passerelle_storage::StorageError;
use thiserror::Error;

use crate::blocking::{BlockingError, Cancelled};

/// Error of the search index.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The index cannot be read or written.
    #[error("the search index failed: {0}")]
    Index(#[source] IndexError),
    /// The database cannot be read.
    #[error("the search index cannot be updated: {0}")]
    Storage(#[from] StorageError),
    /// The folder of the index cannot be read or written.
    #[error("the folder of the search index cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// Another process holds the lock of the index.
    #[error("another process uses the search index")]
    Busy,
    /// A checksum is wrong, a stored value is missing, or the library panicked.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
    /// The search was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Error of the library of the index. The library is private to this crate.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct IndexError(#[from] tantivy::TantivyError);

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Index(IndexError(error))
    }
}

impl From<BlockingError> for SearchError {
    fn from(error: BlockingError) -> Self {
        match error {
            BlockingError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            // Tantivy panics on some kinds of damage.
            BlockingError::Panicked(message) => Self::Damaged(message),
        }
    }
}
