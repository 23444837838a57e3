//! `/exports/measures.csv` and `/exports/measures.json`: the measures of a plan as files, for spreadsheets and scripts.
//!
//! What is asked for is asked as the GraphQL field `measures` is, and what is told has the names that GraphQL has.

mod csv;
mod json;
mod params;
mod table;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use passerelle_api::{Answer, ApiError, Code};

use self::params::Params;
use self::table::Table;
use super::Shared;
use super::accept::MediaType;
use super::representation::Representation;
use crate::cache::{fileless, to_http};

/// The measures as CSV.
pub(super) async fn csv(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    answer(&shared, &headers, pairs, csv::written).await
}

/// The measures as JSON.
pub(super) async fn json(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    answer(&shared, &headers, pairs, json::written).await
}

async fn answer(
    shared: &Shared,
    headers: &HeaderMap,
    pairs: Vec<(String, String)>,
    written: fn(&Table) -> Result<Representation, ApiError>,
) -> Response {
    let file = match table(shared, pairs).await {
        Ok(Some(table)) => written(&table),
        Ok(None) => {
            let message = "There is no plan of this name, in this language.";
            let answer = Answer::failed(StatusCode::NOT_FOUND, Code::BadUserInput, message);
            return to_http(&answer, MediaType::Json);
        }
        Err(error) => Err(error),
    };
    match file {
        Ok(file) => file.answer(headers),
        Err(error) => fileless(&error),
    }
}

async fn table(shared: &Shared, pairs: Vec<(String, String)>) -> Result<Option<Table>, ApiError> {
    let params = Params::read(pairs)?;
    Table::load(&shared.state.storage.newest(), &shared.state.search, &params).await
}
