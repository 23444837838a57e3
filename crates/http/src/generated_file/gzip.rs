//! Compresses a stream of chunks as it is sent.

use std::io::Write;

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use passerelle_api::ApiError;

/// Error of a stream. It breaks the connection, so that the client detects an incomplete file.
type StreamError = Box<dyn std::error::Error + Send + Sync>;

/// Compresses chunks with gzip. Reads the next chunk only after the client has taken the bytes of the last
/// one.
pub(super) fn gzip_stream(
    chunks: BoxStream<'static, Result<Bytes, ApiError>>,
) -> BoxStream<'static, Result<Bytes, StreamError>> {
    let encoder = GzEncoder::new(Vec::new(), Compression::default());
    let compressed = stream::unfold(Some((chunks, encoder)), |state| async move {
        let (mut chunks, mut encoder) = state?;
        loop {
            match chunks.next().await {
                Some(Ok(chunk)) => {
                    if let Err(error) = encoder.write_all(&chunk) {
                        return Some((Err(error.into()), None));
                    }
                    // The encoder writes after several chunks, depending on the content.
                    let bytes = std::mem::take(encoder.get_mut());
                    if !bytes.is_empty() {
                        return Some((Ok(bytes.into()), Some((chunks, encoder))));
                    }
                }
                Some(Err(error)) => return Some((Err(error.into()), None)),
                None => return Some((encoder.finish().map(Bytes::from).map_err(Into::into), None)),
            }
        }
    });
    Box::pin(compressed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;
    use std::io::Read;

    #[tokio::test]
    async fn compressed_chunks_are_one_gzip_file() {
        let texts: Vec<String> = (0..200).map(|number| format!("{number};").repeat(500)).collect();
        let chunks = texts.clone().into_iter().map(|text| Ok(Bytes::from(text)));
        let compressed: Vec<Bytes> = gzip_stream(Box::pin(stream::iter(chunks))).try_collect().await.unwrap();
        let mut read = String::new();
        flate2::read::GzDecoder::new(compressed.concat().as_slice()).read_to_string(&mut read).unwrap();
        assert_eq!(read, texts.concat());
    }

    #[tokio::test]
    async fn an_error_ends_the_stream() {
        let chunks = [Ok(Bytes::from_static(b"a")), Err(ApiError::InvalidCursor)];
        let sent: Vec<_> = gzip_stream(Box::pin(stream::iter(chunks))).collect().await;
        assert!(sent.last().is_some_and(Result::is_err));
    }
}
