//! Errors of the index. The updater answers all of them by rebuilding the index.

use passerelle_storage::StorageError;
use thiserror::Error;

/// Error of the search index.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The index cannot be read or written.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
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
}
