//! Apollo's multipart subscriptions: each answer is a part, under `payload`.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt};
use passerelle_api::Answer;
use serde_json::json;

use super::Answers;
use super::body::going_on;

/// Without quotes: some of Apollo's clients compare the parameters as they are written.
const MEDIA: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0";
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

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Response, value};
    use axum::http::StatusCode;
    use passerelle_api::Code;
    use passerelle_model::sync::RevisionNumber;

    #[test]
    fn a_part_holds_an_answer_or_tells_that_there_is_none() {
        let json = |answer: Answer| {
            let part = String::from_utf8(part(&answer).to_vec()).unwrap();
            let (head, rest) = part.split_once("\r\n\r\n").unwrap();
            assert_eq!(head, "\r\ncontent-type: application/json");
            rest.strip_suffix("\r\n--graphql").unwrap().to_owned()
        };
        let answer = Answer::executed(Response::new(value!({ "a": 1 })), RevisionNumber::new(7));
        assert_eq!(json(answer), r#"{"payload":{"data":{"a":1},"extensions":{"revision":7}}}"#);
        let failed = Answer::failed(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "No.");
        let error = r#"{"message":"No.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}"#;
        assert_eq!(json(failed), format!(r#"{{"payload":null,"errors":[{error}]}}"#));
    }
}
