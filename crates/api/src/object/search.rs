//! Object types of search results, and the arguments of a search.

mod hit;
mod kind;

use async_graphql::{Context, Object, SimpleObject};
use futures_util::future::try_join_all;
use passerelle_model::language::Language;
use passerelle_search::{HitPosition, MAX_QUERY_CHARS, SearchRequest, SearchResults};
use passerelle_storage::{Cursor, CursorValue};

use self::hit::SearchHit;
pub(crate) use self::kind::SearchKind;
use self::kind::search_kind_label;
use super::Language as GraphqlLanguage;
use super::connection::PageInfo;
use super::progress::to_int;
use crate::context::{mark_uncacheable, search, view};
use crate::error::ApiError;
use crate::input::{PaginationArgs, decode_cursor, encode_cursor};

/// Validated arguments of a search.
pub(crate) struct SearchQuery {
    question: SearchRequest,
    /// Identifies the query in cursors, so a cursor of another query is rejected.
    list: String,
}

impl SearchQuery {
    /// Validates the arguments of a search.
    pub(crate) fn parse(
        text: String,
        kinds: Option<Vec<SearchKind>>,
        lang: Option<Language>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self, ApiError> {
        if text.chars().nth(MAX_QUERY_CHARS).is_some() {
            return Err(ApiError::BadInput(format!(
                "`query` must have at most {MAX_QUERY_CHARS} characters"
            )));
        }
        let mut kinds: Vec<_> = kinds.unwrap_or_default().into_iter().map(Into::into).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let list = format!("search:{text}:{kinds:?}:{lang:?}");
        let after = after.map(|cursor| parse_position(&cursor, &list)).transpose()?;
        let pagination = PaginationArgs { first, ..PaginationArgs::default() }.parse(&list)?;
        let first = usize::try_from(pagination.limit).unwrap_or_default();
        Ok(Self { question: SearchRequest { text, kinds, lang, first, after }, list })
    }
}

fn parse_position(cursor: &str, list: &str) -> Result<HitPosition, ApiError> {
    let number = |value: &CursorValue| match value {
        CursorValue::Number(number) => u64::try_from(*number).ok(),
        CursorValue::Text(_) => None,
    };
    match decode_cursor(cursor, list)?.0.as_slice() {
        [score, id] => number(score).zip(number(id)).map(|(score, id)| HitPosition { score, id }),
        _ => None,
    }
    .ok_or(ApiError::InvalidCursor)
}

fn to_cursor(position: HitPosition, list: &str) -> String {
    // The bits of a positive score fit into an i64 without its sign bit.
    let number = |number: u64| CursorValue::Number(i64::try_from(number).unwrap_or(i64::MAX));
    encode_cursor(&Cursor(vec![number(position.score), number(position.id)]), list)
}

/// Number of hits of a kind.
pub(crate) struct SearchFacet {
    kind: passerelle_search::SearchKind,
    count: usize,
}

/// Number of hits of a kind.
#[Object]
impl SearchFacet {
    /// Kind of the counted hits.
    async fn kind(&self) -> SearchKind {
        self.kind.into()
    }

    /// Label of the kind, for example `Mesures`.
    async fn label(
        &self,
        #[graphql(desc = "Language of the label. French if omitted.")] lang: Option<GraphqlLanguage>,
    ) -> &'static str {
        search_kind_label(self.kind, lang.map(Into::into).unwrap_or_default())
    }

    /// Number of hits of this kind, also if `kinds` does not request it.
    async fn count(&self) -> i32 {
        to_int(self.count)
    }
}

/// Search hit in a paginated list.
#[derive(Clone, SimpleObject)]
pub(crate) struct SearchEdge {
    /// Position of the hit in the list, opaque. Pass it as `after`.
    cursor: String,
    /// Hit at this position of the list.
    node: SearchHit,
}

/// Paginated list of search hits, best match first.
#[derive(SimpleObject)]
pub(crate) struct SearchConnection {
    /// The returned hits.
    nodes: Vec<SearchHit>,
    /// The returned hits, each with its cursor.
    edges: Vec<SearchEdge>,
    /// Position of the returned range in the list.
    page_info: PageInfo,
    /// Number of hits of the requested kinds in the whole list.
    total_count: i32,
    /// Number of hits of each kind, also of kinds that `kinds` does not request. Kinds without hits are
    /// left out. Empty if nothing was found.
    facets: Vec<SearchFacet>,
    /// Similar query that has hits, in lower case and without accents, for example `fetes de quartier`. Null
    /// if the query has hits, or if no similar query is known.
    did_you_mean: Option<String>,
    /// The end of the query that was ignored, because a query has at most 32 words. The parts of a
    /// hyphenated word count as words. Common words such as "the" do not count. Null if the whole query
    /// was used.
    ignored_text: Option<String>,
    /// Number of the revision of the search index. Usually the revision of the response. It can be older
    /// while the index processes a large batch of changes.
    revision: i32,
}

impl SearchConnection {
    /// Runs the search at the revision of the request.
    pub(crate) async fn load(ctx: &Context<'_>, query: SearchQuery) -> Result<Self, ApiError> {
        let SearchQuery { question, list } = query;
        let has_previous = question.after.is_some();
        let revision = view(ctx)?.revision().number;
        let found = search(ctx)?.search(revision, question).await?.ok_or(ApiError::SearchNotReady)?;
        if found.revision.number != revision {
            // The index is older than the revision. A later search at the same revision can return other
            // hits.
            mark_uncacheable(ctx);
        }
        Self::of(ctx, found, &list, has_previous).await
    }

    async fn of(
        ctx: &Context<'_>,
        found: SearchResults,
        list: &str,
        has_previous: bool,
    ) -> Result<Self, ApiError> {
        let highlighter = std::sync::Arc::new(found.highlighter);
        let positions: Vec<HitPosition> = found.hits.iter().map(|hit| hit.position).collect();
        let hits =
            try_join_all(found.hits.into_iter().map(|hit| SearchHit::load(ctx, hit, &highlighter))).await?;
        let edge = |(position, hit): (&HitPosition, Option<SearchHit>)| {
            // An object that is not published at the revision of the response is left out.
            Some(SearchEdge { cursor: to_cursor(*position, list), node: hit? })
        };
        let edges: Vec<SearchEdge> = positions.iter().zip(hits).filter_map(edge).collect();
        Ok(Self {
            nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
            page_info: PageInfo::new(
                found.has_next,
                has_previous,
                positions.first().map(|position| to_cursor(*position, list)),
                positions.last().map(|position| to_cursor(*position, list)),
            ),
            edges,
            total_count: to_int(found.total),
            facets: found.facets.into_iter().map(|(kind, count)| SearchFacet { kind, count }).collect(),
            did_you_mean: found.suggestion,
            ignored_text: found.ignored,
            revision: to_int(found.revision.number.get()),
        })
    }
}
