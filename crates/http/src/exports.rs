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
use passerelle_api::{ApiError, ErrorCode, GraphqlResponse};

use self::params::ExportParams;
use self::table::ExportTable;
use super::AppState;
use super::accept::MediaType;
use super::representation::Representation;
use crate::cache::{from_file_error, to_http};

/// The measures as CSV.
pub(super) async fn csv(
    State(shared): State<AppState>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    export_response(&shared, &headers, pairs, csv::render).await
}

/// The measures as JSON.
pub(super) async fn json(
    State(shared): State<AppState>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    export_response(&shared, &headers, pairs, json::render).await
}

async fn export_response(
    shared: &AppState,
    headers: &HeaderMap,
    pairs: Vec<(String, String)>,
    render: fn(&ExportTable) -> Result<Representation, ApiError>,
) -> Response {
    let file = match load_table(shared, pairs).await {
        Ok(Some(table)) => render(&table),
        Ok(None) => {
            let message = "No plan has this name in this language.";
            let response =
                GraphqlResponse::http_error(StatusCode::NOT_FOUND, ErrorCode::BadUserInput, message);
            return to_http(&response, MediaType::Json);
        }
        Err(error) => Err(error),
    };
    match file {
        Ok(file) => file.into_response(headers),
        Err(error) => from_file_error(&error),
    }
}

async fn load_table(
    shared: &AppState,
    pairs: Vec<(String, String)>,
) -> Result<Option<ExportTable>, ApiError> {
    let params = ExportParams::parse(pairs)?;
    ExportTable::load(&shared.state.storage.cached_latest(), &shared.state.search, &params).await
}
