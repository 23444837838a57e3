//! The release binary, and copies of folders.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

/// Builds the release binary `passerelle` and returns its path.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let built = Command::new("cargo").args(["build", "--release", "--package", "passerelle"]).status()?;
    if !built.success() {
        bail!("the binary cannot be built");
    }
    let own = std::env::current_exe()?;
    Ok(own.with_file_name("passerelle"))
}

/// Copies a folder. The copies can be written even if the documents are read-only.
pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::write(target, std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
