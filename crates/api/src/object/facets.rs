//! What a list of measures comes to, by what its measures have.

use std::sync::Arc;

use async_graphql::SimpleObject;
use passerelle_model::category_tree::CategoryTree;
use passerelle_storage::query_index::Tally;

use super::CategoryObject;
use super::progress::{StatusCount, saturate, status_counts};

/// Measures counted by what they have.
#[derive(SimpleObject)]
pub(crate) struct MeasureFacets {
    /// One count a status that occurs, in the order of the enum.
    status: Vec<StatusCount>,
    /// One count an axis that occurs, in document order.
    axis: Vec<CategoryCount>,
    /// One count a programme that occurs, by name; the measures without one last.
    programme: Vec<ProgrammeCount>,
}

/// How many measures stand in a category.
#[derive(SimpleObject)]
pub(crate) struct CategoryCount {
    /// The category.
    category: CategoryObject,
    /// The measures in it and below it.
    count: i32,
}

/// How many measures a programme has.
#[derive(SimpleObject)]
pub(crate) struct ProgrammeCount {
    /// The programme; null for the measures whose status names none.
    programme: Option<String>,
    /// The measures.
    count: i32,
}

impl MeasureFacets {
    /// What was counted, with the categories of the plan.
    pub(super) fn new(tally: &Tally, tree: &Arc<CategoryTree>) -> Self {
        let axis = |count: &passerelle_storage::query_index::CategoryCount| {
            let category = CategoryObject::of(tree, &count.category)?;
            Some(CategoryCount { category, count: saturate(count.count) })
        };
        let programme = |count: &passerelle_storage::query_index::ProgrammeCount| ProgrammeCount {
            programme: count.programme.as_deref().map(str::to_owned),
            count: saturate(count.count),
        };
        Self {
            status: status_counts(&tally.progress),
            axis: tally.axes.iter().filter_map(axis).collect(),
            programme: tally.programmes.iter().map(programme).collect(),
        }
    }
}
