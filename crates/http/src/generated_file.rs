//! Generated files: exports, the feed and the schema. Price, cache, ETag, compression and streaming.
//!
//! A file is produced in chunks. A file of at most [`MAX_CACHED_BYTES`] is cached by revision, like a GraphQL
//! response. A larger file is produced once, to compute its ETag, and stored on disk by revision ([`spool`]).
//! A file that could not be stored is produced again for each client, while it is sent. At most one chunk of
//! a large file is in memory. Production stops when the client is gone.

mod gzip;
mod spool;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use passerelle_api::ApiError;
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::rate_limit::{CACHE_HIT_COST, PeerAddress, retry_after_seconds};
use passerelle_http_common::response_cache::CacheKey;
use passerelle_model::checksum::{Checksum, ChecksumBuilder};
use passerelle_model::revision::Revision;

use self::gzip::gzip_stream;
pub(super) use self::spool::Spool;
use self::spool::{SpoolWriter, SpooledFile};
use super::accept::MediaType;
use super::rendered::{RenderedResponse, StreamedFile, file_error, rate_limited_response, to_http};
use super::state::AppState;

/// Maximum size of a cached file in bytes: an export of about 3,000 measures. 32 of them fill the default
/// cache.
const MAX_CACHED_BYTES: usize = 1024 * 1024;

/// The parts of a file, in order.
pub(super) type Chunks = BoxStream<'static, Result<Bytes, ApiError>>;

/// File that can be produced several times with the same bytes.
pub(super) struct GeneratedFile {
    /// Value of `Content-Type`.
    pub(super) media_type: &'static str,
    /// File name for download, ASCII without quotes. `None` lets the browser display the file.
    pub(super) file_name: Option<String>,
    /// Rate limit cost of the production.
    pub(super) cost: usize,
    /// Starts the production.
    pub(super) produce: Box<dyn Fn() -> Chunks + Send + Sync>,
}

/// Request for a generated file.
pub(super) struct FileRequest<'a> {
    state: &'a AppState,
    headers: &'a HeaderMap,
    peer: Option<IpAddr>,
    key: CacheKey,
    encoding: ContentEncoding,
}

impl<'a> FileRequest<'a> {
    /// `name` identifies the file and its parameters, for example `measures.csv?status=LATE`.
    pub(super) fn new(
        state: &'a AppState,
        headers: &'a HeaderMap,
        peer: PeerAddress,
        revision: Revision,
        name: &str,
    ) -> Self {
        let request = Checksum::of(format!("file:{name}").as_bytes());
        Self {
            state,
            headers,
            peer: peer.ok().map(|info| info.0.ip()),
            key: CacheKey::new(request, revision, MediaType::Json.cache_variant(), state.cache_key_salt()),
            encoding: ContentEncoding::negotiate(headers),
        }
    }

    /// Answers from the cache. Returns `None` on a cache miss, and for a large file that is not on disk.
    pub(super) async fn cached_response(&self) -> Option<Response> {
        let rendered = self.state.response_cache().get(self.key, self.encoding).await?;
        let spooled = self.spooled(&rendered).await;
        let is_small = rendered.file.as_ref().is_some_and(|file| file.length.is_none());
        if !is_small && spooled.is_none() && !self.is_current(&rendered) {
            return None;
        }
        Some(match self.charge(CACHE_HIT_COST) {
            Ok(()) => self.send(&rendered, spooled.as_ref(), None),
            Err(rejected) => *rejected,
        })
    }

    /// Produces the file and answers with it, or with 304 if the client has it.
    pub(super) async fn respond(&self, file: GeneratedFile) -> Response {
        if let Err(rejected) = self.charge(file.cost) {
            return *rejected;
        }
        let rendering = Box::pin(render(&file, self.state.spool(), self.key));
        let (rendered, _) =
            self.state.response_cache().get_or_render(self.key, self.encoding, rendering).await;
        let spooled = self.spooled(&rendered).await;
        self.send(&rendered, spooled.as_ref(), Some(&file))
    }

    /// Returns the bytes of a large file, if they are on disk.
    async fn spooled(&self, rendered: &RenderedResponse) -> Option<Arc<SpooledFile>> {
        rendered.file.as_ref()?.length?;
        self.state.spool().get(self.key).await
    }

