//! Reads the parameters of a GraphQL request from an HTTP request.

use axum::http::{HeaderMap, StatusCode, header};
use passerelle_api::{ErrorCode, GraphqlResponse, RequestParams};
use serde_json::{Map, Value};

/// Accepts `application/json` in UTF-8 only.
///
/// HTML forms of other sites cannot send this content type, which prevents cross-site request forgery.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), GraphqlResponse> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let is_utf8 = parts
        .filter_map(|part| part.strip_prefix("charset=").map(str::to_owned))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"));
    if is_json && is_utf8 {
        return Ok(());
    }
    let message = "Send the request as `Content-Type: application/json`.";
    Err(GraphqlResponse::http_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest, message))
}

/// Accepts uncompressed bodies only. A compressed body could expand to far more than the limit of its size.
pub(crate) fn check_content_encoding(headers: &HeaderMap) -> Result<(), GraphqlResponse> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    if encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    let message = "Send the request body without `Content-Encoding`.";
    Err(GraphqlResponse::http_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest, message))
}

/// Parses the JSON body of a POST request.
pub(crate) fn from_body(body: &[u8]) -> Result<RequestParams, GraphqlResponse> {
    // Nearly every body is one valid object. All others are parsed again, for a message that says why.
    if body.starts_with(b"{")
        && let Ok(params) = serde_json::from_slice(body)
    {
        return Ok(params);
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        GraphqlResponse::bad_request(format!("The request body is not valid JSON: {error}."))
    })?;
    if value.is_array() {
        return Err(GraphqlResponse::bad_request(
            "Batched requests are not supported. Send one JSON object.",
        ));
    }
    serde_json::from_value(value).map_err(|error| {
        GraphqlResponse::bad_request(format!("The request body is not a GraphQL request: {error}."))
    })
}

/// Parses the query string of a GET request. Unknown parameters are ignored.
pub(crate) fn from_query(pairs: Vec<(String, String)>) -> Result<RequestParams, GraphqlResponse> {
    let mut fields = Map::new();
    for (name, value) in pairs {
        let value = match name.as_str() {
            "operationName" | "variables" | "extensions" | "documentId" if value.is_empty() => Value::Null,
            "query" | "operationName" | "documentId" => Value::String(value),
            "variables" | "extensions" => serde_json::from_str(&value).map_err(|error| {
                GraphqlResponse::bad_request(format!("The parameter `{name}` is not valid JSON: {error}."))
            })?,
            _ => continue,
        };
        fields.insert(name, value);
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| {
        GraphqlResponse::bad_request(format!("The query string is not a GraphQL request: {error}."))
    })
}
