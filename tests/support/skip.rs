//! Skips tests that need resources outside the repository.
//!
//! [`skip`] reports every skipped test. Test binaries of several crates share this file through `#[path]`.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Reports a skipped test as `skipped: NEED: REASON`. `.ci/run` reads this format and prints a summary.
///
/// Writes to standard error directly, because the test harness captures `eprintln!` and drops it if the
/// test passes.
pub(crate) fn skip(need: &str, reason: &str) {
    // A single write keeps the lines of parallel tests apart. A closed standard error is not a failure.
    drop(std::io::stderr().write_all(format!("skipped: {need}: {reason}\n").as_bytes()));
}

/// Returns the folder of real documents: `PASSERELLE_SEEDS`, otherwise `../shared/seeds`.
///
/// Returns `None` if the variable is unset or empty and the folder is missing.
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
