//! A file that is written to see whether its event comes.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Prefix of the probe file. Names that start with a dot are not documents.
const COOKIE_PREFIX: &str = ".passerelle-watch-";

/// A file that goes when it is dropped.
pub(crate) struct Cookie(PathBuf);

impl Cookie {
    /// Writes one into a folder, if that can be written to.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        let cookie = Self(folder.join(format!("{COOKIE_PREFIX}{}", std::process::id())));
        fs::write(&cookie.0, "")?;
        Ok(cookie)
    }
}

impl Drop for Cookie {
    fn drop(&mut self) {
        // Where it cannot be removed it lies there, and is no document.
        drop(fs::remove_file(&self.0));
    }
}

/// Whether a file is one.
pub(crate) fn is_cookie(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(COOKIE_PREFIX))
}
