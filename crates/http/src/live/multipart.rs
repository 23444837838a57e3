//! Apollo's multipart subscriptions: each answer is a part, under `payload`.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use passerelle_api::GraphqlResponse;
use serde_json::json;

use super::ResponseStream;
use super::streaming_body::streaming_response;

/// Without quotes: some of Apollo's clients compare the parameters as they are written.
const MEDIA_TYPE: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0";
/// Each part is followed by the delimiter at once: a client knows by it that the part is whole.
const OPENING_DELIMITER: &[u8] = b"\r\n--graphql";
/// A part that says nothing, by which it is known that nothing happened.
const HEARTBEAT: &[u8] = b"\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
/// What follows the last delimiter.
const CLOSING_DELIMITER: &[u8] = b"--\r\n";

/// Answers as parts.
pub(super) fn multipart_response(responses: ResponseStream) -> HttpResponse {
    let opening = stream::once(future::ready(Ok(Bytes::from_static(OPENING_DELIMITER))));
    let closing = stream::once(future::ready(Ok(Bytes::from_static(CLOSING_DELIMITER))));
    let parts = responses.map_ok(|response| encode_part(&response));
    streaming_response(MEDIA_TYPE, HEARTBEAT, Box::pin(opening.chain(parts).chain(closing)))
}

fn encode_part(response: &GraphqlResponse) -> Bytes {
    let json = if response.was_executed() {
        format!("{{\"payload\":{}}}", response.to_json())
    } else {
        json!({ "payload": null, "errors": response.errors() }).to_string()
    };
    Bytes::from(format!("\r\ncontent-type: application/json\r\n\r\n{json}\r\n--graphql"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Response, value};
    use axum::http::StatusCode;
    use passerelle_api::ErrorCode;
    use passerelle_model::sync::RevisionNumber;

    #[test]
    fn parts_contain_a_payload_or_errors() {
        let json = |response: GraphqlResponse| {
            let part = String::from_utf8(encode_part(&response).to_vec()).unwrap();
            let (head, rest) = part.split_once("\r\n\r\n").unwrap();
            assert_eq!(head, "\r\ncontent-type: application/json");
            rest.strip_suffix("\r\n--graphql").unwrap().to_owned()
        };
        let response =
            GraphqlResponse::from_execution(Response::new(value!({ "a": 1 })), RevisionNumber::new(7));
        assert_eq!(json(response), r#"{"payload":{"data":{"a":1},"extensions":{"revision":7}}}"#);
        let failed =
            GraphqlResponse::http_error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, "No.");
        let error = r#"{"message":"No.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}"#;
        assert_eq!(json(failed), format!(r#"{{"payload":null,"errors":[{error}]}}"#));
    }
}
