//! `passerelle backup`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use passerelle_storage::Storage;
use tempfile::NamedTempFile;

use crate::cli::BackupArgs;

/// Writes a consistent copy of a SQLite database to a new file.
///
/// The file gets its name only when it is complete and on the disk. Until then its name is temporary.
pub(crate) async fn backup(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let file = args.file;
    if fs::symlink_metadata(&file).is_ok() {
        bail!("the file {} exists; choose another name for the backup", file.display());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot_write = || format!("the backup {} cannot be written", file.display());
    let partial = NamedTempFile::with_prefix_in(".passerelle-backup-", folder).with_context(cannot_write)?;
    Storage::back_up(&args.database.url, partial.path()).await?;
    sync_file(partial.path()).with_context(cannot_write)?;
    let size = fs::metadata(partial.path())?.len();
    // Fails if another process created the file meanwhile.
    partial.persist_noclobber(&file).with_context(cannot_write)?;
    // The name is durable when its folder is.
    sync_file(folder).with_context(cannot_write)?;
    writeln!(io::stdout(), "backup     {}\nbytes      {size}", file.display())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a file or a folder to the disk.
fn sync_file(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
