//! `/feeds/changes.atom`: the newest changes as a feed (RFC 4287), for readers that people have already.

mod atom;
mod subject;
mod words;
mod xml;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use passerelle_api::ApiError;
use passerelle_model::change::ChangeKind;
use passerelle_model::sync::RevisionNumber;
use passerelle_storage::{ChangeFilter, LoggedChange, View, Window};

use self::subject::Subjects;
use super::Shared;
use super::representation::Representation;
use crate::cache::fileless;

/// How many changes it tells: more than happen between two looks of a reader, and few enough to be sent each time.
const ENTRIES: u32 = 100;

/// The newest changes, the newest first.
pub(super) async fn get(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    match made(&shared, pairs).await {
        Ok(feed) => feed.answer(&headers),
        Err(error) => fileless(&error),
    }
}

async fn made(shared: &Shared, pairs: Vec<(String, String)>) -> Result<Representation, ApiError> {
    let kinds = kinds(pairs)?;
    let view = shared.state.storage.newest();
    let changes = newest(&view, &kinds).await?;
    let subjects = Subjects::load(&view, &changes, &shared.state.page_url).await?;
    let bytes = atom::written(view.revision(), &kinds, &changes, &subjects).into_bytes();
    Ok(Representation { media: atom::MEDIA, name: None, bytes })
}

/// The kinds that a query string asks for, each once; all where it is empty.
fn kinds(pairs: Vec<(String, String)>) -> Result<Vec<ChangeKind>, ApiError> {
    let mut kinds = Vec::new();
    for (name, value) in pairs {
        if name != "kind" {
            return Err(ApiError::BadInput(format!("{name:?} is not a parameter; there is kind")));
        }
        if value.is_empty() {
            continue;
        }
        let unknown = || {
            let known = ChangeKind::ALL.map(ChangeKind::name).join(", ");
            ApiError::BadInput(format!("`kind` is one of {known}, not {value:?}"))
        };
        kinds.push(ChangeKind::from_name(&value).ok_or_else(unknown)?);
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

async fn newest(view: &View, kinds: &[ChangeKind]) -> Result<Vec<LoggedChange>, ApiError> {
    let filter = ChangeFilter { since: RevisionNumber::default(), kinds: kinds.to_vec() };
    let window = Window { from_end: true, ..Window::first(ENTRIES) };
    let slice = view.changes(&filter, &window).await?;
    Ok(slice.items.into_iter().rev().map(|(_, change)| change).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_schema() {
        let kinds = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            kinds(pairs.collect()).ok()
        };
        assert_eq!(kinds(&[("kind", "")]), Some(Vec::new()));
        let both = [("kind", "STATUS_CHANGED"), ("kind", "MEASURE_ADDED"), ("kind", "STATUS_CHANGED")];
        assert_eq!(kinds(&both), Some(vec![ChangeKind::MeasureAdded, ChangeKind::StatusChanged]));
        assert_eq!(kinds(&[("kind", "status_changed")]), None);
        assert_eq!(kinds(&[("kinds", "STATUS_CHANGED")]), None);
    }
}
