//! `/feeds/changes.atom`: the newest changes as an Atom feed (RFC 4287).

mod atom;
mod labels;
mod params;
mod subject;
mod xml;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::stream;
use passerelle_api::{ApiError, SiteUrls};
use passerelle_storage::query_index::ListEnd;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, DatabaseId, Pagination, ReadView};

use self::params::FeedParams;
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
/// `plan` selects the changes of a plan, its categories and its measures.
pub(super) async fn get(
    State(state): State<AppState>,
    peer: PeerAddress,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let params = match FeedParams::parse(pairs) {
        Ok(params) => params,
        Err(error) => return to_http(&file_error(&error), MediaType::Json),
    };
    let view = state.storage().cached_latest();
    let request = FileRequest::new(&state, &headers, peer, view.revision(), &format!("changes {params:?}"));
    if let Some(response) = request.cached_response().await {
        return response;
    }
    let (site_urls, database_id) = (state.site_urls().clone(), state.storage().database_id());
    let produce = move || -> Chunks {
        let (view, params, site_urls) = (view.clone(), params.clone(), site_urls.clone());
        let building =
            async move { build_feed(&view, database_id, &params, &site_urls).await.map(Bytes::from) };
        Box::pin(stream::once(building))
    };
    let produce = Box::new(produce);
    let file = GeneratedFile { media_type: atom::MEDIA_TYPE, file_name: None, cost: FEED_COST, produce };
    request.respond(file).await
}

async fn build_feed(
    view: &ReadView,
    database_id: DatabaseId,
    params: &FeedParams,
    site_urls: &SiteUrls,
) -> Result<Vec<u8>, ApiError> {
    let changes = latest_changes(view, &params.filter(view).await?).await?;
    let subjects = Subjects::load(view, &changes, site_urls).await?;
    Ok(atom::Feed { database_id, params, site_urls, subjects: &subjects }.render(&changes))
}

async fn latest_changes(view: &ReadView, filter: &ChangeFilter) -> Result<Vec<ChangeLogEntry>, ApiError> {
    let pagination = Pagination { end: ListEnd::Last, ..Pagination::first(MAX_ENTRIES) };
    let slice = view.changes(filter, &pagination).await?;
    Ok(slice.items.into_iter().rev().map(|(_, change)| change).collect())
}
