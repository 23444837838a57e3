//! `/exports/measures.csv` and `/exports/measures.json`: the measures of a plan as files, for spreadsheets
//! and scripts.
//!
//! Parameters and fields have the names of the arguments and fields of the GraphQL field `measures`.

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
use super::accept::MediaType;
use super::representation::Representation;
use super::state::AppState;
use crate::rendered::{from_file_error, to_http};

/// Serves the measures as CSV. 404 if the plan does not exist.
pub(super) async fn csv(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    export_response(&state, &headers, pairs, csv::render).await
}

/// Serves the measures as JSON. 404 if the plan does not exist.
pub(super) async fn json(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    export_response(&state, &headers, pairs, json::render).await
}

async fn export_response(
    state: &AppState,
    headers: &HeaderMap,
    pairs: Vec<(String, String)>,
    render: fn(&ExportTable) -> Result<Representation, ApiError>,
) -> Response {
    let file = match load_table(state, pairs).await {
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

async fn load_table(state: &AppState, pairs: Vec<(String, String)>) -> Result<Option<ExportTable>, ApiError> {
    let params = ExportParams::parse(pairs)?;
    ExportTable::load(&state.storage().cached_latest(), state.search(), &params).await
}
