//! The folder that documents are dropped into.

use std::io;
use std::path::Path;
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, MetadataExt, OpenOptions, OpenOptionsExt};
use passerelle_model::document::Fingerprint;
use rustix::fs::OFlags;

use crate::fault_injection::{self, FaultInjector};

/// A folder as the file system knows it: another one under the same name is another folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct FolderId {
    device: u64,
    inode: u64,
    /// Serial numbers are given again; where the file system tells it, the time of birth is not.
    created_nanos: u128,
}

impl FolderId {
    /// The identity of a folder.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let created = metadata.created().ok().map(cap_std::time::SystemTime::into_std);
        let created = created.and_then(|created| created.duration_since(std::time::UNIX_EPOCH).ok());
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            created_nanos: created.map_or(0, |created| created.as_nanos()),
        }
    }
}

/// The folder, opened: files are reached below it and nowhere else.
pub(crate) struct Root {
    dir: Dir,
    /// Identity of the folder: device and inode.
    pub(crate) id: FolderId,
    faults: Arc<dyn FaultInjector>,
}

impl Root {
    /// Opens the folder.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        let metadata = dir.dir_metadata()?;
        Ok(Self { id: FolderId::of(&metadata), dir, faults: Arc::new(fault_injection::NoFaults) })
    }

    /// The folder with things that go wrong in it.
    pub(crate) fn with_faults(self, faults: Arc<dyn FaultInjector>) -> Self {
        Self { faults, ..self }
    }

    /// Returns the metadata of a path below the folder. Does not follow symbolic links.
    pub(crate) fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.faults.check_access(path)?;
        self.dir.symlink_metadata(path)
    }

    /// The names in a folder below it.
    pub(crate) fn list_names(&self, path: &Path) -> io::Result<Vec<std::ffi::OsString>> {
        self.faults.check_access(path)?;
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        self.dir.read_dir(here)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// Opens a file below it, to read. Waits for nobody: a pipe that took the place of a file is opened at once.
    pub(crate) fn open_file(&self, path: &Path) -> io::Result<File> {
        self.faults.check_access(path)?;
        let mut options = OpenOptions::new();
        options.read(true).custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed());
        self.dir.open_with(path, &options)
    }
}

/// Returns the fingerprint of a file.
pub(crate) fn fingerprint(metadata: &Metadata) -> Fingerprint {
    let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
    Fingerprint {
        inode: metadata.ino(),
        size: metadata.len(),
        modified_nanos: nanos(metadata.mtime(), metadata.mtime_nsec()),
        changed_nanos: nanos(metadata.ctime(), metadata.ctime_nsec()),
    }
}
