//! The release binary, and copies of folders.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

/// Returns the binary to measure: `PASSERELLE_BINARY`, or a new release build.
///
/// Both packages are built together. Cargo then chooses the same features of their dependencies as in
/// `cargo build --release -p passerelle -p passerelle-bench`, and compiles none of them twice.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    if let Some(binary) = std::env::var_os("PASSERELLE_BINARY") {
        return Ok(PathBuf::from(binary));
    }
    let packages = ["--package", "passerelle", "--package", "passerelle-bench"];
    let built = Command::new("cargo").args(["build", "--release"]).args(packages).status()?;
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
