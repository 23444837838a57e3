//! Encoding of cursors. A cursor is opaque, and valid for one list in one sort order.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passerelle_storage::{Cursor, CursorValue};
use serde_json::Value;

use crate::error::ApiError;

/// Encodes a cursor. `order` identifies the list and its sort order.
pub(crate) fn encode(cursor: &Cursor, order: &str) -> String {
    let values = cursor.0.iter().map(|value| match value {
        CursorValue::Number(number) => Value::from(*number),
        CursorValue::Text(text) => Value::from(text.as_str()),
    });
    let all: Vec<Value> = std::iter::once(Value::from(order)).chain(values).collect();
    URL_SAFE_NO_PAD.encode(Value::Array(all).to_string())
}

/// Decodes a cursor.
///
/// # Errors
/// [`ApiError::InvalidCursor`] if the cursor is malformed or was encoded with another `order`.
pub(crate) fn decode(text: &str, order: &str) -> Result<Cursor, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ApiError::InvalidCursor)?;
    let all: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| ApiError::InvalidCursor)?;
    let (first, values) = all.split_first().ok_or(ApiError::InvalidCursor)?;
    if first.as_str() != Some(order) {
        return Err(ApiError::InvalidCursor);
    }
    let value = |value: &Value| match value {
        Value::Number(number) => number.as_i64().map(CursorValue::Number),
        Value::String(text) => Some(CursorValue::Text(text.clone())),
        _ => None,
    };
    values.iter().map(value).collect::<Option<Vec<_>>>().map(Cursor).ok_or(ApiError::InvalidCursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_of_another_list_is_rejected() {
        let cursor = Cursor(vec![CursorValue::Number(-3), CursorValue::Text("été".to_owned())]);
        let text = encode(&cursor, "pages:TITLE");
        assert_eq!(decode(&text, "pages:TITLE").unwrap(), cursor);
        for (text, order) in [(text.as_str(), "pages:ORDER"), ("x", "pages:TITLE"), ("", ""), ("bnVsbA", "")]
        {
            assert!(matches!(decode(text, order), Err(ApiError::InvalidCursor)), "{text}");
        }
    }
}
