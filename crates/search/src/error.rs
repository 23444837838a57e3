//! What can go wrong with the index. All of it is mended by building the index anew.

use passerelle_storage::StorageError;
use thiserror::Error;

/// Why the index failed.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The index cannot be read or written.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// What it is made of cannot be read.
    #[error("the search index cannot be brought up to date: {0}")]
    Storage(#[from] StorageError),
    /// Its folder cannot be used.
    #[error("the folder of the search index cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// Another process has it.
    #[error("another process uses the search index")]
    Busy,
    /// The index is not what it was written as, or a defect of ours.
    #[error("the search index is damaged: {0}")]
    Damaged(String),
}
