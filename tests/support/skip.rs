//! Tests that need something from outside the repository, and skip without it.
//!
//! Every skip is reported by [`skip`]. This file is shared by test binaries of several crates through `#[path]`.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Reports a skipped test as `skipped: NEED: REASON`. The format is read by `.ci/run`, which prints the summary.
///
/// Writes to the stream itself: the test harness captures `eprintln!` and drops it if the test passes.
pub(crate) fn skip(need: &str, reason: &str) {
    // One call, so that lines of parallel tests do not mix. A closed standard error is no reason to fail.
    drop(std::io::stderr().write_all(format!("skipped: {need}: {reason}\n").as_bytes()));
}

/// The folder of real documents, outside the repository: `PASSERELLE_SEEDS`, otherwise `../shared/seeds`.
///
/// Skips if the variable is unset or empty and the folder is missing.
///
/// # Panics
/// If the variable names a folder that is missing.
#[expect(clippy::disallowed_methods, reason = "the caller of the tests says where the documents are")]
pub(crate) fn seeds() -> Option<PathBuf> {
    let given = std::env::var("PASSERELLE_SEEDS").ok().filter(|path| !path.is_empty());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join(given.as_deref().unwrap_or("../shared/seeds"));
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(given.is_none(), "PASSERELLE_SEEDS names {}, which is missing", folder.display());
    skip("documents", &format!("no real documents in {}", folder.display()));
    None
}
