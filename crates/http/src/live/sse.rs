//! Server-Sent Events, by `graphql-sse` in distinct connections mode: one response an operation.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt};

use super::Answers;
use super::body::going_on;

/// A comment, which clients pass over. The first goes out at once: some clients open a stream only when it says something.
const COMMENT: &[u8] = b":\n\n";

/// Answers as events: each answer is a `next`, then comes `complete`.
pub(super) fn events(answers: Answers) -> HttpResponse {
    let opening = stream::once(future::ready(Bytes::from_static(COMMENT)));
    let next = answers.map(|answer| Bytes::from(format!("event: next\ndata: {}\n\n", answer.to_json())));
    let complete = stream::once(future::ready(Bytes::from_static(b"event: complete\ndata: \n\n")));
    going_on("text/event-stream; charset=utf-8", COMMENT, Box::pin(opening.chain(next).chain(complete)))
}
