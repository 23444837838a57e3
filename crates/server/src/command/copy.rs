//! `passerelle copy`.

use std::io::Write;
use std::process::ExitCode;

use passerelle_storage::{CopyProgress, copy_database};

use super::progress::progress_bar;
use crate::cli::CopyArgs;

/// Copies a database with its history to an empty one.
pub(crate) async fn copy(args: CopyArgs) -> anyhow::Result<ExitCode> {
    let bar = progress_bar("rows");
    let mut table_in_log = String::new();
    let mut on_progress = |CopyProgress { table, completed, total }: CopyProgress<'_>| {
        bar.set_length(total);
        bar.set_position(completed);
        if bar.is_hidden() && table != table_in_log {
            table.clone_into(&mut table_in_log);
            tracing::info!(copy.table = table, copy.completed = completed, copy.total = total, "copying");
        }
    };
    let copied = copy_database(&args.from, &args.to, &mut on_progress).await;
    bar.finish_and_clear();
    let report = copied?;
    let mut out = std::io::stdout();
    for table in &report.tables {
        writeln!(out, "{:<18} {:>9} rows   checksum {}", table.name, table.rows, table.checksum)?;
    }
    writeln!(out, "latest revision    {:>9}", report.revision)?;
    Ok(ExitCode::SUCCESS)
}
