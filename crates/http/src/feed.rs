//! `/feeds/changes.atom`: the newest changes as an Atom feed (RFC 4287).

mod atom;
mod labels;
mod subject;
mod xml;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::stream;
use passerelle_api::{ApiError, SiteUrls};
use passerelle_model::change::ChangeKind;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, Pagination, ReadView};

use self::subject::Subjects;
use super::accept::MediaType;
use super::exchange::PeerAddress;
use super::generated_file::{Chunks, FileRequest, GeneratedFile};
use super::state::AppState;
use crate::rendered::{file_error, to_http};

/// Number of entries. More than the changes between two polls of a feed reader; small enough to send on every
/// poll.
const MAX_ENTRIES: u32 = 100;

/// Rate limit cost of a feed, as for a list of its length in GraphQL.
const FEED_COST: usize = 5 + MAX_ENTRIES as usize;

/// Serves the newest changes, newest first. The parameter `kind` may be repeated and selects change kinds.
pub(super) async fn get(
    State(state): State<AppState>,
    peer: PeerAddress,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let kinds = match parse_kinds(pairs) {
        Ok(kinds) => kinds,
        Err(error) => return to_http(&file_error(&error), MediaType::Json),
    };
    let view = state.storage().cached_latest();
    let request = FileRequest::new(&state, &headers, peer, view.revision(), &format!("changes {kinds:?}"));
    if let Some(response) = request.cached_response().await {
        return response;
    }
    let (site_urls, database_id) = (state.site_urls().clone(), state.storage().database_id());
    let produce = move || -> Chunks {
        let (view, kinds, site_urls) = (view.clone(), kinds.clone(), site_urls.clone());
        let database_id = database_id.clone();
        let building =
            async move { build_feed(&view, &database_id, &kinds, &site_urls).await.map(Bytes::from) };
        Box::pin(stream::once(building))
    };
    let produce = Box::new(produce);
    let file = GeneratedFile { media_type: atom::MEDIA_TYPE, file_name: None, cost: FEED_COST, produce };
    request.respond(file).await
}

async fn build_feed(
    view: &ReadView,
    database_id: &str,
    kinds: &[ChangeKind],
    site_urls: &SiteUrls,
) -> Result<Vec<u8>, ApiError> {
    let changes = latest_changes(view, kinds).await?;
    let subjects = Subjects::load(view, &changes, site_urls).await?;
    Ok(atom::Feed { database_id, kinds, site_urls, subjects: &subjects }.render(&changes))
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
    let filter = ChangeFilter { kinds: kinds.to_vec(), ..ChangeFilter::default() };
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
