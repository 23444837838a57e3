//! Files of renditions on disk, within a bound of bytes.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Ending of a file that is being written. Such files of an earlier process are deleted.
const UNFINISHED: &str = ".part";
/// Length of the checksum at the start of each name. Other files of the folder are left alone.
const CHECKSUM_DIGITS: usize = 64;

/// Folder of renditions. The files that were requested the longest ago are deleted first.
pub(super) struct DiskStore {
    folder: PathBuf,
    /// Maximum size of all files in bytes.
    max_bytes: u64,
    /// Not the async mutex: it is held for lookups in memory only.
    files: Mutex<Files>,
}

#[derive(Default)]
struct Files {
    /// Number of the last use, and size in bytes.
    by_name: HashMap<String, (u64, u64)>,
    by_use: BTreeMap<u64, String>,
    bytes: u64,
    uses: u64,
}

impl Files {
    /// Records the use of a file, and its size if it is new.
    fn touch(&mut self, name: &str, size: Option<u64>) -> bool {
        self.uses += 1;
        let known = self.by_name.get(name).copied();
        let Some(size) = size.or(known.map(|(_, size)| size)) else { return false };
        self.remove(name);
        self.by_name.insert(name.to_owned(), (self.uses, size));
        self.by_use.insert(self.uses, name.to_owned());
        self.bytes += size;
        true
    }

    fn remove(&mut self, name: &str) {
        if let Some((used, size)) = self.by_name.remove(name) {
            self.by_use.remove(&used);
            self.bytes -= size;
        }
    }

    /// Removes and returns the names that were used the longest ago, until the rest is within a bound.
    fn evict(&mut self, max_bytes: u64) -> Vec<String> {
        let mut evicted = Vec::new();
        while self.bytes > max_bytes {
            let Some((_, name)) = self.by_use.first_key_value() else { break };
            let name = name.clone();
            self.remove(&name);
            evicted.push(name);
        }
        evicted
    }
}

impl DiskStore {
    /// Opens a folder, and creates it if it is missing.
    pub(super) fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let metadata = entry.metadata()?;
            if !metadata.is_file() || !is_rendition(&name) {
                continue;
            }
            if name.ends_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
                continue;
            }
            found.push((metadata.modified()?, name, metadata.len()));
        }
        found.sort();
        let mut files = Files::default();
        for (_, name, size) in found {
            files.touch(&name, Some(size));
        }
        let store = Self { folder: folder.to_owned(), max_bytes, files: Mutex::new(files) };
        store.delete_oldest()?;
        Ok(store)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stored file. `None` if it is not stored.
    pub(super) fn get(&self, name: &str) -> Option<File> {
        if !self.files().touch(name, None) {
            return None;
        }
        let file = File::open(self.folder.join(name)).ok();
        if file.is_none() {
            // An operator may delete files at any time.
            self.files().remove(name);
        }
        file
    }

    /// Stores a file. Another file with the same name is replaced.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let size = bytes.len() as u64;
        if size > self.max_bytes {
            return Ok(());
        }
        let unfinished = self.folder.join(format!("{name}{UNFINISHED}"));
        fs::write(&unfinished, bytes)?;
        // A reader never sees a part of a file.
        fs::rename(&unfinished, self.folder.join(name))?;
        self.files().touch(name, Some(size));
        self.delete_oldest()
    }

    fn delete_oldest(&self) -> io::Result<()> {
        let evicted = self.files().evict(self.max_bytes);
        for name in evicted {
            match fs::remove_file(self.folder.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Returns true for the name of a file that this store wrote.
fn is_rendition(name: &str) -> bool {
    let checksum = name.as_bytes().get(..CHECKSUM_DIGITS);
    checksum.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        && name.as_bytes().get(CHECKSUM_DIGITS) == Some(&b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn name(letter: char) -> String {
        format!("{}-1-w-640-f-jpg.jpg", letter.to_string().repeat(CHECKSUM_DIGITS))
    }

    fn stored(store: &DiskStore, letter: char) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        store.get(&name(letter))?.read_to_end(&mut bytes).unwrap();
        Some(bytes)
    }

    #[test]
    fn files_that_were_used_the_longest_ago_are_deleted_first() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("other.txt"), "kept").unwrap();
        let store = DiskStore::open(folder.path(), 25).unwrap();
        store.put(&name('a'), &[1; 10]).unwrap();
        store.put(&name('b'), &[2; 10]).unwrap();
        assert_eq!(stored(&store, 'a'), Some(vec![1; 10]));
        store.put(&name('c'), &[3; 10]).unwrap();
        assert_eq!(stored(&store, 'b'), None);
        assert_eq!((stored(&store, 'a'), stored(&store, 'c')), (Some(vec![1; 10]), Some(vec![3; 10])));
        store.put(&name('d'), &[4; 26]).unwrap();
        assert_eq!(stored(&store, 'd'), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn files_of_an_earlier_process_count_and_unfinished_ones_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        DiskStore::open(folder.path(), 25).unwrap().put(&name('a'), &[1; 10]).unwrap();
        fs::write(folder.path().join(name('b') + UNFINISHED), "half").unwrap();
        let store = DiskStore::open(folder.path(), 25).unwrap();
        assert_eq!(store.files().bytes, 10);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // A smaller bound applies at once.
        DiskStore::open(folder.path(), 5).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(stored(&store, 'a'), None);
    }
}
