//! Bodies of large files, and the ETag of each encoding.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::TryStreamExt;
use passerelle_http_common::encoding::ContentEncoding;

use super::gzip::gzip_stream;
use super::render::Chunks;
use super::spool::SpooledFile;

/// Returns the response with a file on disk.
pub(super) fn spooled_response(file: &Arc<SpooledFile>, encoding: ContentEncoding) -> Response {
    let (length, parts) = file.read(encoding);
    let parts = parts.inspect_err(|error| tracing::error!(%error, "generated file not read from disk"));
    let mut response = Response::new(Body::from_stream(parts));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// Returns the response with a file that is produced while it is sent. `length` is its size in bytes.
pub(super) fn stream_response(chunks: Chunks, length: u64, encoding: ContentEncoding) -> Response {
    let chunks =
        chunks.inspect_err(|error| tracing::error!(%error, "file production failed while it was sent"));
    if encoding == ContentEncoding::Gzip {
        return Response::new(Body::from_stream(gzip_stream(Box::pin(chunks))));
    }
    let mut response = Response::new(Body::from_stream(chunks));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// Returns the strong ETag of an encoding: `"abc"` uncompressed, `"abc-gzip"` compressed (RFC 9110, section
/// 8.8.3.3).
pub(super) fn encoded_etag(etag: &str, encoding: ContentEncoding) -> String {
    let name = encoding.header_value();
    let name = name.as_ref().and_then(|name| name.to_str().ok());
    name.map_or_else(|| etag.to_owned(), |name| format!("{}-{name}\"", etag.trim_end_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_has_its_own_etag() {
        assert_eq!(encoded_etag("\"a\"", ContentEncoding::Identity), "\"a\"");
        assert_eq!(encoded_etag("\"a\"", ContentEncoding::Gzip), "\"a-gzip\"");
        assert_eq!(encoded_etag("\"a\"", ContentEncoding::Brotli), "\"a-br\"");
    }
}
