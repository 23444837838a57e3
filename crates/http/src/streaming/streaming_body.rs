//! HTTP body of a streamed response, with heartbeats and headers that disable caching and buffering.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response as HttpResponse;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};

use super::types::{HEARTBEAT_INTERVAL, Interrupted};

/// Sends each chunk immediately, and a heartbeat after [`HEARTBEAT_INTERVAL`] without a chunk.
///
/// An error closes the connection without the final chunk, so that the client detects an incomplete body.
pub(super) fn streaming_response(
    media: &'static str,
    heartbeat: &'static [u8],
    chunks: BoxStream<'static, Result<Bytes, Interrupted>>,
) -> HttpResponse {
    let mut response = HttpResponse::new(Body::from_stream(with_heartbeat(heartbeat, chunks)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Disables response buffering in nginx.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn with_heartbeat(
    heartbeat: &'static [u8],
    chunks: BoxStream<'static, Result<Bytes, Interrupted>>,
) -> impl Stream<Item = Result<Bytes, Interrupted>> + Send + 'static {
    stream::unfold(chunks, move |mut chunks| async move {
        match tokio::time::timeout(HEARTBEAT_INTERVAL, chunks.next()).await {
            Ok(chunk) => chunk.map(|chunk| (chunk, chunks)),
            Err(_) => Some((Ok(Bytes::from_static(heartbeat)), chunks)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn idle_stream_sends_a_heartbeat_every_12_seconds() {
        let started = Instant::now();
        let later = async {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(Bytes::from_static(b"a"))
        };
        let sent: Vec<(u64, Bytes)> = with_heartbeat(b":", Box::pin(stream::once(later)))
            .map(|chunk| (started.elapsed().as_secs(), chunk.unwrap()))
            .collect()
            .await;
        assert_eq!(sent, [(12, ":".into()), (24, ":".into()), (30, "a".into())]);
    }
}
