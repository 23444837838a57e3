//! Matches of a text in the measures of a plan.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use passerelle_model::key::PlanKey;
use passerelle_model::revision::RevisionNumber;

use crate::row_id::RowId;

/// Measures of a plan that contain a text, with their relevance. Two values are equal if text, plan and
/// revision are equal.
#[derive(Clone, Debug)]
pub struct TextMatches {
    /// The searched text.
    pub text: String,
    /// The searched plan.
    pub plan: PlanKey,
    /// Revision of the search index.
    pub revision: RevisionNumber,
    /// Relevance by row id. Higher is better.
    pub scores: HashMap<RowId, f64>,
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
