//! Snapshots belong to tests that exist.
//!
//! `.ci/run` compares the files with those that the run has read, too; this finds strays without running their tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

fn snapshots(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !matches!(name, "target" | "node_modules") && !name.starts_with('.') {
                snapshots(&path, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "snap" || ending == "new") {
            found.push(path);
        }
    }
}

#[test]
fn every_snapshot_has_a_test_and_none_waits_for_review() {
    let root = repository();
    let mut found = Vec::new();
    snapshots(&root, &mut found);
    assert!(!found.is_empty());
    for path in found {
        assert!(path.extension().is_some_and(|ending| ending == "snap"), "{} waits", path.display());
        let text = fs::read_to_string(&path).unwrap();
        let source = text.lines().find_map(|line| line.strip_prefix("source: "));
        let source = source.unwrap_or_else(|| panic!("{} names no test", path.display()));
        assert!(root.join(source).is_file(), "{} belongs to {source}, which is gone", path.display());
    }
}
