//! Places of the files that are derived from a database: the search index, scaled images and large exports.

use std::path::{Path, PathBuf};

use passerelle_search::IndexLocation;
use passerelle_storage::Storage;

/// Folder of these files for a database on a server, unless a setting names another one.
const DEFAULT_FOLDER: &str = "passerelle-cache";

/// Beginning of the names of these files.
pub(crate) struct LocalFiles(PathBuf);

impl LocalFiles {
    /// The files are in `folder`. Without it, they are beside a database file: `passerelle.db` gives
    /// `passerelle.db.search`.
    ///
    /// The id of the database is part of the names in a folder, so several databases can share it.
    pub(crate) fn of(storage: &Storage, folder: Option<&Path>) -> Self {
        match (storage.path(), folder) {
            (Some(database), None) => Self(database.to_owned()),
            (_, folder) => {
                Self(folder.unwrap_or(Path::new(DEFAULT_FOLDER)).join(storage.database_id().to_string()))
            }
        }
    }

    /// Returns the location of the search index.
    pub(crate) fn search_index(&self) -> IndexLocation {
        IndexLocation::beside(&self.0)
    }

    /// Returns the folder that contains all these files.
    pub(crate) fn folder(&self) -> &Path {
        self.0.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Returns the folder of scaled images.
    pub(crate) fn renditions(&self) -> PathBuf {
        let mut name = self.0.as_os_str().to_owned();
        name.push(".renditions");
        PathBuf::from(name)
    }
}
