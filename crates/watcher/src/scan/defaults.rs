//! Front matter defaults of folders. Each file is read once per pass.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_model::path::{DocumentPath, FolderPath, collection_name};
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::front_matter;

use crate::scan::root::{Root, folder_name};

/// Front matter defaults of the present files.
pub(crate) struct DefaultsCache {
    root: Arc<Root>,
    /// Name of the content folder: the name of the defaults file for all documents.
    name: Option<String>,
    cache: Mutex<HashMap<FolderPath, Arc<FolderDefaults>>>,
}

impl DefaultsCache {
    pub(crate) fn new(root: Arc<Root>, root_path: &Path) -> Self {
        Self { root, name: folder_name(root_path), cache: Mutex::default() }
    }

    /// Returns the defaults of a folder and its ancestors.
    pub(crate) fn for_folder(&self, folder: &FolderPath) -> Arc<FolderDefaults> {
        if let Some(cached) = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(cached);
        }
        let outer = folder.parent().map(|outer| self.for_folder(&outer));
        let mut defaults = outer.as_deref().cloned().unwrap_or_default();
        let folder_name = folder.name().or(self.name.as_deref());
        let path = folder_name.and_then(|name| folder.file(&FolderDefaults::file_name(name)).ok());
        if let Some(path) = path
            && let Some(bytes) = self.read(&path)
        {
            defaults.push(&path, &bytes);
        }
        if let Some(bytes) = self.contract_file(folder).and_then(|path| self.read(&path)) {
            defaults.set_contract(&bytes);
        }
        let defaults = Arc::new(defaults);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(folder.clone(), Arc::clone(&defaults));
        defaults
    }

    /// Returns the path of the contract of a folder. Of several, the first by name.
    fn contract_file(&self, folder: &FolderPath) -> Option<DocumentPath> {
        let names = self.root.list_names(Path::new(folder.as_str())).ok()?;
        let names = names.into_iter().filter_map(|name| name.into_string().ok());
        let name = names.filter(|name| collection_name(name).is_some()).min()?;
        folder.file(&name).ok()
    }

    /// Reads a file, up to one byte above the limit.
    fn read(&self, path: &DocumentPath) -> Option<Vec<u8>> {
        let limit = front_matter::MAX_BYTES as u64 + 1;
        let path = Path::new(path.as_str());
        if !self.root.metadata(path).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        self.root.open_file(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// Returns the folder of a defaults file or of a contract. `None` for other files.
pub(crate) fn folder_of_defaults_file(path: &Path, root_name: Option<&str>) -> Option<std::path::PathBuf> {
    let folder = path.parent()?;
    if path.file_name()?.to_str().and_then(collection_name).is_some() {
        return Some(folder.to_owned());
    }
    let name = match folder.file_name() {
        Some(name) => name.to_str()?,
        None => root_name?,
    };
    let file = FolderDefaults::file_name(name);
    (path.file_name()?.to_str()? == file).then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn defaults_file_is_named_after_its_folder() {
        let folder = |path: &str| folder_of_defaults_file(Path::new(path), Some("content"));
        assert_eq!(folder("a/trainings/trainings.yaml"), Some(PathBuf::from("a/trainings")));
        assert_eq!(folder("content.yaml"), Some(PathBuf::new()));
        assert_eq!(folder("trainings/seance.schema.yaml"), Some(PathBuf::from("trainings")));
        assert_eq!(folder("trainings/other.yaml"), None);
        assert_eq!(folder("trainings.yaml"), None);
    }

    #[test]
    fn folder_name_is_taken_from_the_absolute_path() {
        assert_eq!(folder_name(Path::new("/srv/content/.")).as_deref(), Some("content"));
        assert!(folder_name(Path::new(".")).is_some());
        assert_eq!(folder_name(Path::new("/")), None);
    }

    #[test]
    fn inner_folder_defaults_extend_outer_ones() {
        let temp = tempfile::TempDir::new().unwrap();
        std::fs::create_dir_all(temp.path().join("a/b")).unwrap();
        std::fs::write(temp.path().join("a/a.yaml"), "lang: nl").unwrap();
        std::fs::write(temp.path().join("a/b/b.yaml"), "tags: [x]").unwrap();
        let root = Root::open(temp.path()).unwrap();
        let defaults = DefaultsCache::new(Arc::new(root), temp.path());
        let of = |folder: &str| defaults.for_folder(&FolderPath::parse(folder).unwrap());
        std::fs::create_dir_all(temp.path().join("c")).unwrap();
        std::fs::write(temp.path().join("c/x.schema.yaml"), "properties: {a: {}}").unwrap();
        assert!(of("c").checksum().is_some());
        assert_eq!(of("").checksum(), None);
        assert!(of("a").checksum().is_some());
        assert_ne!(of("a").checksum(), of("a/b").checksum());
        assert_eq!(of("a/c").checksum(), of("a").checksum());
    }
}
