//! The part of a plan whose measures are read.

use passerelle_model::key::{CategoryKey, PlanKey};

/// A plan, or one category of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MeasureScope {
    /// Key of the plan.
    pub plan: PlanKey,
    /// Restricts the scope to this category and the categories below it. `None` for the whole plan.
    pub category: Option<CategoryKey>,
}
