//! Custom scalars `DateTime` and `JSON`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use passerelle_model::timestamp::Timestamp;

/// A point in time in UTC, with millisecond precision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// Date and time in RFC 3339 format, for example `2025-11-14T09:44:00.000Z`. Values in responses are in UTC
/// with millisecond precision.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Timestamp::parse(text).map(Self).ok_or_else(|| {
                InputValueError::custom(
                    "a DateTime must be in RFC 3339 format, for example 2025-11-14T09:44:00Z",
                )
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Json(pub(crate) serde_json::Value);

/// Any JSON value: object, array, string, number, boolean or null.
#[Scalar(
    name = "JSON",
    specified_by_url = "https://www.ecma-international.org/publications-and-standards/standards/ecma-404/"
)]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}
