//! The files beside the documents: what lies under a folder `_images` or `_files`, at its own path.

use std::io;
use std::path::Path as FilePath;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, MetadataExt};
use passerelle_document::path::DocumentPath;
use tokio_util::io::ReaderStream;

use super::Shared;

/// The folders whose files are served.
const FOLDERS: [&str; 2] = ["_images", "_files"];
/// How long a browser shows a file without asking again, in seconds. Short: a file may change under its name.
const MAX_AGE: &str = "public, max-age=300";
/// Nothing that a file holds may run, whatever its type claims.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The types that are served. What a browser would run is not among them.
const TYPES: [(&str, &str); 19] = [
    ("avif", "image/avif"),
    ("csv", "text/csv; charset=utf-8"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("zip", "application/zip"),
];

/// A file of the content folder. What is no asset is not found, whether it is there or not.
pub(super) async fn get(
    State(shared): State<Shared>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some((path, kind)) = asset(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let root = shared.state.content.clone();
    let opening = tokio::task::spawn_blocking(move || open(&root, &path));
    match opening.await.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(Some((file, etag))) => answer(file, &etag, kind, &headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file beside the documents cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The path of an asset below the content folder, and its type, if the path can be one.
fn asset(path: &str) -> Option<(DocumentPath, &'static str)> {
    let path = DocumentPath::parse(path).ok()?;
    let is_below = path.folders().any(|folder| FOLDERS.contains(&folder));
    let is_hidden = path.as_str().split('/').any(|name| name.starts_with('.'));
    let (_, ending) = path.name().rsplit_once('.')?;
    let kind = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending)).map(|(_, kind)| *kind)?;
    (is_below && !is_hidden).then_some((path, kind))
}

/// Opens a file beneath the root, where no link leads out. None where there is no file.
fn open(root: &FilePath, path: &DocumentPath) -> io::Result<Option<(File, String)>> {
    let opened = Dir::open_ambient_dir(root, ambient_authority()).and_then(|dir| {
        // What is no file is not opened: a pipe would wait for ever.
        if dir.metadata(path.as_str())?.is_file() { dir.open(path.as_str()).map(Some) } else { Ok(None) }
    });
    let file = match opened {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    let etag = format!("W/\"{:x}-{:x}-{:x}\"", metadata.len(), metadata.mtime(), metadata.mtime_nsec());
    Ok(Some((file, etag)))
}

/// A path that leads out of the root is denied; to a client that is as good as not there.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied
    )
}

fn answer(file: File, etag: &str, kind: &'static str, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| matches!(known.trim(), "*") || known.trim() == etag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file.into_std()))).into_response()
    };
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(MAX_AGE));
    fields.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        fields.insert(header::ETAG, etag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_assets_have_paths() {
        for path in ["_images/a.png", "trainings/_files/plan 2025.PDF", "_images/sub/é.webp"] {
            assert!(asset(path).is_some(), "{path}");
        }
        for path in [
            "plan.txt",
            "_data/a.png",
            "_images/a.html",
            "_images/a.js",
            "_images/../plan.txt",
            "_images/.a.png",
            "_images/a",
            "_images.png",
        ] {
            assert!(asset(path).is_none(), "{path}");
        }
    }
}
