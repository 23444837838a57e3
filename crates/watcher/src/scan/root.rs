//! The content folder.

use std::io;
use std::path::Path;
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, MetadataExt, OpenOptions, OpenOptionsExt};
use passerelle_model::document::{Fingerprint, UnixTime};
use rustix::fs::OFlags;

use crate::fault_injection::{self, FaultInjector};

/// Identity of a folder in the file system. A new folder under the same path has another identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct FolderId {
    device: u64,
    inode: u64,
    /// Inodes are reused. The time of creation is not, where the file system has it.
    created_nanos: u128,
}

impl FolderId {
    /// Reads the identity from metadata.
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

/// The open content folder. Only files below it can be opened.
pub(crate) struct Root {
    dir: Dir,
    /// Identity of the folder: device and inode.
    pub(crate) id: FolderId,
    /// Name of the folder, also for a path like `.`.
    name: Option<String>,
    faults: Arc<dyn FaultInjector>,
}

impl Root {
    /// Opens the folder.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        let metadata = dir.dir_metadata()?;
        let (id, name) = (FolderId::of(&metadata), folder_name(path));
        Ok(Self { id, dir, name, faults: Arc::new(fault_injection::NoFaults) })
    }

    /// Returns the name of the folder. `None` for the root of the file system.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Injects faults.
    pub(crate) fn with_faults(self, faults: Arc<dyn FaultInjector>) -> Self {
        Self { faults, ..self }
    }

    /// Returns the metadata of a path below the folder. Does not follow symbolic links.
    pub(crate) fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.faults.check_access(path)?;
        self.dir.symlink_metadata(path)
    }

    /// Returns the names in a folder.
    pub(crate) fn list_names(&self, path: &Path) -> io::Result<Vec<std::ffi::OsString>> {
        self.faults.check_access(path)?;
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        self.dir.read_dir(here)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    /// Returns true if a folder of the path is a symbolic link.
    pub(crate) fn is_below_link(&self, path: &Path) -> bool {
        let mut folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        folders.any(|folder| self.dir.symlink_metadata(folder).is_ok_and(|metadata| metadata.is_symlink()))
    }

    /// Calls the hook of tests before an image is decoded.
    pub(crate) fn before_decode(&self, path: &Path) {
        self.faults.before_decode(path);
    }

    /// Opens a file for reading. No part of the path may be a symbolic link. A pipe is opened without waiting
    /// for its writer.
    pub(crate) fn open_file(&self, path: &Path) -> io::Result<File> {
        self.faults.check_access(path)?;
        if self.is_below_link(path) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let mut options = OpenOptions::new();
        options.read(true).custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed());
        self.dir.open_with(path, &options)
    }
}

/// Returns the name of the content folder, also for a path like `.`.
pub(crate) fn folder_name(root_path: &Path) -> Option<String> {
    let path = std::path::absolute(root_path).ok()?;
    Some(path.file_name()?.to_str()?.to_owned())
}

/// Returns the fingerprint of a file.
pub(crate) fn fingerprint(metadata: &Metadata) -> Fingerprint {
    Fingerprint {
        inode: metadata.ino(),
        size: metadata.len(),
        modified_nanos: UnixTime { seconds: metadata.mtime(), nanos: metadata.mtime_nsec() }.total_nanos(),
        changed_nanos: UnixTime { seconds: metadata.ctime(), nanos: metadata.ctime_nsec() }.total_nanos(),
    }
}
