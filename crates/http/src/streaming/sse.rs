//! Server-Sent Events: `graphql-sse` in distinct connections mode, one HTTP response per operation.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::streaming_body::streaming_response;
use super::types::ResponseStream;

/// Comment line, which clients ignore. One is sent immediately, because some clients report an open stream
/// only after the first bytes.
const HEARTBEAT_COMMENT: &[u8] = b":\n\n";

/// Returns an HTTP response with one `next` event per GraphQL response and a final `complete` event.
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
