//! The empty files that accept a version of a document.

use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;

/// The ending of their names.
const ACCEPT: &str = ".accept";

/// The path that an accepting file speaks of, if it is one: `plan.txt` or `plan` for `plan.txt.accept` or `plan.accept`.
pub(crate) fn accepted_by(path: &Path) -> Option<&str> {
    path.to_str()?.strip_suffix(ACCEPT).filter(|path| !path.is_empty())
}

/// The paths beside one that accept it, or that it accepts.
pub(crate) fn accepts_of(path: &Path) -> Vec<PathBuf> {
    /// The endings that a document can have.
    const ENDINGS: [&str; 3] = ["md", "markdown", "txt"];
    match accepted_by(path) {
        Some(accepted) => {
            let whole = PathBuf::from(accepted);
            let ended = ENDINGS.map(|ending| PathBuf::from(format!("{accepted}.{ending}")));
            std::iter::once(whole).chain(ended).collect()
        }
        None if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(DocumentPath::is_document_name) =>
        {
            let beside = |path: &Path| path.to_str().map(|path| PathBuf::from(format!("{path}{ACCEPT}")));
            [beside(path), beside(&path.with_extension(""))].into_iter().flatten().collect()
        }
        None => Vec::new(),
    }
}
