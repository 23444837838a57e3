//! `passerelle prune`.

use std::io::Write;
use std::process::ExitCode;

use passerelle_storage::Storage;

use crate::cli::PruneArgs;

/// Removes history before a date.
pub(crate) async fn prune(args: PruneArgs) -> anyhow::Result<ExitCode> {
    let storage = Storage::open(&args.database.url).await?;
    let pruned = storage.prune(args.before).await;
    storage.close().await?;
    let pruned = pruned?;
    writeln!(std::io::stdout(), "rows deleted       {}", pruned.rows_deleted)?;
    writeln!(std::io::stdout(), "changes deleted    {}", pruned.changes_deleted)?;
    writeln!(std::io::stdout(), "oldest revision    {}", pruned.oldest_revision)?;
    Ok(ExitCode::SUCCESS)
}
