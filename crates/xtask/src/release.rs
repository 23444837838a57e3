//! `release`: prepares the commit of a release.
//!
//! The version is written to `Cargo.toml`. The section "Unreleased" of `CHANGELOG.md` gets the version as
//! its title. `schema.graphql` is copied to `tests/released.graphql`, and a test then rejects breaking
//! changes of the schema.
//!
//! A tag `vVERSION` on that commit starts `.github/workflows/release.yml`, which builds the binaries and
//! the image.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use time::macros::format_description;

const UNRELEASED: &str = "## Unreleased\n";

/// Writes the files of a release. Does not commit them.
pub(crate) fn prepare(root: &Path, version: &str) -> anyhow::Result<()> {
    let today = today()?;
    write(root, version, &today)?;
    // The lock file contains the versions of the workspace crates.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let updated =
        Command::new(cargo).args(["update", "--workspace", "--offline"]).current_dir(root).status()?;
    if !updated.success() {
        bail!("Cargo.lock cannot be updated");
    }
    println!("Read the difference, run .ci/run, then:");
    println!(
        "  git commit --all --message 'release: {version}' && git tag v{version} && git push --follow-tags"
    );
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the date of the release, written once")]
fn today() -> anyhow::Result<String> {
    Ok(time::OffsetDateTime::now_utc().format(format_description!("[year]-[month]-[day]"))?)
}

/// Updates the three files.
fn write(root: &Path, version: &str, date: &str) -> anyhow::Result<()> {
    let [manifest, changelog] = ["Cargo.toml", "CHANGELOG.md"].map(|name| root.join(name));
    let new_manifest = with_version(&fs::read_to_string(&manifest)?, version)?;
    let new_changelog = with_release(&fs::read_to_string(&changelog)?, version, date)?;
    fs::write(manifest, new_manifest)?;
    fs::write(changelog, new_changelog)?;
    fs::copy(root.join("schema.graphql"), root.join("tests/released.graphql"))?;
    Ok(())
}

/// Replaces the version of the workspace: the first line that starts with `version = `.
fn with_version(manifest: &str, version: &str) -> anyhow::Result<String> {
    let numbers: Vec<&str> = version.split('.').collect();
    if numbers.len() != 3 || numbers.iter().any(|number| number.parse::<u32>().is_err()) {
        bail!("write the version as 1.2.3, not {version}");
    }
    let line = manifest.lines().find(|line| line.starts_with("version = "));
    let line = line.context("Cargo.toml has no version")?;
    Ok(manifest.replacen(line, &format!("version = \"{version}\""), 1))
}

/// Inserts a section for the version below an empty section "Unreleased".
fn with_release(changelog: &str, version: &str, date: &str) -> anyhow::Result<String> {
    let (before, after) =
        changelog.split_once(UNRELEASED).context("CHANGELOG.md has no section Unreleased")?;
    let entries = after.split("\n## ").next().unwrap_or_default();
    if entries.trim().is_empty() {
        bail!("the section Unreleased of CHANGELOG.md is empty");
    }
    Ok(format!("{before}{UNRELEASED}\n## {version} - {date}\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_workspace_version_is_replaced() {
        let manifest =
            "[workspace.package]\nversion = \"0.1.0\"\n[dependencies]\na = { version = \"0.1.0\" }\n";
        let changed = with_version(manifest, "0.2.0").unwrap();
        assert_eq!(changed, manifest.replacen("0.1.0", "0.2.0", 1));
        for wrong in ["1.2", "v1.2.3", "1.2.x"] {
            assert!(with_version(manifest, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn entries_move_below_the_version() {
        let changed = with_release("# Changelog\n\n## Unreleased\n\n- A.\n", "0.2.0", "2026-01-31").unwrap();
        assert_eq!(changed, "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-01-31\n\n- A.\n");
    }

    #[test]
    fn a_release_without_entries_is_refused() {
        assert!(with_release("## Unreleased\n\n## 0.1.0\n\n- A.\n", "0.2.0", "2026-01-31").is_err());
    }

    #[test]
    fn nothing_is_written_if_a_file_cannot_be_changed() {
        let root = tempfile::TempDir::new().unwrap();
        fs::write(root.path().join("Cargo.toml"), "version = \"0.1.0\"\n").unwrap();
        fs::write(root.path().join("CHANGELOG.md"), "## Unreleased\n").unwrap();
        assert!(write(root.path(), "0.2.0", "2026-01-31").is_err());
        let manifest = fs::read_to_string(root.path().join("Cargo.toml")).unwrap();
        assert_eq!(manifest, "version = \"0.1.0\"\n");
    }
}
