//! `passerelle accept`.

use std::io::Write;
use std::path::{Component, Path};
use std::process::ExitCode;

use anyhow::Context;
use passerelle_model::path::DocumentPath;
use passerelle_storage::Storage;

use crate::cli::AcceptArgs;

/// Accepts the held changes at a path and below it.
pub(crate) async fn accept(args: AcceptArgs) -> anyhow::Result<ExitCode> {
    let path = relative_path(&args.path, &args.content.folder)?;
    let storage = Storage::open(&args.database.url).await?;
    let accepted = storage.accept_held(path.as_ref()).await;
    storage.close().await?;
    let accepted = accepted?;
    for path in &accepted {
        writeln!(std::io::stdout(), "accepted {path}")?;
    }
    if accepted.is_empty() {
        writeln!(std::io::stderr(), "nothing is held for confirmation at {}", args.path.display())?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the path relative to the content folder, with or without the folder as prefix. Returns `None`
/// for the folder itself.
fn relative_path(path: &Path, folder: &Path) -> anyhow::Result<Option<DocumentPath>> {
    let (path, folder) = (path_components(path)?, path_components(folder)?);
    let inside = path.strip_prefix(folder.as_slice()).unwrap_or(&path);
    Ok(if inside.is_empty() { None } else { Some(DocumentPath::parse(&inside.join("/"))?) })
}

fn path_components(path: &Path) -> anyhow::Result<Vec<&str>> {
    let path_components = path.components().filter(|name| *name != Component::CurDir);
    path_components.map(|name| name.as_os_str().to_str().context("the path is not UTF-8")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_accepted_with_and_without_the_content_folder() {
        let path =
            |path: &str| relative_path(Path::new(path), Path::new("content")).unwrap().map(String::from);
        assert_eq!(path("plan.txt"), Some("plan.txt".to_owned()));
        assert_eq!(path("./content/nl/plan.txt"), Some("nl/plan.txt".to_owned()));
        assert_eq!(path("content/nl/"), Some("nl".to_owned()));
        assert_eq!((path("."), path("content")), (None, None));
    }
}
