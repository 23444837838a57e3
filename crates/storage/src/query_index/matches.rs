//! Matches of a text in the measures of a plan.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use passerelle_model::key::PlanKey;
use passerelle_model::sync::RevisionNumber;

/// The measures of a plan that a text was found in, with how well they fit. Two are the same when they were searched for the
/// same in the same.
#[derive(Clone, Debug)]
pub struct TextMatches {
    /// The text.
    pub text: String,
    /// The plan.
    pub plan: PlanKey,
    /// The revision that was searched.
    pub revision: RevisionNumber,
    /// Relevance by row id. Higher is better.
    pub scores: HashMap<i64, f64>,
}

impl TextMatches {
    fn query(&self) -> (&str, &PlanKey, RevisionNumber) {
        (&self.text, &self.plan, self.revision)
    }
}

impl PartialEq for TextMatches {
    fn eq(&self, other: &Self) -> bool {
        self.query() == other.query()
    }
}

impl Eq for TextMatches {}

impl Hash for TextMatches {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.query().hash(state);
    }
}
