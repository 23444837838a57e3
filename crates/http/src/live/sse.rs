//! Server-Sent Events, by `graphql-sse` in distinct connections mode: one response an operation.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::ResponseStream;
use super::streaming_body::streaming_response;

/// A comment, which clients pass over. The first goes out at once: some clients open a stream only when it says something.
const HEARTBEAT_COMMENT: &[u8] = b":\n\n";

/// Answers as events: each answer is a `next`, then comes `complete`.
pub(super) fn event_stream_response(responses: ResponseStream) -> HttpResponse {
    let opening = stream::once(future::ready(Ok(Bytes::from_static(HEARTBEAT_COMMENT))));
    let next =
        responses.map_ok(|response| Bytes::from(format!("event: next\ndata: {}\n\n", response.to_json())));
    let complete = stream::once(future::ready(Ok(Bytes::from_static(b"event: complete\ndata: \n\n"))));
    streaming_response(
        "text/event-stream; charset=utf-8",
        HEARTBEAT_COMMENT,
        Box::pin(opening.chain(next).chain(complete)),
    )
}
