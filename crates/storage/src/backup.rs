//! Backup of a SQLite database while it is served.

use std::path::Path;

use crate::connect::Storage;
use crate::engine;
use crate::error::StorageError;

impl Storage {
    /// Writes one state of a SQLite database to an empty file. Services can read and write meanwhile.
    ///
    /// # Errors
    /// [`StorageError::NotCopied`] for a PostgreSQL database.
    pub async fn back_up(url: &str, to: &Path) -> Result<(), StorageError> {
        engine::transfer::back_up(url, to).await
    }
}
