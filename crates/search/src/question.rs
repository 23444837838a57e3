//! What is asked, and what it is answered with.

use std::cmp::Ordering;
use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::sync::Revision;
use passerelle_storage::SearchKind;

use crate::collect::Fit;
use crate::marks::Marks;

/// The longest question, in bytes.
pub const MOST_BYTES: usize = 1_000;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// As somebody typed it. Nothing in it is an operator.
    pub text: String,
    /// Only things of these kinds; of all where it is empty.
    pub kinds: Vec<SearchKind>,
    /// Only what is in this language.
    pub lang: Option<Language>,
    /// At most so many hits.
    pub first: usize,
    /// Only those after this place.
    pub after: Option<Place>,
}

/// Where a hit stands among the others: no two stand at the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The score, in bits that order like it.
    pub score: u64,
    /// What it is.
    pub id: u64,
}

impl Place {
    pub(crate) fn of(fit: &Fit) -> Self {
        // Scores are positive: their bits order like themselves.
        Self { score: fit.score.to_bits(), id: fit.id }
    }

    pub(crate) fn is_after(self, other: Self) -> bool {
        self.cmp(&other) == Ordering::Greater
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.cmp(&self.score).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What was found, by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchNode {
    /// A measure.
    Measure(MeasureKey),
    /// A category of a plan.
    Category(PlanKey, CategoryKey),
    /// A page.
    Page(PageKey),
    /// A support service.
    SupportService(ServiceKey),
}

/// A thing that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// How well it fits.
    pub score: f64,
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub node: SearchNode,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Found {
    /// The hits of the page that was asked for, the best first.
    pub hits: Vec<Hit>,
    /// Whether more follow.
    pub has_next: bool,
    /// How many there are of the kinds that were asked for.
    pub total: usize,
    /// How many there are of each kind, whichever were asked for.
    pub facets: Vec<(SearchKind, usize)>,
    /// What may have been meant, where nothing was found.
    pub suggestion: Option<String>,
    /// What is to be marked in the hits.
    pub marks: Marks,
    /// The revision that the index stood at.
    pub revision: Revision,
}

/// The measures of a plan that fit a text, by their rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// How well each of them fits.
    pub scores: HashMap<i64, f64>,
}
