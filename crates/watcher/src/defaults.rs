//! What the folders of a document give it, each file read once a pass.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::front_matter;

use crate::root::Root;

/// The front matter that folders give, as it lies in the folder now.
pub(crate) struct Defaults {
    root: Arc<Root>,
    /// The name of the folder itself, by which it gives something to all documents.
    name: Option<String>,
    known: Mutex<HashMap<String, Arc<FolderDefaults>>>,
}

impl Defaults {
    pub(crate) fn new(root: Arc<Root>, root_path: &Path) -> Self {
        Self { root, name: name_of(root_path), known: Mutex::default() }
    }

    /// What a folder and those around it give.
    pub(crate) fn of(&self, folder: &str) -> Arc<FolderDefaults> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(known);
        }
        let mut given = match folder.rsplit_once('/') {
            Some((outer, _)) => FolderDefaults::clone(&self.of(outer)),
            None if folder.is_empty() => FolderDefaults::default(),
            None => FolderDefaults::clone(&self.of("")),
        };
        let named = if folder.is_empty() { self.name.as_deref().unwrap_or_default() } else { folder };
        if let Some(name) = FolderDefaults::file_name(named) {
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if let Some(bytes) = self.read(&path) {
                given.push(&path, &bytes);
            }
        }
        let given = Arc::new(given);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(folder.to_owned(), Arc::clone(&given));
        given
    }

    /// The bytes of a file, one more than are accepted at the most.
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let limit = front_matter::MAX_BYTES as u64 + 1;
        let path = Path::new(path);
        if !self.root.metadata(path).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        self.root.file(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// The name of the folder itself, however it was written.
pub(crate) fn name_of(root_path: &Path) -> Option<String> {
    let path = std::path::absolute(root_path).ok()?;
    Some(path.file_name()?.to_str()?.to_owned())
}

/// Whether a path is that of a file that gives something to its folder: then all of the folder is to be looked at.
pub(crate) fn folder_of(path: &Path, root_name: Option<&str>) -> Option<std::path::PathBuf> {
    let folder = path.parent()?;
    let name = match folder.file_name() {
        Some(name) => name.to_str()?,
        None => root_name?,
    };
    let file = FolderDefaults::file_name(name)?;
    (path.file_name()?.to_str()? == file).then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_file_named_after_its_folder_speaks_for_the_folder() {
        let folder = |path: &str| folder_of(Path::new(path), Some("content"));
        assert_eq!(folder("a/trainings/trainings.yaml"), Some(PathBuf::from("a/trainings")));
        assert_eq!(folder("content.yaml"), Some(PathBuf::new()));
        assert_eq!(folder("trainings/other.yaml"), None);
        assert_eq!(folder("trainings.yaml"), None);
    }

    #[test]
    fn a_folder_has_one_name_however_it_is_written() {
        assert_eq!(name_of(Path::new("/srv/content/.")).as_deref(), Some("content"));
        assert!(name_of(Path::new(".")).is_some());
        assert_eq!(name_of(Path::new("/")), None);
    }

    #[test]
    fn inner_folders_add_to_outer_ones() {
        let place = tempfile::TempDir::new().unwrap();
        std::fs::create_dir_all(place.path().join("a/b")).unwrap();
        std::fs::write(place.path().join("a/a.yaml"), "lang: nl").unwrap();
        std::fs::write(place.path().join("a/b/b.yaml"), "tags: [x]").unwrap();
        let root = Root::open(place.path()).unwrap();
        let defaults = Defaults::new(Arc::new(root), place.path());
        assert_eq!(defaults.of("").checksum(), None);
        assert!(defaults.of("a").checksum().is_some());
        assert_ne!(defaults.of("a").checksum(), defaults.of("a/b").checksum());
        assert_eq!(defaults.of("a/c").checksum(), defaults.of("a").checksum());
    }
}
