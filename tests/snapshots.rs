//! Every snapshot file belongs to a test.
//!
//! `.ci/run` also finds snapshots that no test reads. This test finds stray files without running the other
//! tests.

use std::fs;

use crate::support::{files, repository};

#[test]
fn every_snapshot_has_a_test_and_is_reviewed() {
    let root = repository();
    let found = files(&root, &["snap", "new"]);
    assert!(!found.is_empty());
    for path in found {
        assert!(path.extension().is_some_and(|ending| ending == "snap"), "{} waits", path.display());
        let text = fs::read_to_string(&path).unwrap();
        let source = text.lines().find_map(|line| line.strip_prefix("source: "));
        let source = source.unwrap_or_else(|| panic!("{} names no test", path.display()));
        assert!(root.join(source).is_file(), "{} belongs to {source}, which is gone", path.display());
    }
}
