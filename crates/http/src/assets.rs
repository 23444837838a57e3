//! Assets: files below a folder `_images` or `_files`, at their path in the content folder.

mod open;
mod range;
mod verify;

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::time::{Duration, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use headers::{
    AcceptRanges, ContentLength, ContentRange, ETag, HeaderMapExt, IfModifiedSince, IfNoneMatch, IfRange,
    LastModified,
};
use passerelle_model::asset::{Asset, decode_path, media_type};
use passerelle_model::path::DocumentPath;
use passerelle_model::rendition::{Rendition, has_renditions};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use self::open::{OpenFile, open};
use self::range::{RequestedRange, requested_range};
use super::renditions::{RenditionError, RenditionSource, Renditions};
use super::state::AppState;
pub(super) use verify::FileChecksums;

/// Short cache lifetime: a file can change under the same name.
const CACHE_CONTROL_DEFAULT: &str = "public, max-age=300";
/// For an address that names the version: what it gives never changes.
const CACHE_CONTROL_IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Parameters that request a rendition of an image.
const RENDITION_PARAMETERS: [&str; 3] = ["w", "h", "f"];
/// Maximum size in bytes of an image that renditions are made of. A photograph of a camera has about 10 MiB.
const MAX_RENDITION_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// Value of `Retry-After` in seconds if too many renditions wait. The queue takes a few seconds.
const RETRY_AFTER_SECONDS: u64 = 5;
/// Lets no script in a served file run.
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Serves an asset, or the requested range of it. 404 for every other path, whether a file exists there or
/// not, and for a file whose bytes are not the published ones.
pub(super) async fn get(
    State(shared): State<AppState>,
    method: Method,
    Path(path): Path<String>,
    parameters: Result<Query<Vec<(String, String)>>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Some((path, media)) = parse_asset_path(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let root = shared.content_folder().to_owned();
    let known = shared.storage().asset_at(&path).await;
    let (asset_path, state) = (path.clone(), shared.clone());
    let open_task = tokio::task::spawn_blocking(move || {
        let Some(mut file) = open(&root, &path)? else { return Ok(None) };
        let verified = state.file_checksums().verify(&path, &mut file, known);
        Ok(Some((file, verified)))
    });
    let (file, known) = match open_task.await.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(Some((file, Ok(known)))) => (file, known),
        Ok(Some((_, Err(refusal)))) => {
            tracing::warn!(asset.path = %asset_path, asset.reason = %refusal, "asset not sent");
            return StatusCode::NOT_FOUND.into_response();
        }
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "asset file read failed");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let parameters = parameters.map(|Query(parameters)| parameters).unwrap_or_default();
    let parameters: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let requested_version = parameters.iter().find(|(name, _)| *name == "v").map(|(_, version)| *version);
    let is_immutable = known
        .as_ref()
        .zip(requested_version)
        .is_some_and(|(asset, requested_version)| asset.metadata.version() == requested_version);
    let (mut response, media) = if parameters.iter().any(|(name, _)| RENDITION_PARAMETERS.contains(name)) {
        match rendition(&shared, file, &asset_path, known.as_ref(), &parameters, (&method, &headers)).await {
            Ok(found) => found,
            Err(response) => return response,
        }
    } else {
        (respond(file, known.as_ref(), &method, &headers), media)
    };
    let response_headers = response.headers_mut();
    let cache = if is_immutable { CACHE_CONTROL_IMMUTABLE } else { CACHE_CONTROL_DEFAULT };
    response_headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response_headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    response_headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Makes or finds a rendition of an image. Returns the response and its media type.
///
/// # Errors
/// 400 for parameters that no address of this service has, 404 for a file without renditions, and 503 if too
/// many wait.
async fn rendition(
    state: &AppState,
    file: OpenFile,
    path: &DocumentPath,
    known: Option<&Asset>,
    parameters: &[(&str, &str)],
    (method, headers): (&Method, &HeaderMap),
) -> Result<(Response, &'static str), Response> {
    let widths = state.site_urls().image_widths();
    let is_listed = |side: Option<u32>| side.is_none_or(|side| widths.contains(side));
    let rendition = Rendition::from_query(parameters)
        .filter(|rendition| is_listed(rendition.width) && is_listed(rendition.height))
        .ok_or_else(|| StatusCode::BAD_REQUEST.into_response())?;
    // Without a checksum, a stored rendition could be one of another version.
    let known = known.filter(|_| has_renditions(path) && file.length <= MAX_RENDITION_FILE_BYTES);
    let known = known.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let name = Renditions::name(&known.metadata.checksum, &rendition);
    let etag = format!("\"{name}\"").parse().ok();
    let media = rendition.format.media_type();
    let modified_nanos = file.modified_nanos;
    match state.renditions().get(name, rendition, file.file).await {
        Ok(RenditionSource::File(file)) => {
            let length = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
            let file = OpenFile { file, length, modified_nanos };
            Ok((respond_with(file, etag, method, headers), media))
        }
        Ok(RenditionSource::Memory(bytes)) => Ok((fresh(bytes, etag, headers), media)),
        Err(RenditionError::Undecodable) => Err(StatusCode::NOT_FOUND.into_response()),
        Err(RenditionError::Overloaded) => {
            let retry_after = [(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS))];
            Err((StatusCode::SERVICE_UNAVAILABLE, retry_after).into_response())
        }
    }
}

/// Returns a rendition that was just made, or 304.
fn fresh(bytes: Bytes, etag: Option<ETag>, headers: &HeaderMap) -> Response {
    let condition = headers.typed_get::<IfNoneMatch>();
    let is_not_modified =
        condition.zip(etag.as_ref()).is_some_and(|(condition, etag)| !condition.precondition_passes(etag));
    let mut response =
        if is_not_modified { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    if let Some(etag) = etag {
        response.headers_mut().typed_insert(etag);
    }
    response
}

/// Returns true if a path of an address can be that of a file.
pub(super) fn is_asset_path(path: &str) -> bool {
    decode_path(path.trim_start_matches('/')).as_deref().and_then(parse_asset_path).is_some()
}

/// The path of an asset below the content folder, and its type, if the path can be one.
fn parse_asset_path(path: &str) -> Option<(DocumentPath, &'static str)> {
    let path = DocumentPath::parse(path).ok()?;
    let media = media_type(&path)?;
    Some((path, media))
}

/// Returns the file, a range of it, or 304 (RFC 9110, sections 13 and 14).
///
/// A request for several ranges gets the whole file, as the section allows. `Range` applies to GET only
/// (section 14.2).
fn respond(file: OpenFile, known: Option<&Asset>, method: &Method, headers: &HeaderMap) -> Response {
    let etag = etag(&file, known);
    respond_with(file, etag, method, headers)
}

fn respond_with(file: OpenFile, etag: Option<ETag>, method: &Method, headers: &HeaderMap) -> Response {
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
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let range = range.filter(|_| method == Method::GET && !ignore_range);
    let part = range.map(|range| requested_range(range, length));
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

fn body(mut file: File, start: u64, length: u64) -> Response {
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
        for path in ["trainings/_files/plan 2025.PDF", "fr/photo 1.png"] {
            assert!(parse_asset_path(path).is_some(), "{path}");
        }
        for path in ["plan.txt", "plan.pdf", "_images/a.js", "_images/../plan.txt", "_data/a.png", ".a.png"] {
            assert!(parse_asset_path(path).is_none(), "{path}");
        }
    }
}
