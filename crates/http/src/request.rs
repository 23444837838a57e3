//! The parameters of a GraphQL request, out of an HTTP request.

use axum::http::{HeaderMap, StatusCode, header};
use passerelle_api::{Answer, Code, Params};
use serde_json::{Map, Value};

/// Whether a body may be read: JSON only, which no form of another site can send.
pub(crate) fn assert_json(headers: &HeaderMap) -> Result<(), Answer> {
    let written = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = written.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let is_utf8 = parts
        .filter_map(|part| part.strip_prefix("charset=").map(str::to_owned))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"));
    if is_json && is_utf8 {
        return Ok(());
    }
    let message = "Send the request as `Content-Type: application/json`.";
    Err(Answer::failed(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message))
}

/// Reads the body of a POST.
pub(crate) fn from_body(body: &[u8]) -> Result<Params, Answer> {
    let value: Value =
        serde_json::from_slice(body).map_err(|error| malformed(format!("The body is not JSON: {error}.")))?;
    if value.is_array() {
        return Err(malformed("One request at a time: the body is a JSON object, not an array."));
    }
    serde_json::from_value(value)
        .map_err(|error| malformed(format!("The body is not a GraphQL request: {error}.")))
}

/// Reads the query string of a GET.
pub(crate) fn from_query(pairs: Vec<(String, String)>) -> Result<Params, Answer> {
    let mut fields = Map::new();
    for (name, value) in pairs {
        let value = match name.as_str() {
            "operationName" | "variables" | "extensions" | "documentId" if value.is_empty() => Value::Null,
            "query" | "operationName" | "documentId" => Value::String(value),
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|error| malformed(format!("The parameter `{name}` is not JSON: {error}.")))?,
            _ => continue,
        };
        fields.insert(name, value);
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| malformed(format!("The query string is not a GraphQL request: {error}.")))
}

fn malformed(message: impl Into<String>) -> Answer {
    Answer::failed(StatusCode::BAD_REQUEST, Code::BadRequest, message)
}
