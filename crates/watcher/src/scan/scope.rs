//! The part of the folder that a scan covers.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::scan::accept_file::{accepted_path, related_accept_paths};
use crate::scan::defaults::folder_of_defaults_file;

/// Scope of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScanScope {
    /// These paths and everything below them.
    Paths(BTreeSet<PathBuf>),
    /// The whole folder.
    Everything,
}

impl ScanScope {
    /// Returns the union.
    pub(crate) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Paths(mut paths), Self::Paths(other)) => {
                paths.extend(other);
                Self::Paths(paths)
            }
        }
    }

    /// Adds the paths that depend on the paths of the scope: the folder of a defaults file, the document of
    /// an acceptance, and the reverse. `root_name` is the name of the content folder.
    pub(crate) fn with_related_paths(self, root_name: Option<&str>) -> Self {
        match self {
            Self::Everything => self,
            // The acceptance of a mass removal concerns all documents.
            Self::Paths(paths)
                if paths.iter().any(|path| root_name.is_some() && accepted_path(path) == root_name) =>
            {
                Self::Everything
            }
            Self::Paths(paths) => {
                let folders = paths.iter().filter_map(|path| folder_of_defaults_file(path, root_name));
                // An acceptance is scanned together with its document.
                let related: Vec<PathBuf> =
                    paths.iter().flat_map(|path| related_accept_paths(path)).chain(folders).collect();
                Self::Paths(paths.into_iter().chain(related).collect())
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Paths(paths) if paths.is_empty())
    }
}

impl Default for ScanScope {
    fn default() -> Self {
        Self::Paths(BTreeSet::new())
    }
}
