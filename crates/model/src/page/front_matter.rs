//! Typed values of the front matter.

use serde_json::{Map, Number, Value};

use crate::timestamp::Timestamp;

/// Longest number in digits that a double represents exactly.
const MAX_DIGITS: usize = 15;

/// Returns the fields with typed scalars: numbers and booleans as JSON, dates as RFC 3339 in UTC.
///
/// Texts of another form stay as they are, for example telephone numbers, which start with a zero or a plus.
pub fn typed_fields(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(key, value)| (key.clone(), typed_value(value))).collect()
}

fn typed_value(value: &Value) -> Value {
    match value {
        Value::String(text) => typed_text(text.trim()).unwrap_or_else(|| value.clone()),
        // The front matter parser bounds the depth.
        Value::Array(values) => values.iter().map(typed_value).collect(),
        Value::Object(fields) => Value::Object(typed_fields(fields)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn typed_text(text: &str) -> Option<Value> {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Some(Value::Bool(text.eq_ignore_ascii_case("true")));
    }
    if let Some(number) = number(text) {
        return Some(Value::Number(number));
    }
    Timestamp::parse(text).map(|at| Value::String(at.to_string()))
}

/// Parses `12`, `-3` and `1.10`. `None` for `012`, `+3`, `1e5`, `1,5` and numbers with too many digits.
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) =
        unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = are_digits(whole) && (whole == "0" || !whole.starts_with('0'));
    if !is_whole || !fraction.is_none_or(are_digits) || unsigned.len() > MAX_DIGITS {
        return None;
    }
    match fraction {
        None => text.parse::<i64>().ok().map(Number::from),
        Some(_) => text.parse::<f64>().ok().and_then(Number::from_f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_are_typed_where_their_form_is_clear() {
        for (written, typed) in [
            (json!("3"), json!(3)),
            (json!("1.10"), json!(1.1)),
            (json!("-2"), json!(-2)),
            (json!("True"), json!(true)),
            (json!("2026-03-01"), json!("2026-03-01T00:00:00.000Z")),
            (json!("0612345678"), json!("0612345678")),
            (json!("+32 2 123"), json!("+32 2 123")),
            (json!("1e5"), json!("1e5")),
            (json!("3,5"), json!("3,5")),
            (json!("1234567890123456"), json!("1234567890123456")),
            (json!(""), json!("")),
            (json!(null), json!(null)),
            (json!({"a": ["1", {"b": "false"}]}), json!({"a": [1, {"b": false}]})),
        ] {
            assert_eq!(typed_value(&written), typed, "{written}");
        }
    }
}
