//! The file of a database: where it is, whether it still is the one that was opened, and how it is put out of the way.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use passerelle_model::timestamp::Timestamp;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use crate::error::StorageError;

/// The endings of the files that SQLite keeps beside a database: its log and the index of that.
const WAL_SUFFIXES: [&str; 2] = ["-wal", "-shm"];

/// The file that a database was opened from. SQLite goes on writing to it wherever it is moved, and even when it is
/// removed, so whoever writes asks first whether it is still at its place.
#[derive(Debug)]
pub(crate) struct DatabaseFile {
    path: PathBuf,
    /// Its device and serial number there.
    id: (u64, u64),
}

impl DatabaseFile {
    /// The file that lies at a path.
    pub(crate) fn locate(path: PathBuf) -> Result<Self, StorageError> {
        match file_id(&path) {
            Ok(id) => Ok(Self { path, id }),
            Err(error) => Err(unusable(&path, &error)),
        }
    }

    /// Returns the path at which the file was opened.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is still the one that lies at its path.
    pub(crate) fn check_in_place(&self) -> Result<(), StorageError> {
        match file_id(&self.path) {
            Ok(id) if id == self.id => Ok(()),
            Ok(_) => Err(StorageError::FileReplaced { file: self.path.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StorageError::FileMissing { file: self.path.clone() })
            }
            Err(error) => Err(unusable(&self.path, &error)),
        }
    }
}

fn file_id(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

fn unusable(path: &Path, error: &io::Error) -> StorageError {
    StorageError::Unusable(format!("{}: {error}", path.display()))
}

/// The path that the address of a database names, wherever the process goes.
pub(crate) fn path_from_url(url: &str) -> Result<PathBuf, StorageError> {
    let options = SqliteConnectOptions::from_str(url);
    let options = options.map_err(|error| StorageError::Unusable(error.to_string()))?;
    let path = options.get_filename();
    // SQLite keeps its log beside the file itself, not beside a link to it.
    let absolute = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    absolute.map_err(|error| unusable(path, &error))
}

/// Makes an empty file, which is an empty database, where there is none.
pub(crate) fn create_if_missing(path: &Path) -> Result<(), StorageError> {
    let created = fs::OpenOptions::new().write(true).create(true).truncate(false).open(path);
    created.map(drop).map_err(|error| unusable(path, &error))
}

/// Whether there is anything in the file.
pub(crate) fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() == 0)
}

/// Whether something was written that did not get from the log into the database: whoever wrote it was killed, or is at
/// it still.
pub(crate) fn has_wal(path: &Path) -> bool {
    fs::metadata(with_suffix(path, WAL_SUFFIXES[0])).is_ok_and(|wal| wal.len() > 0)
}

/// Puts a database out of the way, with the files beside it, under a name that says when. Returns where it is now.
/// Nothing is removed and nothing overwritten.
pub fn rename_aside(url: &str, at: Timestamp) -> Result<PathBuf, StorageError> {
    let path = path_from_url(url)?;
    let renamed = unused_name(&path, at);
    // The database comes last: as long as it is at its place, nobody begins another one beside a log of this one.
    for suffix in WAL_SUFFIXES.into_iter().chain([""]) {
        let from = with_suffix(&path, suffix);
        match fs::rename(&from, with_suffix(&renamed, suffix)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {}
            moved => moved.map_err(|error| unusable(&from, &error))?,
        }
    }
    Ok(renamed)
}

fn unused_name(path: &Path, at: Timestamp) -> PathBuf {
    let at = at.to_string();
    let seconds = at.split('.').next().unwrap_or_default().replace(['-', ':'], "");
    let base = with_suffix(path, &format!(".aside-{seconds}Z"));
    let mut name = base.clone();
    let mut count = 1;
    while WAL_SUFFIXES
        .into_iter()
        .chain([""])
        .any(|suffix| fs::symlink_metadata(with_suffix(&name, suffix)).is_ok())
    {
        count += 1;
        name = with_suffix(&base, &format!("~{count}"));
    }
    name
}

/// The path with an ending more.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
