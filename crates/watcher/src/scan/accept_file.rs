//! The empty files that accept a version of a document.

use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;

/// The ending of their names.
const ACCEPT_SUFFIX: &str = ".accept";

/// The path that an accepting file speaks of, if it is one: `plan.txt` or `plan` for `plan.txt.accept` or `plan.accept`.
pub(crate) fn accepted_path(path: &Path) -> Option<&str> {
    path.to_str()?.strip_suffix(ACCEPT_SUFFIX).filter(|path| !path.is_empty())
}

/// The paths beside one that accept it, or that it accepts.
pub(crate) fn related_accept_paths(path: &Path) -> Vec<PathBuf> {
    /// The endings that a document can have.
    const DOCUMENT_EXTENSIONS: [&str; 3] = ["md", "markdown", "txt"];
    match accepted_path(path) {
        Some(accepted) => {
            let exact = PathBuf::from(accepted);
            let with_extensions =
                DOCUMENT_EXTENSIONS.map(|extension| PathBuf::from(format!("{accepted}.{extension}")));
            std::iter::once(exact).chain(with_extensions).collect()
        }
        None if path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(DocumentPath::is_document_name) =>
        {
            let accept_file =
                |path: &Path| path.to_str().map(|path| PathBuf::from(format!("{path}{ACCEPT_SUFFIX}")));
            [accept_file(path), accept_file(&path.with_extension(""))].into_iter().flatten().collect()
        }
        None => Vec::new(),
    }
}
