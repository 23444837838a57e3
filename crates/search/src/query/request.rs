//! Request and results of a search.

use std::cmp::Ordering;
use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::revision::Revision;
use passerelle_storage::{RowId, SearchKind};

use crate::query::work::SearchWork;
use crate::snippet::highlight::Highlighter;

/// Maximum length of a query in characters. It bounds the time to read the query; [`MAX_QUERY_TERMS`] bounds
/// the search.
///
/// [`MAX_QUERY_TERMS`]: crate::MAX_QUERY_TERMS
pub const MAX_QUERY_CHARS: usize = 1_000;

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchRequest {
    /// Query as typed by the user. It has no operators.
    pub text: String,
    /// Only hits of these kinds. All kinds if empty.
    pub kinds: Vec<SearchKind>,
    /// Only hits in this language. All languages if `None`.
    pub lang: Option<Language>,
    /// Maximum number of hits.
    pub first: usize,
    /// Only hits after this position.
    pub after: Option<HitPosition>,
}

/// Position of a hit in the order of the results. Two hits never have the same position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HitPosition {
    /// Bits of the score, which is not negative. Such bits order like the numbers.
    pub score: u64,
    /// Kind and row id.
    pub id: u64,
}

impl HitPosition {
    pub(crate) fn new(score: f64, id: u64) -> Self {
        Self { score: score.to_bits(), id }
    }

    pub(crate) fn is_after(self, other: Self) -> bool {
        self.cmp(&other) == Ordering::Greater
    }
}

impl Ord for HitPosition {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.cmp(&self.score).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for HitPosition {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reason why an object is a hit, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchKind {
    /// The query is the number or the label of the measure.
    Number,
    /// The object contains all words of the query.
    AllWords,
    /// The object contains all words of the query, some with other spellings.
    Fuzzy,
    /// The object contains some of the words.
    SomeWords,
}

/// Key of the object that a hit is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HitKey {
    /// Measure.
    Measure(MeasureKey),
    /// Category of a plan.
    Category(PlanKey, CategoryKey),
    /// Page.
    Page(PageKey),
    /// Support service, with the key of its page.
    SupportService(ServiceKey, PageKey),
}

/// One hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Relevance, comparable only within one search.
    pub score: f64,
    /// Reason why it is a hit.
    pub match_kind: MatchKind,
    /// Position for [`SearchRequest::after`].
    pub position: HitPosition,
    /// Object that was found.
    pub key: HitKey,
}

/// Results of a search.
#[derive(Clone, Debug)]
pub struct SearchResults {
    /// Hits of the requested page, best first.
    pub hits: Vec<Hit>,
    /// True if there are hits after this page.
    pub has_next: bool,
    /// Number of hits of the requested kinds.
    pub total: usize,
    /// Number of hits of each kind, regardless of the requested kinds.
    pub facets: Vec<(SearchKind, usize)>,
    /// Corrected query. Only if there are no hits.
    pub suggestion: Option<String>,
    /// End of the query that was not searched for, because the query has too many words.
    pub ignored: Option<String>,
    /// Highlighter for the texts of the hits.
    pub highlighter: Highlighter,
    /// Revision of the index.
    pub revision: Revision,
    /// Work of the search, for logs and tests.
    pub work: SearchWork,
}

/// Measures of a plan that match a text, with their scores by row id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasureMatches {
    /// Scores by row id.
    pub scores: HashMap<RowId, f64>,
}
