//! The files beside the documents: what lies under a folder `_images` or `_files`, at its own path.

use std::io::{self, Seek, SeekFrom};
use std::ops::Bound;
use std::path::Path as FilePath;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, MetadataExt};
use headers::{
    AcceptRanges, ContentLength, ContentRange, ETag, HeaderMapExt, IfModifiedSince, IfNoneMatch, IfRange,
    LastModified, Range,
};
use passerelle_model::asset::{Asset, media_type};
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::state::AppState;

/// Short cache lifetime: a file can change under the same name.
const CACHE_CONTROL_DEFAULT: &str = "public, max-age=300";
/// For an address that names the version: what it gives never changes.
const CACHE_CONTROL_IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Nothing that a file holds may run, whatever its type claims.
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Version parameter of an asset URL.
#[derive(Debug, Default, Deserialize)]
pub(super) struct VersionParam {
    /// The requested version of the file.
    v: Option<String>,
}

/// A file that is file.
struct OpenFile {
    file: File,
    length: u64,
    modified_nanos: i64,
}

/// A file of the content folder. What is no asset is not found, whether it is there or not.
pub(super) async fn get(
    State(shared): State<AppState>,
    Path(path): Path<String>,
    version: Result<Query<VersionParam>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Some((path, media)) = parse_asset_path(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let root = shared.content_folder().to_owned();
    let known = shared.storage().asset_at(&path).await;
    let open_task = tokio::task::spawn_blocking(move || open(&root, &path));
    let file = match open_task.await.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(Some(file)) => file,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "asset file read failed");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // A database that is down takes no file with it.
    let known =
        known.ok().flatten().filter(|known| matches_fingerprint(&known.1, &file)).map(|(asset, _)| asset);
    let requested_version = version.ok().and_then(|Query(version)| version.v);
    let is_immutable = known
        .as_ref()
        .zip(requested_version)
        .is_some_and(|(asset, requested_version)| asset.metadata.version() == requested_version);
    let mut response = respond(file, known.as_ref(), &headers);
    let response_headers = response.headers_mut();
    let cache = if is_immutable { CACHE_CONTROL_IMMUTABLE } else { CACHE_CONTROL_DEFAULT };
    response_headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response_headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    response_headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The path of an asset below the content folder, and its type, if the path can be one.
fn parse_asset_path(path: &str) -> Option<(DocumentPath, &'static str)> {
    let path = DocumentPath::parse(path).ok()?;
    let media = media_type(&path)?;
    Some((path, media))
}

/// Opens a file beneath the root, where no link leads out. None where there is no file.
fn open(root: &FilePath, path: &DocumentPath) -> io::Result<Option<OpenFile>> {
    let opened = Dir::open_ambient_dir(root, ambient_authority()).and_then(|dir| {
        // What is no file is not opened: a pipe would wait for ever.
        if dir.metadata(path.as_str())?.is_file() { dir.open(path.as_str()).map(Some) } else { Ok(None) }
    });
    let file = match opened {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(error) if is_not_found(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    let modified_nanos = metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec());
    Ok(Some(OpenFile { file, length: metadata.len(), modified_nanos }))
}

/// A path that leads out of the root is denied; to a client that is as good as not there.
fn is_not_found(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied
    )
}

/// Whether a file is the one whose bytes are known.
fn matches_fingerprint(known: &Fingerprint, file: &OpenFile) -> bool {
    known.size == file.length && known.modified_nanos == file.modified_nanos
}

/// The file, a part of it, or that it is known already (RFC 9110, sections 13 and 14). Of several ranges none is file:
/// the whole file is, as the section allows.
fn respond(file: OpenFile, known: Option<&Asset>, headers: &HeaderMap) -> Response {
    let etag = etag(&file, known);
    let seconds = u64::try_from(file.modified_nanos / 1_000_000_000).unwrap_or(0);
    let modified = UNIX_EPOCH + Duration::from_secs(seconds);
    let is_not_modified = match headers.typed_get::<IfNoneMatch>() {
        Some(condition) => etag.as_ref().is_some_and(|etag| !condition.precondition_passes(etag)),
        None => headers.typed_get::<IfModifiedSince>().is_some_and(|since| !since.is_modified(modified)),
    };
    let length = file.length;
    let ignore_range = headers
        .typed_get::<IfRange>()
        .is_some_and(|condition| condition.is_modified(etag.as_ref(), Some(&LastModified::from(modified))));
    let range = if ignore_range { None } else { headers.typed_get::<Range>() };
    let part = range.map(|range| requested_range(&range, length));
    let mut response = match part {
        _ if is_not_modified => StatusCode::NOT_MODIFIED.into_response(),
        Some(RequestedRange::Bytes(start, end)) => {
            let mut response = body(file.file, start, end - start + 1);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            if let Ok(range) = ContentRange::bytes(start..=end, length) {
                response.headers_mut().typed_insert(range);
            }
            response
        }
        Some(RequestedRange::Unsatisfiable) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            response.headers_mut().typed_insert(ContentRange::unsatisfied_bytes(length));
            response
        }
        Some(RequestedRange::WholeFile) | None => body(file.file, 0, length),
    };
    let response_headers = response.headers_mut();
    response_headers.typed_insert(AcceptRanges::bytes());
    response_headers.typed_insert(LastModified::from(modified));
    if let Some(etag) = etag {
        response_headers.typed_insert(etag);
    }
    response
}

