//! Opens the database of a command that can rebuild it from the folder.

use std::path::Path;

use anyhow::Context;
use passerelle_storage::{Storage, StorageError, rename_aside};

use crate::cli::{DatabaseArgs, DatabaseRebuildArgs, OtherDatabaseArgs};
use crate::clock;

/// Opens the database. With `--rebuild`, sets an unusable database aside and creates an empty one.
pub(crate) async fn open(
    database: &DatabaseArgs,
    other: Option<&OtherDatabaseArgs>,
    rebuild: &DatabaseRebuildArgs,
    folder: &Path,
) -> anyhow::Result<Storage> {
    if rebuild.rebuild {
        match Storage::check_integrity(&database.url).await {
            Err(error @ (StorageError::NewerSchema { .. } | StorageError::Damaged { .. })) => {
                // The new database needs the documents of the folder.
                std::fs::read_dir(folder).with_context(|| {
                    format!(
                        "{error}; nothing was set aside because the folder {} cannot be read",
                        folder.display()
                    )
                })?;
                let aside = rename_aside(&database.url, (clock::system())())?;
                tracing::warn!(
                    database.aside = %aside.display(),
                    %error,
                    "the database was set aside; building a new one from the content folder"
                );
            }
            examined => examined?,
        }
    }
    match other {
        Some(other) => Ok(Storage::open_with(other.with(&database.url)).await?),
        None => Ok(Storage::open(&database.url).await?),
    }
}
