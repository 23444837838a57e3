//! A response that goes on: what is said where nothing happens, and what nobody on the way may do with it.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response as HttpResponse;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};

use super::HEARTBEAT;

/// Sends pieces as they come, and a heartbeat where none comes.
pub(super) fn going_on(
    media: &'static str,
    heartbeat: &'static [u8],
    pieces: BoxStream<'static, Bytes>,
) -> HttpResponse {
    let pieces = alive(heartbeat, pieces);
    let mut response = HttpResponse::new(Body::from_stream(pieces.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Proxies such as nginx hold streams back otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn alive(
    heartbeat: &'static [u8],
    pieces: BoxStream<'static, Bytes>,
) -> impl Stream<Item = Bytes> + Send + 'static {
    stream::unfold(pieces, move |mut pieces| async move {
        match tokio::time::timeout(HEARTBEAT, pieces.next()).await {
            Ok(piece) => piece.map(|piece| (piece, pieces)),
            Err(_) => Some((Bytes::from_static(heartbeat), pieces)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn where_nothing_happens_a_heartbeat_comes_before_15_s() {
        let started = Instant::now();
        let later = async {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Bytes::from_static(b"a")
        };
        let told: Vec<(u64, Bytes)> = alive(b":", Box::pin(stream::once(later)))
            .map(|piece| (started.elapsed().as_secs(), piece))
            .collect()
            .await;
        assert_eq!(told, [(12, ":".into()), (24, ":".into()), (30, "a".into())]);
    }
}
