//! `/exports/measures.csv` and `/exports/measures.json`: the measures of a plan as files, for spreadsheets
//! and scripts.
//!
//! Parameters and fields have the names of the arguments and fields of the GraphQL field `measures`.

mod csv;
mod json;
mod params;
mod table;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::stream;
use passerelle_api::{ApiError, ErrorCode, GraphqlResponse, SEARCH_COST};
use passerelle_storage::{AsOfResult, ReadView};
use tokio::sync::Semaphore;

use self::params::ExportParams;
use self::table::ExportTable;
pub(super) use self::table::PlanTablesCache;
use super::accept::MediaType;
use super::exchange::PeerAddress;
use super::generated_file::{Chunks, FileRequest, GeneratedFile};
use super::state::AppState;
use crate::rendered::{file_error, to_http};

/// Rate limit cost of an export without its rows, as for a list in GraphQL.
const BASE_COST: usize = 5;
/// Rate limit cost of one measure.
const ROW_COST: usize = 1;

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExportFormat {
    Csv,
    Json,
}

/// Serves the measures as CSV. 404 if the plan does not exist.
pub(super) async fn csv(
    State(state): State<AppState>,
    peer: PeerAddress,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    export_response(&state, peer, &headers, pairs, ExportFormat::Csv).await
}

/// Serves the measures as JSON. 404 if the plan does not exist.
pub(super) async fn json(
    State(state): State<AppState>,
    peer: PeerAddress,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    export_response(&state, peer, &headers, pairs, ExportFormat::Json).await
}

async fn export_response(
    state: &AppState,
    peer: PeerAddress,
    headers: &HeaderMap,
    pairs: Vec<(String, String)>,
    format: ExportFormat,
) -> Response {
    let view = state.storage().cached_latest();
    let name = format!("measures {format:?} {pairs:?}");
    let request = FileRequest::new(state, headers, peer, view.revision(), &name);
    if let Some(response) = request.cached_response().await {
        return response;
    }
    // Rows are charged when their number is known.
    if let Err(rejected) = request.charge(BASE_COST + SEARCH_COST * count_searches(&pairs)) {
        return *rejected;
    }
    match prepare(state, view, pairs, format).await {
        Ok(Some(file)) => request.respond(file).await,
        Ok(None) => {
            let message = "No plan has this name in this language.";
            let response =
                GraphqlResponse::http_error(StatusCode::NOT_FOUND, ErrorCode::BadUserInput, message);
            to_http(&response, MediaType::Json)
        }
        Err(error) => to_http(&file_error(&error), MediaType::Json),
    }
}

/// Counts the full-text searches of a query string, at most one too many for each text that contains
/// `"text"`.
fn count_searches(pairs: &[(String, String)]) -> usize {
    let searches = |(name, value): &(String, String)| match name.as_str() {
        "text" => usize::from(!value.is_empty()),
        "filter" => value.matches("\"text\"").count(),
        _ => 0,
    };
    pairs.iter().map(searches).sum()
}

/// Selects the measures and returns their file. `None` if the plan does not exist.
async fn prepare(
    state: &AppState,
    view: ReadView,
    pairs: Vec<(String, String)>,
    format: ExportFormat,
) -> Result<Option<GeneratedFile>, ApiError> {
    let params = ExportParams::parse(pairs)?;
    let view = match params.at {
        None => view,
        Some(at) => match state.storage().as_of(at).await? {
            AsOfResult::Found(past) => past.in_request_of(&view),
            AsOfResult::BeforeFirstRevision => return Ok(None),
            AsOfResult::Pruned(oldest) => {
                return Err(ApiError::BadInput(format!("the content before {oldest} was pruned")));
            }
        },
    };
    let loading = ExportTable::load(view, state.search(), state.plan_tables(), &params);
    let Some(table) = loading.await? else { return Ok(None) };
    let separator = params.separator.unwrap_or_else(|| csv::default_separator(table.plan.heading.lang));
    let (media_type, file_name) = match format {
        ExportFormat::Csv => (csv::MEDIA_TYPE, Some(csv::file_name(&table))),
        ExportFormat::Json => (json::MEDIA_TYPE, None),
    };
    let cost = ROW_COST * table.total();
    let (table, permits) = (Arc::new(table), Arc::clone(state.export_permits()));
    let produce = move || chunks(Arc::clone(&table), Arc::clone(&permits), format, separator);
    Ok(Some(GeneratedFile { media_type, file_name, cost, produce: Box::new(produce) }))
}

/// Renders an export in parts. Reads the next part when the last one is taken.
fn chunks(table: Arc<ExportTable>, permits: Arc<Semaphore>, format: ExportFormat, separator: u8) -> Chunks {
    let part_count = table.part_count();
    Box::pin(stream::unfold(0, move |number| {
        let (table, permits) = (Arc::clone(&table), Arc::clone(&permits));
        async move {
            // The head and the tail are parts of their own.
            if number > part_count + 1 {
                return None;
            }
            let part = render_part(&table, &permits, format, separator, number).await;
            Some((part.map(Bytes::from), number + 1))
        }
    }))
}

/// Renders part 0 (the head), 1 to n (the measures), or n + 1 (the tail).
async fn render_part(
    table: &ExportTable,
    permits: &Semaphore,
    format: ExportFormat,
    separator: u8,
    number: usize,
) -> Result<Vec<u8>, ApiError> {
    if number == 0 {
        return match format {
            ExportFormat::Csv => csv::render_header(table, separator),
            ExportFormat::Json => json::render_head(table),
        };
    }
    if number > table.part_count() {
        return Ok(match format {
            ExportFormat::Csv => Vec::new(),
            ExportFormat::Json => json::TAIL.to_vec(),
        });
    }
    // The semaphore is never closed. Waiting is fair: each export gets a part in turn.
    let _permit = permits.acquire().await.map_err(|error| ApiError::Internal(Arc::new(error)))?;
    let measures = table.part(number - 1).await?;
    match format {
        ExportFormat::Csv => csv::render_rows(table, &measures, separator),
        ExportFormat::Json => json::render_rows(table, &measures, number == 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_counted_in_all_parameters() {
        let count = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            count_searches(&pairs.collect::<Vec<_>>())
        };
        assert_eq!(count(&[("status", "LATE"), ("text", "")]), 0);
        assert_eq!(count(&[("text", "arbres")]), 1);
        let filter = r#"{"or": [{"text": "a"}, {"text": "b"}]}"#;
        assert_eq!(count(&[("text", "arbres"), ("filter", filter)]), 3);
    }
}
