//! Folders whose text documents are the measures of one plan.
//!
//! Such a folder has a file `plan.yaml`, or `measures: files` in the file with its default fields. That file
//! is the document. The text documents beside it are its members, and are read with it.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::{folder_plan, front_matter};

use crate::scan::root::Root;

/// Names of the settings files of plan folders. Each folder is examined once per scan.
#[derive(Debug, Default)]
pub(crate) struct PlanFolders {
    names: HashMap<PathBuf, Option<String>>,
}

impl PlanFolders {
    /// Returns the name of the settings file if a folder is a plan folder.
    pub(crate) fn settings_file(&mut self, root: &Root, folder: &Path) -> Option<String> {
        let examined = self.names.entry(folder.to_owned());
        examined.or_insert_with(|| examine(root, folder)).clone()
    }
}

/// Returns true if a document is the settings file of a plan folder. A scan finds no other document with this
/// ending.
pub(crate) fn is_settings_file(path: &DocumentPath) -> bool {
    DocumentPath::is_settings_name(path.name())
}

/// Returns the paths of the files that can make a folder a plan folder.
pub(crate) fn candidates(folder: &Path, root_name: Option<&str>) -> Vec<PathBuf> {
    let defaults = defaults_file(folder, root_name).filter(|name| name != DocumentPath::PLAN_FILE);
    let names = [Some(DocumentPath::PLAN_FILE.to_owned()), defaults];
    names.into_iter().flatten().map(|name| folder.join(name)).collect()
}

fn defaults_file(folder: &Path, root_name: Option<&str>) -> Option<String> {
    let name = match folder.file_name() {
        Some(name) => name.to_str()?,
        None => root_name?,
    };
    Some(FolderDefaults::file_name(name))
}

fn examine(root: &Root, folder: &Path) -> Option<String> {
    let defaults = defaults_file(folder, root.name());
    // In a folder `plan`, the file `plan.yaml` holds default fields unless it says otherwise.
    let is_plan_file = defaults.as_deref() != Some(DocumentPath::PLAN_FILE)
        && root.metadata(&folder.join(DocumentPath::PLAN_FILE)).is_ok_and(|metadata| metadata.is_file());
    if is_plan_file {
        return Some(DocumentPath::PLAN_FILE.to_owned());
    }
    defaults.filter(|name| {
        read_settings(root, &folder.join(name)).is_some_and(|bytes| folder_plan::joins_files(&bytes))
    })
}

fn read_settings(root: &Root, path: &Path) -> Option<Vec<u8>> {
    if !root.metadata(path).ok()?.is_file() {
        return None;
    }
    let limit = front_matter::MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    root.open_file(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
