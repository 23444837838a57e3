//! Commands that run other programs of the workspace.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Writes `schema.graphql`. The test `tests/schema.rs` fails if the file and the code differ.
pub(crate) fn schema(root: &Path) -> anyhow::Result<()> {
    let mut command = cargo(root);
    command.args(["run", "--quiet", "--locked", "--package", "passerelle", "--", "schema"]);
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the schema cannot be printed");
    }
    Ok(fs::write(root.join("schema.graphql"), output.stdout)?)
}

/// Runs the snapshot tests, accepts every difference and removes unused snapshots.
///
/// Review the difference with `git diff` before you commit it.
pub(crate) fn snapshots(root: &Path) -> anyhow::Result<()> {
    let listed = root.canonicalize()?.join("target/snapshots-read");
    if listed.exists() {
        fs::remove_file(&listed)?;
    }
    let mut command = cargo(root);
    command.args(["test", "--locked"]).env("INSTA_UPDATE", "always");
    command.env("INSTA_SNAPSHOT_REFERENCES_FILE", &listed);
    for package in packages_with(root, "tests/snapshots")? {
        command.args(["--package", &package]);
    }
    check(&mut command)?;
    let read = fs::read_to_string(&listed)?;
    let read: BTreeSet<&OsStr> = read.lines().filter_map(|line| Path::new(line).file_name()).collect();
    for folder in crates(root)? {
        let Ok(entries) = fs::read_dir(folder.join("tests/snapshots")) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| !read.contains(name)) {
                println!("removed {}", path.display());
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// Measures the release binary.
pub(crate) fn figures(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    // `cargo run` would build the benchmark alone, with other features of its dependencies than the service
    // needs. Cargo would then compile most of them twice.
    let packages = ["--package", "passerelle", "--package", "passerelle-bench"];
    check(cargo(root).args(["build", "--release", "--locked"]).args(packages))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    check(Command::new(target.join("release/passerelle-bench")).current_dir(root).args(arguments))
}

/// Runs the fuzz script of every crate that has fuzz targets.
pub(crate) fn fuzz(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let scripts: Vec<PathBuf> = crates(root)?.into_iter().map(|folder| folder.join("fuzz/run.sh")).collect();
    let scripts: Vec<&PathBuf> = scripts.iter().filter(|script| script.is_file()).collect();
    if scripts.is_empty() {
        bail!("no crate has fuzz/run.sh");
    }
    scripts.into_iter().try_for_each(|script| check(Command::new(script).args(arguments)))
}

/// Returns the folders of the crates, ordered by name.
fn crates(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root.join("crates"))?;
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    folders.sort();
    Ok(folders)
}

/// Returns the names of the packages that contain a folder.
fn packages_with(root: &Path, folder: &str) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for package in crates(root)?.into_iter().filter(|path| path.join(folder).is_dir()) {
        let manifest = fs::read_to_string(package.join("Cargo.toml"))?;
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        names.push(name.with_context(|| format!("{} has no name", package.display()))?.to_owned());
    }
    Ok(names)
}

/// Returns a command for the cargo that runs this program.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn check(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_a_folder_and_named_by_its_manifest() {
        let root = tempfile::TempDir::new().unwrap();
        for (folder, name) in [("b", "passerelle-b"), ("a", "passerelle-a")] {
            let package = root.path().join("crates").join(folder);
            fs::create_dir_all(package.join("src")).unwrap();
            fs::write(package.join("Cargo.toml"), format!("[package]\nname = \"{name}\"\n")).unwrap();
        }
        fs::create_dir_all(root.path().join("crates/b/tests/snapshots")).unwrap();
        assert_eq!(packages_with(root.path(), "tests/snapshots").unwrap(), ["passerelle-b"]);
        assert_eq!(packages_with(root.path(), "src").unwrap(), ["passerelle-a", "passerelle-b"]);
    }

    #[test]
    fn without_fuzz_targets_the_command_fails() {
        let root = tempfile::TempDir::new().unwrap();
        fs::create_dir(root.path().join("crates")).unwrap();
        assert!(fuzz(root.path(), &[]).is_err());
    }
}
