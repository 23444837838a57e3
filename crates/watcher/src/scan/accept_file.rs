//! Empty files that accept a version of a document.

use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;

/// Suffix of their names.
const ACCEPT_SUFFIX: &str = ".accept";

/// Returns the accepted path: `plan.txt` for `plan.txt.accept`, `plan` for `plan.accept`. `None` for other
/// files.
pub(crate) fn accepted_path(path: &Path) -> Option<&str> {
    path.to_str()?.strip_suffix(ACCEPT_SUFFIX).filter(|path| !path.is_empty())
}

/// Returns the acceptances of a document, or the documents of an acceptance.
pub(crate) fn related_accept_paths(path: &Path) -> Vec<PathBuf> {
    match accepted_path(path) {
        Some(accepted) => {
            let exact = PathBuf::from(accepted);
            let extensions = DocumentPath::EXTENSIONS.into_iter().chain(["yaml"]);
            let with_extensions =
                extensions.map(|extension| PathBuf::from(format!("{accepted}.{extension}")));
            std::iter::once(exact).chain(with_extensions).collect()
        }
        None if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
            DocumentPath::is_document_name(name) || DocumentPath::is_settings_name(name)
        }) =>
        {
            let accept_file =
                |path: &Path| path.to_str().map(|path| PathBuf::from(format!("{path}{ACCEPT_SUFFIX}")));
            [accept_file(path), accept_file(&path.with_extension(""))].into_iter().flatten().collect()
        }
        None => Vec::new(),
    }
}
