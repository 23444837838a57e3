//! Produces a file: its bytes or its place on disk, and its ETag.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use passerelle_api::ApiError;
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::response_cache::CacheKey;
use passerelle_model::checksum::ChecksumBuilder;

use super::spool::{Spool, SpoolWriter};
use crate::accept::MediaType;
use crate::rendered::{RenderedResponse, StreamedFile, file_error};

/// Maximum size of a cached file in bytes: an export of about 3,000 measures. 32 of them fill the default
/// cache.
pub(super) const MAX_CACHED_BYTES: usize = 1024 * 1024;

/// The parts of a file, in order.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes, ApiError>>;

/// File that can be produced several times with the same bytes.
pub(crate) struct GeneratedFile {
    /// Value of `Content-Type`.
    pub(crate) media_type: &'static str,
    /// File name for download, ASCII without quotes. `None` lets the browser display the file.
    pub(crate) file_name: Option<String>,
    /// Rate limit cost of the production.
    pub(crate) cost: usize,
    /// Starts the production.
    pub(crate) produce: Box<dyn Fn() -> Chunks + Send + Sync>,
}

/// Produces a file once. Keeps its bytes if it is small. A large file goes to the spool.
pub(super) async fn render(file: &GeneratedFile, spool: &Spool, key: CacheKey) -> RenderedResponse {
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

#[cfg(test)]
mod tests {
    use super::super::body::stream_response;
    use super::*;
    use futures_util::{StreamExt, stream};
    use passerelle_http_common::response_cache::CacheKeySalt;
    use passerelle_model::checksum::Checksum;
    use passerelle_model::revision::Revision;
    use std::sync::Arc;
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
}