    /// Charges the client. The error is the response with status 429.
    pub(super) fn charge(&self, cost: usize) -> Result<(), Box<Response>> {
        self.state.rate_limiter().charge(self.headers, self.peer, cost).map_err(|retry_after| {
            let mut response = to_http(&rate_limited_response(retry_after), MediaType::Json);
            let seconds = HeaderValue::from(retry_after_seconds(retry_after));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            Box::new(response)
        })
    }

    /// Returns true if the client has the file.
    fn is_current(&self, rendered: &RenderedResponse) -> bool {
        let etag = rendered.etag.as_ref().and_then(|etag| etag.to_str().ok());
        let Some(etag) = etag else { return false };
        let Some(condition) = self.headers.typed_get::<IfNoneMatch>() else { return false };
        // The encodings of a file have different tags and the same content.
        [ContentEncoding::Identity, ContentEncoding::Gzip, ContentEncoding::Brotli].into_iter().any(
            |encoding| {
                let etag = encoded_etag(etag, encoding).parse::<ETag>();
                etag.is_ok_and(|etag| !condition.precondition_passes(&etag))
            },
        )
    }

    /// Sends a rendered file. A large file is read from disk, or produced again.
    fn send(
        &self,
        rendered: &RenderedResponse,
        spooled: Option<&Arc<SpooledFile>>,
        file: Option<&GeneratedFile>,
    ) -> Response {
        let Some(description) = &rendered.file else {
            return rendered.clone().into_http(MediaType::Json);
        };
        let is_streamed = description.length.is_some();
        let is_current = self.is_current(rendered);
        let mut encoding = rendered.encoding;
        let mut response = match (is_current, description.length, spooled, file) {
            (true, ..) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                if is_streamed {
                    encoding = self.streamed_encoding();
                }
                response
            }
            (false, Some(_), Some(spooled), _) => {
                encoding = self.streamed_encoding();
                spooled_response(spooled, encoding)
            }
            (false, Some(length), None, Some(file)) => {
                encoding = self.streamed_encoding();
                stream_response((file.produce)(), length, encoding)
            }
            (false, ..) => Response::new(Body::from(rendered.bytes.clone())),
        };
        let headers = response.headers_mut();
        if !is_current {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(description.media_type));
            if let Some(disposition) = &description.disposition {
                headers.insert(header::CONTENT_DISPOSITION, disposition.clone());
            }
            if let Some(value) = encoding.header_value() {
                headers.insert(header::CONTENT_ENCODING, value);
            }
        }
        // The file can change with every revision. Caches may store it but must revalidate.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let etag = rendered.etag.as_ref().and_then(|etag| etag.to_str().ok());
        let etag = etag.and_then(|etag| HeaderValue::try_from(encoded_etag(etag, encoding)).ok());
        if let Some(etag) = etag {
            headers.insert(header::ETAG, etag);
        }
        response
    }

    /// Returns the encoding of a file that is compressed while it is sent.
    ///
    /// A Brotli encoder takes several MiB for each client, a gzip encoder 256 KiB.
    fn streamed_encoding(&self) -> ContentEncoding {
        let is_accepted = ContentEncoding::accepts(self.headers, ContentEncoding::Gzip);
        if is_accepted { ContentEncoding::Gzip } else { ContentEncoding::Identity }
    }
}

/// Produces a file once. Keeps its bytes if it is small. A large file goes to the spool.
async fn render(file: &GeneratedFile, spool: &Spool, key: CacheKey) -> RenderedResponse {
    let mut chunks = (file.produce)();
    let (mut checksum, mut length, mut bytes) = (ChecksumBuilder::default(), 0, Vec::new());
    let mut writer = None;
    loop {
        match chunks.try_next().await {
            Ok(Some(chunk)) => {
                checksum.update(&chunk);
                let was_small = length <= MAX_CACHED_BYTES;
                length += chunk.len();
                if length <= MAX_CACHED_BYTES {
                    bytes.extend_from_slice(&chunk);
                    continue;
                }
                if was_small {
                    let begin = Bytes::from(std::mem::take(&mut bytes));
                    writer = spool.begin().await;
                    writer = write(writer, begin).await;
                }
                writer = write(writer, chunk).await;
            }
            Ok(None) => break,
            Err(error) => return RenderedResponse::of(&file_error(&error), MediaType::Json, String::new),
        }
    }
    let is_large = length > MAX_CACHED_BYTES;
    if let Some(writer) = writer {
        spool.insert(key, writer).await;
    }
    let disposition = file.file_name.as_ref().map(|name| format!("attachment; filename=\"{name}\""));
    RenderedResponse {
        status: StatusCode::OK,
        bytes: Bytes::copy_from_slice(&bytes),
        encoding: ContentEncoding::Identity,
        error_count: 0,
        etag: HeaderValue::try_from(format!("\"{}\"", checksum.finish())).ok(),
        is_overloaded: false,
        reservation: None,
        file: Some(StreamedFile {
            media_type: file.media_type,
            disposition: disposition.and_then(|text| HeaderValue::try_from(text).ok()),
            length: is_large.then_some(length as u64),
        }),
    }
}

