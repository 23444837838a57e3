//! Apollo's multipart subscriptions: each answer is a part, under `payload`.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt};
use serde_json::json;

use super::super::answer::Answer;
use super::Answers;
use super::body::going_on;

const MEDIA: &str = "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\"";
/// Each part is followed by the delimiter at once: a client knows by it that the part is whole.
const OPENING: &[u8] = b"\r\n--graphql";
/// A part that says nothing, by which it is known that nothing happened.
const HEARTBEAT: &[u8] = b"\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
/// What follows the last delimiter.
const CLOSING: &[u8] = b"--\r\n";

/// Answers as parts.
pub(super) fn parts(answers: Answers) -> HttpResponse {
    let opening = stream::once(future::ready(Bytes::from_static(OPENING)));
    let closing = stream::once(future::ready(Bytes::from_static(CLOSING)));
    let parts = answers.map(|answer| part(&answer));
    going_on(MEDIA, HEARTBEAT, Box::pin(opening.chain(parts).chain(closing)))
}

fn part(answer: &Answer) -> Bytes {
    let json = if answer.was_executed() {
        format!("{{\"payload\":{}}}", answer.to_json())
    } else {
        json!({ "payload": null, "errors": answer.errors() }).to_string()
    };
    Bytes::from(format!("\r\ncontent-type: application/json\r\n\r\n{json}\r\n--graphql"))
}
