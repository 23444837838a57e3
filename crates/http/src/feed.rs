//! `/feeds/changes.atom`: the newest changes as an Atom feed (RFC 4287).

mod atom;
mod labels;
mod subject;
mod xml;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use passerelle_api::ApiError;
use passerelle_model::change::ChangeKind;
use passerelle_model::sync::RevisionNumber;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, Pagination, ReadView};

use self::subject::Subjects;
use super::representation::Representation;
use super::state::AppState;
use crate::rendered::from_file_error;

/// Number of entries. More than the changes between two polls of a feed reader; small enough to send on every
/// poll.
const MAX_ENTRIES: u32 = 100;

/// Serves the newest changes, newest first. The parameter `kind` may be repeated and selects change kinds.
pub(super) async fn get(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    match build_feed(&state, pairs).await {
        Ok(feed) => feed.into_response(&headers),
        Err(error) => from_file_error(&error),
    }
}

async fn build_feed(state: &AppState, pairs: Vec<(String, String)>) -> Result<Representation, ApiError> {
    let kinds = parse_kinds(pairs)?;
    let view = state.storage().cached_latest();
    let changes = latest_changes(&view, &kinds).await?;
    let subjects = Subjects::load(&view, &changes, state.page_url()).await?;
    let bytes = atom::render(view.revision(), &kinds, &changes, &subjects);
    Ok(Representation { media_type: atom::MEDIA_TYPE, file_name: None, bytes })
}

/// Parses the `kind` parameters into a sorted list without duplicates. An empty list selects all kinds.
fn parse_kinds(pairs: Vec<(String, String)>) -> Result<Vec<ChangeKind>, ApiError> {
    let mut kinds = Vec::new();
    for (name, value) in pairs {
        if name != "kind" {
            return Err(ApiError::BadInput(format!("{name:?} is not a parameter. Use kind")));
        }
        if value.is_empty() {
            continue;
        }
        let unknown = || {
            let known = ChangeKind::ALL.map(ChangeKind::name).join(", ");
            ApiError::BadInput(format!("`kind` must be one of {known}, not {value:?}"))
        };
        kinds.push(ChangeKind::from_name(&value).ok_or_else(unknown)?);
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

async fn latest_changes(view: &ReadView, kinds: &[ChangeKind]) -> Result<Vec<ChangeLogEntry>, ApiError> {
    let filter = ChangeFilter { since: RevisionNumber::default(), kinds: kinds.to_vec() };
    let pagination = Pagination { from_end: true, ..Pagination::first(MAX_ENTRIES) };
    let slice = view.changes(&filter, &pagination).await?;
    Ok(slice.items.into_iter().rev().map(|(_, change)| change).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_parameters_use_schema_names() {
        let kinds = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            parse_kinds(pairs.collect()).ok()
        };
        assert_eq!(kinds(&[("kind", "")]), Some(Vec::new()));
        let both = [("kind", "STATUS_CHANGED"), ("kind", "MEASURE_ADDED"), ("kind", "STATUS_CHANGED")];
        assert_eq!(kinds(&both), Some(vec![ChangeKind::MeasureAdded, ChangeKind::StatusChanged]));
        assert_eq!(kinds(&[("kind", "status_changed")]), None);
        assert_eq!(kinds(&[("kinds", "STATUS_CHANGED")]), None);
    }
}
