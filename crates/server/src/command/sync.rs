//! `passerelle sync`.

use std::io::Write;
use std::process::ExitCode;

use passerelle_watcher::{Patience, Syncer};

use crate::cli::SyncArgs;
use crate::clock;
use crate::database;

/// One pass over the folder, and a report on standard output.
pub(crate) async fn sync(args: SyncArgs) -> anyhow::Result<ExitCode> {
    let storage = database::open(&args.database, &args.rebuild, &args.content.folder).await?;
    let patience = Patience { accept_removals: args.accept_removals, ..Patience::ONCE };
    let mut syncer = Syncer::new(&args.content.folder, storage.clone(), clock::system(), patience)
        .with_raw_html(args.reading.raw_html());
    let report = syncer.sync_all().await;
    storage.close().await?;
    let report = report?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(if report.held.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
