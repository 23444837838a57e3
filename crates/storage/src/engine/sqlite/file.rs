//! Database file: checks that it is still at its path, and renames an unusable one.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use passerelle_model::timestamp::Timestamp;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use crate::error::StorageError;

/// Suffixes of the files that SQLite writes beside a database: the write-ahead log and its index.
const WAL_SUFFIXES: [&str; 2] = ["-wal", "-shm"];

/// Identity of the opened database file. SQLite continues to write to a file that was moved or removed, so
/// each write checks first that the file is still at its path.
#[derive(Debug)]
pub(crate) struct DatabaseFile {
    path: PathBuf,
    /// Device and inode number.
    id: (u64, u64),
}

impl DatabaseFile {
    /// Returns the identity of the file at a path.
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

    /// Returns an error if another file or no file is at the path.
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

/// Returns the absolute path of a database URL.
pub(super) fn path_from_url(url: &str) -> Result<PathBuf, StorageError> {
    let options = SqliteConnectOptions::from_str(url);
    let options = options.map_err(|error| StorageError::Unusable(error.to_string()))?;
    let path = options.get_filename();
    // SQLite writes its log beside the target of a symbolic link.
    let absolute = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    absolute.map_err(|error| unusable(path, &error))
}

/// Creates an empty file, which is a valid empty database, if the file does not exist.
pub(super) fn create_if_missing(path: &Path) -> Result<(), StorageError> {
    let created = fs::OpenOptions::new().write(true).create(true).truncate(false).open(path);
    created.map(drop).map_err(|error| unusable(path, &error))
}

/// Returns true if the file exists and has no content.
pub(super) fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() == 0)
}

/// Returns true if the write-ahead log contains data: the last writer was killed or is still running.
pub(super) fn has_wal(path: &Path) -> bool {
    fs::metadata(with_suffix(path, WAL_SUFFIXES[0])).is_ok_and(|wal| wal.len() > 0)
}

/// Renames a database and its log files to a name with a timestamp. Returns the new path. Removes and
/// overwrites nothing.
pub(crate) fn rename_aside(url: &str, at: Timestamp) -> Result<PathBuf, StorageError> {
    let path = path_from_url(url)?;
    let renamed = unused_name(&path, at);
    // Rename the database last. While it is at its path, no new database can be created beside its log.
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

/// Appends a suffix to a path.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