/// By content where that is known; else a weak one by size and time.
fn etag(file: &OpenFile, known: Option<&Asset>) -> Option<ETag> {
    let text = match known {
        Some(asset) => format!("\"{}\"", asset.metadata.checksum),
        None => format!("W/\"{:x}-{:x}\"", file.length, file.modified_nanos),
    };
    text.parse().ok()
}

/// Range of a request.
#[derive(Debug, PartialEq, Eq)]
enum RequestedRange {
    /// From one byte to another, both included.
    Bytes(u64, u64),
    /// Nothing that there is.
    Unsatisfiable,
    /// Several parts, or something that is no range.
    WholeFile,
}

fn requested_range(range: &Range, length: u64) -> RequestedRange {
    let mut ranges = range.satisfiable_ranges(length);
    let (first, second) = (ranges.next(), ranges.next());
    match (first, second) {
        (None, _) => RequestedRange::Unsatisfiable,
        (Some((start, end)), None) => {
            let start = match start {
                Bound::Included(start) => start,
                Bound::Excluded(start) => start + 1,
                Bound::Unbounded => 0,
            };
            let last = length.saturating_sub(1);
            let end = match end {
                Bound::Included(end) => end.min(last),
                Bound::Excluded(end) => end.saturating_sub(1).min(last),
                Bound::Unbounded => last,
            };
            if start <= end && start < length {
                RequestedRange::Bytes(start, end)
            } else {
                RequestedRange::Unsatisfiable
            }
        }
        (Some(_), Some(_)) => RequestedRange::WholeFile,
    }
}

fn body(file: File, start: u64, length: u64) -> Response {
    let mut file = file.into_std();
    if let Err(error) = file.seek(SeekFrom::Start(start)) {
        tracing::error!(%error, "asset file read failed");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let stream = ReaderStream::new(tokio::fs::File::from_std(file).take(length));
    let mut response = Body::from_stream(stream).into_response();
    response.headers_mut().typed_insert(ContentLength(length));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_asset_paths_are_accepted() {
        assert!(parse_asset_path("trainings/_files/plan 2025.PDF").is_some());
        for path in ["plan.txt", "_images/a.js", "_images/../plan.txt", "_images.png"] {
            assert!(parse_asset_path(path).is_none(), "{path}");
        }
    }

    #[test]
    fn single_byte_ranges_are_resolved() {
        let requested_range = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            headers.typed_get::<Range>().map(|range| requested_range(&range, 10))
        };
        assert_eq!(requested_range("bytes=2-4"), Some(RequestedRange::Bytes(2, 4)));
        assert_eq!(requested_range("bytes=8-"), Some(RequestedRange::Bytes(8, 9)));
        assert_eq!(requested_range("bytes=-3"), Some(RequestedRange::Bytes(7, 9)));
        assert_eq!(requested_range("bytes=2-99"), Some(RequestedRange::Bytes(2, 9)));
        assert_eq!(requested_range("bytes=10-"), Some(RequestedRange::Unsatisfiable));
        assert_eq!(requested_range("bytes=0-1,4-5"), Some(RequestedRange::WholeFile));
    }
}
