//! What a search found.

mod hit;
mod kind;

use async_graphql::{Context, SimpleObject};
use futures_util::future::try_join_all;
use passerelle_model::language::Language;
use passerelle_search::{Found, MOST_BYTES, Place, Question};
use passerelle_storage::{Cursor, CursorValue};

use self::hit::SearchHit;
pub(crate) use self::kind::SearchKind;
use super::connection::PageInfo;
use super::progress::saturate;
use crate::context::{search, tell_how_things_are, view};
use crate::error::ApiError;
use crate::input::{WindowArgs, decode_cursor, encode_cursor};

/// What is searched for, and the name of the list that this gives for its cursors.
pub(crate) struct SearchQuery {
    question: Question,
    list: String,
}

impl SearchQuery {
    /// Reads the arguments of a search.
    pub(crate) fn parse(
        text: String,
        kinds: Option<Vec<SearchKind>>,
        lang: Option<Language>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self, ApiError> {
        if text.len() > MOST_BYTES {
            return Err(ApiError::BadInput(format!("`query` has at most {MOST_BYTES} bytes")));
        }
        let mut kinds: Vec<_> = kinds.unwrap_or_default().into_iter().map(Into::into).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let list = format!("search:{text}:{kinds:?}:{lang:?}");
        let after = after.map(|cursor| place_of(&cursor, &list)).transpose()?;
        let window = WindowArgs { first, ..WindowArgs::default() }.parse(&list)?;
        let first = usize::try_from(window.limit).unwrap_or_default();
        Ok(Self { question: Question { text, kinds, lang, first, after }, list })
    }
}

fn place_of(cursor: &str, list: &str) -> Result<Place, ApiError> {
    let number = |value: &CursorValue| match value {
        CursorValue::Number(number) => u64::try_from(*number).ok(),
        CursorValue::Text(_) => None,
    };
    match decode_cursor(cursor, list)?.0.as_slice() {
        [score, id] => number(score).zip(number(id)).map(|(score, id)| Place { score, id }),
        _ => None,
    }
    .ok_or(ApiError::InvalidCursor)
}

fn cursor_of(place: Place, list: &str) -> String {
    // A score is a small number, whose bits do not fill the sign.
    let number = |number: u64| CursorValue::Number(i64::try_from(number).unwrap_or(i64::MAX));
    encode_cursor(&Cursor(vec![number(place.score), number(place.id)]), list)
}

/// How many hits there are of a kind.
#[derive(SimpleObject)]
pub(crate) struct SearchFacet {
    /// The kind.
    kind: SearchKind,
    /// How many, whichever kinds were asked for.
    count: i32,
}

/// A hit in a list.
#[derive(Clone, SimpleObject)]
pub(crate) struct SearchEdge {
    /// Where the hit stands in the list: give it as `after`.
    cursor: String,
    /// The hit.
    node: SearchHit,
}

/// A page of what a search found, the best first.
#[derive(SimpleObject)]
pub(crate) struct SearchConnection {
    /// The hits of this page.
    nodes: Vec<SearchHit>,
    /// The hits of this page with their cursors.
    edges: Vec<SearchEdge>,
    /// Where this page lies in the list.
    page_info: PageInfo,
    /// How many hits there are of the kinds that were asked for, on all pages.
    total_count: i32,
    /// How many hits there are of each kind, whichever were asked for; kinds without any are left out.
    facets: Vec<SearchFacet>,
    /// The query with words that are found in the place of those that are not, folded; null unless nothing was found.
    did_you_mean: Option<String>,
    /// The revision that the index answered at. It is that of the response, but where thousands of documents changed at
    /// once and the index is not done with them.
    revision: i32,
}

impl SearchConnection {
    /// Searches.
    pub(crate) async fn load(ctx: &Context<'_>, query: SearchQuery) -> Result<Self, ApiError> {
        let SearchQuery { question, list } = query;
        let has_previous = question.after.is_some();
        let revision = view(ctx)?.revision().number;
        let found = search(ctx)?.search(revision, question).await?.ok_or(ApiError::SearchNotReady)?;
        if found.revision.number != revision {
            // Who asks again at this revision is answered from it.
            tell_how_things_are(ctx);
        }
        Self::of(ctx, found, &list, has_previous).await
    }

    async fn of(ctx: &Context<'_>, found: Found, list: &str, has_previous: bool) -> Result<Self, ApiError> {
        let marks = std::sync::Arc::new(found.marks);
        let places: Vec<Place> = found.hits.iter().map(|hit| hit.place).collect();
        let hits = try_join_all(found.hits.into_iter().map(|hit| SearchHit::load(ctx, hit, &marks))).await?;
        let edge = |(place, hit): (&Place, Option<SearchHit>)| {
            // What is not served at the revision of the response is no part of it.
            Some(SearchEdge { cursor: cursor_of(*place, list), node: hit? })
        };
        let edges: Vec<SearchEdge> = places.iter().zip(hits).filter_map(edge).collect();
        let facet = |(kind, count): (passerelle_search::SearchKind, usize)| SearchFacet {
            kind: kind.into(),
            count: saturate(count),
        };
        Ok(Self {
            nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
            page_info: PageInfo::new(
                found.has_next,
                has_previous,
                places.first().map(|place| cursor_of(*place, list)),
                places.last().map(|place| cursor_of(*place, list)),
            ),
            edges,
            total_count: saturate(found.total),
            facets: found.facets.into_iter().map(facet).collect(),
            did_you_mean: found.suggestion,
            revision: saturate(found.revision.number.get()),
        })
    }
}
