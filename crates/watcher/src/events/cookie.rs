//! Probe file: tests whether file events arrive.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Prefix of the probe file. Names that start with a dot are not documents.
const COOKIE_PREFIX: &str = ".passerelle-watch-";

/// A probe file. It is removed when the value is dropped.
pub(crate) struct Cookie(PathBuf);

impl Cookie {
    /// Writes a probe file. Fails if the folder is read-only.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        let cookie = Self(folder.join(format!("{COOKIE_PREFIX}{}", std::process::id())));
        fs::write(&cookie.0, "")?;
        Ok(cookie)
    }
}

impl Drop for Cookie {
    fn drop(&mut self) {
        // A file that cannot be removed stays. Its name is not that of a document.
        drop(fs::remove_file(&self.0));
    }
}

/// Returns true if a path is that of a probe file.
pub(crate) fn is_cookie(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(COOKIE_PREFIX))
}
