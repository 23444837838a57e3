//! Facets of a list of measures: counts by status, axis and programme.

use std::sync::Arc;

use async_graphql::SimpleObject;
use passerelle_model::category_tree::CategoryTree;
use passerelle_storage::query_index;

use super::CategoryObject;
use super::progress::{StatusCount, status_counts, to_int};

/// Number of measures by status, by axis and by programme, for example to show beside filter options.
#[derive(SimpleObject)]
pub(crate) struct MeasureFacets {
    /// Number of measures for each status, in the order of `MeasureStatus`. Statuses without measures have the count 0.
    status: Vec<StatusCount>,
    /// Number of measures for each axis that occurs, in document order. Empty if there are no measures.
    axis: Vec<CategoryCount>,
    /// Number of measures for each programme that occurs, sorted by name. Measures without a programme come
    /// last. Empty if there are no measures.
    programme: Vec<ProgrammeCount>,
}

/// Number of measures in a category.
#[derive(SimpleObject)]
pub(crate) struct CategoryCount {
    /// Category that contains the measures.
    category: CategoryObject,
    /// Number of measures in the category and below it.
    count: i32,
}

/// Number of measures of a programme.
#[derive(SimpleObject)]
pub(crate) struct ProgrammeCount {
    /// Name of the programme, for example `PPS`. Null for the measures without a programme.
    programme: Option<String>,
    /// Number of measures of the programme.
    count: i32,
}

impl MeasureFacets {
    /// Creates the facets from the counts of the query index and the category tree of the plan.
    pub(super) fn new(counts: &query_index::MeasureFacets, tree: &Arc<CategoryTree>) -> Self {
        let axis = |count: &passerelle_storage::query_index::CategoryCount| {
            let category = CategoryObject::of(tree, &count.category)?;
            Some(CategoryCount { category, count: to_int(count.count) })
        };
        let programme = |count: &passerelle_storage::query_index::ProgrammeCount| ProgrammeCount {
            programme: count.programme.as_deref().map(str::to_owned),
            count: to_int(count.count),
        };
        Self {
            status: status_counts(&counts.progress),
            axis: counts.axes.iter().filter_map(axis).collect(),
            programme: counts.programmes.iter().map(programme).collect(),
        }
    }
}
