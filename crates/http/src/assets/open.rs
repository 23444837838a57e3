//! Opens a file below the content folder without following symbolic links.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use passerelle_model::path::DocumentPath;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// Open regular file.
pub(super) struct OpenFile {
    pub(super) file: File,
    /// Size in bytes.
    pub(super) length: u64,
    /// Modification time in nanoseconds since the Unix epoch.
    pub(super) modified_nanos: i64,
}

/// Opens a file below a folder. Returns `None` if there is no regular file at the path.
///
/// Each component is opened relative to its parent without following a link. A link to `../.git/config` or a
/// link that an editor replaces during the request therefore never leads to another file. The folder itself
/// may be a link.
pub(super) fn open(folder: &Path, path: &DocumentPath) -> io::Result<Option<OpenFile>> {
    match open_components(folder, path.as_str()) {
        Ok(fd) => regular_file(File::from(fd)),
        Err(error) if is_not_found(error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn open_components(folder: &Path, path: &str) -> rustix::io::Result<OwnedFd> {
    let folder_flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut parent = openat(CWD, folder, folder_flags, Mode::empty())?;
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    for component in folders.split('/').filter(|component| !component.is_empty()) {
        parent = openat(&parent, component, folder_flags | OFlags::NOFOLLOW, Mode::empty())?;
    }
    // Without `NONBLOCK`, opening a named pipe waits for a writer.
    let file_flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    openat(&parent, name, file_flags, Mode::empty())
}

fn regular_file(file: File) -> io::Result<Option<OpenFile>> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let modified_nanos = metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec());
    Ok(Some(OpenFile { file, length: metadata.len(), modified_nanos }))
}

/// Returns true if the error means that clients can get no file at the path.
fn is_not_found(error: Errno) -> bool {
    [
        Errno::NOENT,
        Errno::NOTDIR,
        // Not readable for the service.
        Errno::ACCESS,
        Errno::PERM,
        // A symbolic link.
        Errno::LOOP,
        // A component of more than 255 bytes, or a path of more than 4,096.
        Errno::NAMETOOLONG,
        // A socket, or a device without a driver.
        Errno::NXIO,
        Errno::NODEV,
    ]
    .contains(&error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn opened(folder: &Path, path: &str) -> Option<u64> {
        open(folder, &DocumentPath::parse(path).unwrap()).unwrap().map(|file| file.length)
    }

    #[test]
    fn no_link_is_followed_in_any_part_of_a_path() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path();
        fs::create_dir_all(folder.join("a/_files")).unwrap();
        fs::create_dir(folder.join(".git")).unwrap();
        fs::write(folder.join(".git/config"), "secret").unwrap();
        fs::write(folder.join("a/_files/in.txt"), "text").unwrap();
        symlink("../../.git/config", folder.join("a/_files/out.txt")).unwrap();
        symlink("in.txt", folder.join("a/_files/beside.txt")).unwrap();
        symlink("a", folder.join("b")).unwrap();
        symlink("a/_files", folder.join("_files")).unwrap();
        symlink("loop.txt", folder.join("a/_files/loop.txt")).unwrap();
        assert_eq!(opened(folder, "a/_files/in.txt"), Some(4));
        for path in [
            "a/_files/out.txt",
            "a/_files/beside.txt",
            "a/_files/loop.txt",
            "b/_files/in.txt",
            "_files/in.txt",
            "a/_files",
            "a/_files/in.txt/x.txt",
            "a/_files/missing.txt",
        ] {
            assert_eq!(opened(folder, path), None, "{path}");
        }
        // The content folder itself may be a link, for example to the current release.
        symlink(folder, folder.join("current")).unwrap();
        assert_eq!(opened(&folder.join("current"), "a/_files/in.txt"), Some(4));
    }

    #[test]
    fn a_name_that_no_file_can_have_is_not_found() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(opened(root.path(), &format!("_files/{}.txt", "a".repeat(300))), None);
        fs::create_dir(root.path().join("_files")).unwrap();
        assert_eq!(opened(root.path(), &format!("_files/{}.txt", "a".repeat(300))), None);
    }
}
