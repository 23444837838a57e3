//! The arguments of the GraphQL field `measures` as JSON, for endpoints without GraphQL.

use async_graphql::{InputType, Pos, Value};
use passerelle_storage::query_index::{Direction, MeasureFilter, MeasureOrder};
use serde_json::Value as Json;

use super::{MeasureFilterInput, MeasureOrderInput, PaginationArgs, measure_query};
use crate::error::ApiError;

/// Checks one condition of a filter by itself, so that an error names it.
pub fn check_condition(name: &str, value: Json) -> Result<(), ApiError> {
    let single_condition = Json::Object(std::iter::once((name.to_owned(), value)).collect());
    parse_argument::<MeasureFilterInput>(name, single_condition).map(drop)
}

/// Reads `filter` and `orderBy` as the GraphQL field reads them. Null is an argument that was not provided.
pub fn measure_arguments(
    filter: Json,
    order: Json,
) -> Result<(MeasureFilter, Vec<(MeasureOrder, Direction)>), ApiError> {
    let filter = parse_argument::<MeasureFilterInput>("filter", filter)?;
    let order = parse_argument::<Vec<MeasureOrderInput>>("orderBy", order)?;
    let (query, _) = measure_query(filter.map(Box::new), order, PaginationArgs::default())?;
    Ok((query.filter, query.order))
}

/// Parses the value of an argument as its GraphQL type.
fn parse_argument<T: InputType>(name: &str, json: Json) -> Result<Option<T>, ApiError> {
    let bad = |message: String| ApiError::BadInput(format!("`{name}`: {message}"));
    let provided = Value::from_json(json).map_err(|error| bad(error.to_string()))?;
    let read = Option::<T>::parse(Some(provided.clone()))
        .map_err(|error| bad(error.into_server_error(Pos::default()).message))?;
    // The parser of the engine ignores unknown fields. Its validation finds them, but needs a document.
    match unknown_field(&provided, &read.to_value()) {
        Some(field) => Err(bad(format!("unknown field {field:?} of type {:?}", T::type_name()))),
        None => Ok(read),
    }
}

/// Returns the first field that the type does not have.
fn unknown_field<'g>(provided: &'g Value, read: &Value) -> Option<&'g str> {
    match (provided, read) {
        (Value::Object(provided), Value::Object(read)) => {
            provided.iter().find_map(|(name, value)| match read.get(name) {
                Some(read) => unknown_field(value, read),
                None => Some(name.as_str()),
            })
        }
        (Value::List(provided), Value::List(read)) => {
            provided.iter().zip(read).find_map(|(provided, read)| unknown_field(provided, read))
        }
        // A single value is a list with one item.
        (provided, Value::List(read)) => read.first().and_then(|read| unknown_field(provided, read)),
        _ => None,
    }
}
