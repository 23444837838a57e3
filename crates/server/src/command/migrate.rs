//! `passerelle migrate`.

use std::process::ExitCode;

use passerelle_storage::Storage;

use crate::cli::DatabaseArgs;

/// Brings the database to the newest version of the tables.
pub(crate) async fn migrate(args: DatabaseArgs) -> anyhow::Result<ExitCode> {
    Storage::open(&args.url).await?.close().await?;
    tracing::info!("the database schema is up to date");
    Ok(ExitCode::SUCCESS)
}
