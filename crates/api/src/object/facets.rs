//! Facets of a list of measures: counts by status, category, programme, responsible party and priority.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use passerelle_storage::MeasureScope;
use passerelle_storage::query_index::{self, FacetKind, MeasureFilter, NameCount};

use super::CategoryObject;
use super::progress::{StatusCount, status_counts, to_int};
use crate::context::{category_tree, load};
use crate::error::ApiError;
use crate::loader::FacetCountsOf;
use crate::response_count::counted;

/// Facets of the measures of a scope that match a filter. Each field is counted when it is selected.
pub(crate) struct MeasureFacets {
    /// `None` for an unknown plan, which has no measures.
    pub(super) scope: Option<MeasureScope>,
    pub(super) filter: Arc<MeasureFilter>,
}

/// Number of measures by status, category, programme, responsible party and priority, to show beside filter
/// options.
///
/// Each facet is counted without the conditions of the filter on its own field, so that the other options
/// keep their counts: with `filter: {status: [LATE]}`, `status` has the counts of every status. Conditions
/// inside `or` and `not` stay.
#[Object]
impl MeasureFacets {
    /// Number of measures for each status, in the order of `MeasureStatus`. Statuses without measures have
    /// the count 0. Empty if no measure of the plan has a known status.
    async fn status(&self, ctx: &Context<'_>) -> Result<Vec<StatusCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::Status).await?;
        Ok(if counts.lacks_statuses { Vec::new() } else { status_counts(&counts.progress) })
    }

    /// Number of measures for each axis that occurs, in document order. Empty if there are no measures.
    async fn axis(&self, ctx: &Context<'_>) -> Result<Vec<CategoryCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::Category).await?;
        self.categories(ctx, &counts.axes).await
    }

    /// Number of measures for each objective that occurs, in document order. Empty if there are none.
    async fn objective(&self, ctx: &Context<'_>) -> Result<Vec<CategoryCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::Category).await?;
        self.categories(ctx, &counts.objectives).await
    }

    /// Number of measures for each section that occurs, in document order. Empty if there are none.
    async fn section(&self, ctx: &Context<'_>) -> Result<Vec<CategoryCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::Category).await?;
        self.categories(ctx, &counts.sections).await
    }

    /// Number of measures for each programme that occurs, sorted by name. Measures without a programme come
    /// last. Empty if there are no measures.
    async fn programme(&self, ctx: &Context<'_>) -> Result<Vec<ProgrammeCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::Programme).await?;
        let count = |own: &NameCount| ProgrammeCount { programme: to_name(own), count: to_int(own.count) };
        Ok(counted(ctx, counts.programmes.iter().map(count).collect()))
    }

    /// Number of measures for each body that carries out measures, at most 200, the one with the most
    /// measures first. A measure with several bodies counts for each. Measures without one come last. Empty
    /// if the plan names no body.
    async fn responsible_party(&self, ctx: &Context<'_>) -> Result<Vec<ResponsiblePartyCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::ResponsibleParty).await?;
        let count = |own: &NameCount| ResponsiblePartyCount {
            responsible_party: to_name(own),
            count: to_int(own.count),
        };
        Ok(counted(ctx, counts.responsible_parties.iter().map(count).collect()))
    }

    /// Number of measures for each priority, at most 200, the most urgent first. Measures without one come
    /// last. Empty if the plan has no priorities.
    async fn priority(&self, ctx: &Context<'_>) -> Result<Vec<PriorityCount>, ApiError> {
        let counts = self.counts(ctx, FacetKind::Priority).await?;
        let count = |own: &NameCount| PriorityCount { priority: to_name(own), count: to_int(own.count) };
        Ok(counted(ctx, counts.priorities.iter().map(count).collect()))
    }
}

impl MeasureFacets {
    /// Returns the counts without the conditions on the field of a facet.
    async fn counts(
        &self,
        ctx: &Context<'_>,
        facet: FacetKind,
    ) -> Result<Arc<query_index::MeasureFacets>, ApiError> {
        let Some(scope) = self.scope.clone() else { return Ok(Arc::default()) };
        let filter = Arc::new(self.filter.without(facet));
        Ok(load(ctx, FacetCountsOf(scope, filter)).await?.unwrap_or_default())
    }

    async fn categories(
        &self,
        ctx: &Context<'_>,
        counts: &[query_index::CategoryCount],
    ) -> Result<Vec<CategoryCount>, ApiError> {
        let Some(scope) = &self.scope else { return Ok(Vec::new()) };
        let tree = category_tree(ctx, &scope.plan).await?;
        let count = |own: &query_index::CategoryCount| {
            let category = CategoryObject::of(&tree, &own.category)?;
            Some(CategoryCount { category, count: to_int(own.count) })
        };
        Ok(counted(ctx, counts.iter().filter_map(count).collect()))
    }
}

fn to_name(count: &NameCount) -> Option<String> {
    count.name.as_deref().map(str::to_owned)
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

/// Number of measures that a body carries out.
#[derive(SimpleObject)]
pub(crate) struct ResponsiblePartyCount {
    /// The body as written, for example `Service des espaces verts`. Null for the measures without one.
    responsible_party: Option<String>,
    /// Number of measures that the body carries out.
    count: i32,
}

/// Number of measures with a priority.
#[derive(SimpleObject)]
pub(crate) struct PriorityCount {
    /// The priority as written, for example `haute`. Null for the measures without one.
    priority: Option<String>,
    /// Number of measures with the priority.
    count: i32,
}
