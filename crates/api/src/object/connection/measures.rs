//! Object type `MeasureConnection`. Besides the measures, it has their progress and facets.

use std::sync::Arc;

use async_graphql::{Context, Object};
use futures_util::future::BoxFuture;
use passerelle_model::published::PublishedMeasure;
use passerelle_storage::query_index::{self, MeasureFilter};
use passerelle_storage::{MeasureQuery, MeasureScope, Slice};

use super::super::facets::MeasureFacets;
use super::super::progress::to_int;
use super::super::{MeasureObject, ProgressObject};
use super::{MeasureEdge, PageInfo, page_info};
use crate::context::load;
use crate::error::ApiError;
use crate::input::encode_cursor;
use crate::loader::{FacetCountsOf, MeasureListOf};
use crate::response_count::counted;
use crate::text_filter::resolve_text_filters;

/// Range of the measures of a plan or category.
pub(crate) struct MeasureConnection {
    slice: Arc<Slice<Arc<PublishedMeasure>>>,
    /// `None` for an unknown plan, which has no measures.
    scope: Option<MeasureScope>,
    filter: Arc<MeasureFilter>,
    order: String,
}

/// Loads the measures of a scope that match a query. Without a scope, the list is empty.
///
/// The future is boxed. Each field of a category reserves memory for the largest future of its fields, and
/// most fields read a text only.
pub(crate) fn measure_connection<'c>(
    ctx: &'c Context<'_>,
    scope: Option<MeasureScope>,
    query: MeasureQuery,
    order: String,
) -> BoxFuture<'c, Result<MeasureConnection, ApiError>> {
    Box::pin(async move {
        let Some(scope) = scope else {
            let (slice, filter) = (Arc::default(), Arc::new(query.filter));
            return Ok(MeasureConnection { slice, scope: None, filter, order });
        };
        let filter = resolve_text_filters(ctx, &scope.plan, query.filter).await?;
        let query = MeasureQuery { filter, ..query };
        let filter = Arc::new(query.filter.clone());
        let slice = load(ctx, MeasureListOf(scope.clone(), Arc::new(query))).await?.unwrap_or_default();
        Ok(MeasureConnection { slice, scope: Some(scope), filter, order })
    })
}

/// Paginated list of measures.
#[Object]
impl MeasureConnection {
    /// The returned measures.
    fn nodes(&self, ctx: &Context<'_>) -> Vec<MeasureObject> {
        counted(ctx, self.slice.items.iter().map(|(_, measure)| MeasureObject(Arc::clone(measure))).collect())
    }

    /// The returned measures, each with its cursor.
    fn edges(&self, ctx: &Context<'_>) -> Vec<MeasureEdge> {
        let edge = |(cursor, measure): &(_, Arc<PublishedMeasure>)| MeasureEdge {
            cursor: encode_cursor(cursor, &self.order),
            node: MeasureObject(Arc::clone(measure)),
        };
        counted(ctx, self.slice.items.iter().map(edge).collect())
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, &self.order)
    }

    /// Number of measures in the whole list, after filtering.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(self.facet_counts(ctx).await?.progress.total()))
    }

    /// Progress of all measures in the list, after filtering. Null if no measure of the plan has a known
    /// status.
    async fn progress(&self, ctx: &Context<'_>) -> Option<Result<ProgressObject, ApiError>> {
        self.facet_counts(ctx).await.map(|counts| ProgressObject::of(&counts)).transpose()
    }

    /// Number of measures by status, category and other fields in the whole list, each counted without its
    /// own condition of the filter.
    async fn facets(&self) -> MeasureFacets {
        MeasureFacets { scope: self.scope.clone(), filter: Arc::clone(&self.filter) }
    }
}

impl MeasureConnection {
    async fn facet_counts(&self, ctx: &Context<'_>) -> Result<Arc<query_index::MeasureFacets>, ApiError> {
        let Some(scope) = self.scope.clone() else { return Ok(Arc::default()) };
        let facets = load(ctx, FacetCountsOf(scope, Arc::clone(&self.filter))).await?;
        Ok(facets.unwrap_or_default())
    }
}