async fn write(writer: Option<SpoolWriter>, part: Bytes) -> Option<SpoolWriter> {
    writer?.write(part).await
}

fn spooled_response(file: &Arc<SpooledFile>, encoding: ContentEncoding) -> Response {
    let (length, parts) = file.read(encoding);
    let parts = parts.inspect_err(|error| tracing::error!(%error, "generated file not read from disk"));
    let mut response = Response::new(Body::from_stream(parts));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn stream_response(chunks: Chunks, length: u64, encoding: ContentEncoding) -> Response {
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
fn encoded_etag(etag: &str, encoding: ContentEncoding) -> String {
    let name = encoding.header_value();
    let name = name.as_ref().and_then(|name| name.to_str().ok());
    name.map_or_else(|| etag.to_owned(), |name| format!("{}-{name}\"", etag.trim_end_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, stream};
    use passerelle_http_common::response_cache::CacheKeySalt;
    use passerelle_model::revision::Revision;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn key() -> CacheKey {
        let salt = CacheKeySalt::of("", "");
        CacheKey::new(Checksum::of(b"file"), Revision::default(), MediaType::Json.cache_variant(), salt)
    }

    /// A file of chunks of 64 KiB. The counter has the number of chunks that were produced.
    fn file(chunks: usize) -> (GeneratedFile, Arc<AtomicUsize>) {
        let produced = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&produced);
        let produce = move || -> Chunks {
            let counter = Arc::clone(&counter);
            Box::pin(stream::iter(0..chunks).map(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
                Ok(Bytes::from(vec![b'a'; 64 * 1024]))
            }))
        };
        (
            GeneratedFile { media_type: "text/csv", file_name: None, cost: 1, produce: Box::new(produce) },
            produced,
        )
    }

    #[tokio::test]
    async fn only_a_small_file_is_kept_and_both_have_the_checksum_of_their_bytes() {
        for (chunks, kept) in [(16, 1024 * 1024), (17, 0)] {
            let rendered = render(&file(chunks).0, &Spool::new(None), key()).await;
            assert_eq!(rendered.bytes.len(), kept);
            let checksum = Checksum::of(&vec![b'a'; chunks * 64 * 1024]);
            assert_eq!(rendered.etag.unwrap(), format!("\"{checksum}\""));
            let length = rendered.file.unwrap().length;
            assert_eq!(length, (kept == 0).then_some(chunks as u64 * 64 * 1024));
        }
    }

    #[tokio::test]
    async fn large_file_is_stored_while_it_is_produced() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(Some(folder.path()));
        let (file, produced) = file(17);
        render(&file, &spool, key()).await;
        let (length, _) = spool.get(key()).await.unwrap().read(ContentEncoding::Identity);
        assert_eq!(length, 17 * 64 * 1024);
        assert_eq!(produced.load(Ordering::Relaxed), 17);
    }

    #[tokio::test]
    async fn a_file_that_nobody_reads_is_not_produced_further() {
        for encoding in [ContentEncoding::Identity, ContentEncoding::Gzip] {
            let (file, produced) = file(1_000);
            let response = stream_response((file.produce)(), 1_000 * 64 * 1024, encoding);
            let mut body = response.into_body().into_data_stream();
            body.next().await.unwrap().unwrap();
            let read = produced.load(Ordering::Relaxed);
            drop(body);
            assert!((1..100).contains(&read), "{read}");
            assert_eq!(produced.load(Ordering::Relaxed), read);
        }
    }

    #[test]
    fn each_encoding_has_its_own_etag() {
        assert_eq!(encoded_etag("\"a\"", ContentEncoding::Identity), "\"a\"");
        assert_eq!(encoded_etag("\"a\"", ContentEncoding::Gzip), "\"a-gzip\"");
        assert_eq!(encoded_etag("\"a\"", ContentEncoding::Brotli), "\"a-br\"");
    }
}
