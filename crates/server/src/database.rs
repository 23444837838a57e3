//! Opening the database of a command that can build another one from the folder.

use std::path::Path;

use anyhow::Context;
use passerelle_storage::{Storage, StorageError, rename_aside};

use crate::cli::{DatabaseArgs, DatabaseRebuildArgs};
use crate::clock;

/// Opens the database. Where it cannot be used and a person said so, it is put aside and an empty one takes its place.
pub(crate) async fn open(
    database: &DatabaseArgs,
    rebuild: &DatabaseRebuildArgs,
    folder: &Path,
) -> anyhow::Result<Storage> {
    if rebuild.rebuild {
        match Storage::check_integrity(&database.url).await {
            Err(error @ (StorageError::NewerSchema { .. } | StorageError::Damaged { .. })) => {
                // Without its documents a new database would serve nothing.
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
    Ok(Storage::open(&database.url).await?)
}
