//! Apollo's multipart subscription protocol: each response is a part, in the field `payload`.

use axum::body::Bytes;
use axum::response::Response as HttpResponse;
use futures_util::future;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use passerelle_api::GraphqlResponse;
use serde_json::json;

use super::streaming_body::streaming_response;
use super::types::ResponseStream;

/// The parameters have no quotes, because some Apollo clients compare them literally.
const MEDIA_TYPE: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0";
/// First delimiter. Each part ends with the next delimiter, so that the client can process the part
/// immediately.
const OPENING_DELIMITER: &[u8] = b"\r\n--graphql";
/// Empty part, sent on an idle connection.
const HEARTBEAT: &[u8] = b"\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
/// Suffix that turns the last delimiter into the closing one (RFC 2046, section 5.1.1).
const CLOSING_DELIMITER: &[u8] = b"--\r\n";

/// Returns an HTTP response that contains each GraphQL response as a part.
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
    use axum::http::StatusCode;
    use passerelle_api::ErrorCode;
    use passerelle_model::revision::RevisionNumber;

    #[test]
    fn parts_contain_a_payload_or_errors() {
        let json = |response: GraphqlResponse| {
            let part = String::from_utf8(encode_part(&response).to_vec()).unwrap();
            let (head, rest) = part.split_once("\r\n\r\n").unwrap();
            assert_eq!(head, "\r\ncontent-type: application/json");
            rest.strip_suffix("\r\n--graphql").unwrap().to_owned()
        };
        let response = GraphqlResponse::of_data(json!({ "a": 1 }), RevisionNumber::new(7));
        assert_eq!(json(response), r#"{"payload":{"data":{"a":1},"extensions":{"revision":7}}}"#);
        let failed =
            GraphqlResponse::http_error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, "No.");
        let error = r#"{"message":"No.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}"#;
        assert_eq!(json(failed), format!(r#"{{"payload":null,"errors":[{error}]}}"#));
    }
}
