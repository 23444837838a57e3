//! The arguments of the GraphQL field `measures` as JSON, for endpoints without GraphQL.

use async_graphql::{InputType, Pos, Value};
use passerelle_storage::query_index::{Direction, MeasureFilter, MeasureOrder};
use serde_json::Value as Json;

use super::{MeasureFilterInput, MeasureOrderInput, WindowArgs, measure_query};
use crate::error::ApiError;

/// Checks one condition of a filter by itself, so that an error names it.
pub fn check_condition(name: &str, value: Json) -> Result<(), ApiError> {
    let alone = Json::Object(std::iter::once((name.to_owned(), value)).collect());
    argument::<MeasureFilterInput>(name, alone).map(drop)
}

/// Reads `filter` and `orderBy` as the GraphQL field reads them. Null is an argument that was not given.
pub fn measure_arguments(
    filter: Json,
    order: Json,
) -> Result<(MeasureFilter, Vec<(MeasureOrder, Direction)>), ApiError> {
    let filter = argument::<MeasureFilterInput>("filter", filter)?;
    let order = argument::<Vec<MeasureOrderInput>>("orderBy", order)?;
    let (query, _) = measure_query(filter.map(Box::new), order, WindowArgs::default())?;
    Ok((query.filter, query.order))
}

/// The value of an argument, read by its GraphQL type.
fn argument<T: InputType>(name: &str, json: Json) -> Result<Option<T>, ApiError> {
    let bad = |message: String| ApiError::BadInput(format!("`{name}`: {message}"));
    let given = Value::from_json(json).map_err(|error| bad(error.to_string()))?;
    let read = Option::<T>::parse(Some(given.clone()))
        .map_err(|error| bad(error.into_server_error(Pos::default()).message))?;
    // The engine's parser passes over fields that it does not know; its validation, which does not, needs a document.
    match unknown_field(&given, &read.to_value()) {
        Some(field) => Err(bad(format!("unknown field {field:?} of type {:?}", T::type_name()))),
        None => Ok(read),
    }
}

/// The first field that was given and not read.
fn unknown_field<'g>(given: &'g Value, read: &Value) -> Option<&'g str> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            given.iter().find_map(|(name, value)| match read.get(name) {
                Some(read) => unknown_field(value, read),
                None => Some(name.as_str()),
            })
        }
        (Value::List(given), Value::List(read)) => {
            given.iter().zip(read).find_map(|(given, read)| unknown_field(given, read))
        }
        // One value is read as a list of it.
        (given, Value::List(read)) => read.first().and_then(|read| unknown_field(given, read)),
        _ => None,
    }
}
