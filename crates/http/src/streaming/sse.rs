//! Server-Sent Events: `graphql-sse` in distinct connections mode, one HTTP response per operation.
//!
//! An event of a subscription to changes has an `id`. A browser that reconnects sends the last one in
//! `Last-Event-ID`, and the subscription continues after that event.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, Stream, StreamExt};
use passerelle_api::{EventPosition, GraphqlResponse};

use super::streaming_body::streaming_response;
use super::types::{Interrupted, ResponseStream};

/// Comment line, which clients ignore. One is sent immediately, because some clients report an open stream
/// only after the first bytes.
const HEARTBEAT_COMMENT: &[u8] = b":\n\n";

/// Returns an HTTP response with one `next` event per GraphQL response and a final `complete` event.
pub(super) fn event_stream_response(responses: ResponseStream, position: EventPosition) -> HttpResponse {
    let opening = stream::once(future::ready(Ok(Bytes::from_static(HEARTBEAT_COMMENT))));
    let events = Events { responses, position, has_sent_id: false };
    let complete = stream::once(future::ready(Ok(Bytes::from_static(b"event: complete\ndata: \n\n"))));
    streaming_response(
        "text/event-stream; charset=utf-8",
        HEARTBEAT_COMMENT,
        Box::pin(opening.chain(events).chain(complete)),
    )
}

/// Encodes responses as events.
struct Events {
    responses: ResponseStream,
    position: EventPosition,
    has_sent_id: bool,
}

impl Events {
    fn encode(&mut self, response: &GraphqlResponse) -> Bytes {
        // The stream is not polled ahead, so the position is that of this response.
        let id = self.position.event_id().map(|id| format!("id: {id}\n")).unwrap_or_default();
        self.has_sent_id |= !id.is_empty();
        Bytes::from(format!("{id}event: next\ndata: {}\n\n", response.to_json()))
    }
}

impl Stream for Events {
    type Item = Result<Bytes, Interrupted>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.responses.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(response))) => Poll::Ready(Some(Ok(self.encode(&response)))),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            Poll::Ready(None) => Poll::Ready(None),
            // The start of the subscription: an id without data is no event, but clients keep it. Without it,
            // a client that loses the connection before the first event would miss the changes in between.
            Poll::Pending if !self.has_sent_id => match self.position.event_id() {
                Some(id) => {
                    self.has_sent_id = true;
                    Poll::Ready(Some(Ok(Bytes::from(format!("id: {id}\n\n")))))
                }
                None => Poll::Pending,
            },
            Poll::Pending => Poll::Pending,
        }
    }
}
