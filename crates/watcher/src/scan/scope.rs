//! The part of the folder that a scan covers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;

use crate::scan::accept_file::{accepted_path, related_accept_paths};
use crate::scan::defaults::folder_of_defaults_file;
use crate::scan::plan_folders;

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
                let plans = paths.iter().flat_map(|path| plan_paths(path, root_name));
                // An acceptance is scanned together with its document.
                let related: Vec<PathBuf> = paths
                    .iter()
                    .flat_map(|path| related_accept_paths(path))
                    .chain(folders)
                    .chain(plans)
                    .collect();
                Self::Paths(paths.into_iter().chain(related).collect())
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Paths(paths) if paths.is_empty())
    }
}

/// Returns the folder of a file that joins documents to a plan, or the files that can join a document.
fn plan_paths(path: &Path, root_name: Option<&str>) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    match path.file_name().and_then(|name| name.to_str()) {
        Some(DocumentPath::PLAN_FILE) => vec![folder.to_owned()],
        Some(name) if DocumentPath::is_text_document_name(name) => {
            plan_folders::candidates(folder, root_name)
        }
        _ => Vec::new(),
    }
}

impl Default for ScanScope {
    fn default() -> Self {
        Self::Paths(BTreeSet::new())
    }
}
