//! Relations between measures and pages, by front matter and by similarity of the texts.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use futures_util::future::try_join_all;
use passerelle_model::key::PageKey;
use passerelle_model::language::Language;
use passerelle_model::published::{PublishedMeasure, PublishedPlan};
use passerelle_storage::{MAX_RELATED_MEASURES, MeasureRelation, RelatedPage, RelationTarget};

use super::{MeasureObject, PageObject, ServiceObject};
use crate::context::{all_plans, load};
use crate::error::ApiError;
use crate::loader::{RelatedMeasuresOfPage, RelatedPagesOfPlan};

/// Default number of related objects.
const DEFAULT_COUNT: usize = 10;

/// Measure related to a page or support service, with its score.
#[derive(SimpleObject)]
pub(crate) struct RelatedMeasureEdge {
    /// Similarity of the texts, from 0 to 1, for example `0.42`. `1` if `isExplicit` is true.
    score: f64,
    /// True if the front matter of the page lists the measure, for example `measures: [12, 40]`.
    is_explicit: bool,
    /// The related measure.
    node: MeasureObject,
}

/// Page related to a measure, with its score.
#[derive(SimpleObject)]
pub(crate) struct RelatedPageEdge {
    /// Similarity of the texts, from 0 to 1, for example `0.42`. `1` if `isExplicit` is true.
    score: f64,
    /// True if the front matter of the page lists the measure, for example `measures: [12, 40]`.
    is_explicit: bool,
    /// The related page.
    node: PageObject,
}

impl RelatedPageEdge {
    /// The related page.
    pub(super) fn into_page(self) -> PageObject {
        self.node
    }
}

/// Loads the measures of the newest plan in `lang` that are related to a page.
pub(super) async fn measures_of(
    ctx: &Context<'_>,
    page: &PageKey,
    lang: Language,
    first: Option<i32>,
) -> Result<Vec<RelatedMeasureEdge>, ApiError> {
    let first = limit(first)?;
    let plans = all_plans(ctx).await?;
    let Some(plan) = plans.iter().find(|plan| plan.heading.lang == lang) else { return Ok(Vec::new()) };
    let related =
        load(ctx, RelatedMeasuresOfPage(related_plan(plan, &plans), page.clone())).await?.unwrap_or_default();
    let edge = |(measure, relation): &(Arc<PublishedMeasure>, MeasureRelation)| RelatedMeasureEdge {
        score: relation.score,
        is_explicit: relation.is_named,
        node: MeasureObject(Arc::clone(measure)),
    };
    Ok(related.iter().take(first).map(edge).collect())
}

/// Loads the same measures without their scores.
pub(super) async fn only_measures(
    ctx: &Context<'_>,
    page: &PageKey,
    lang: Language,
    first: Option<i32>,
) -> Result<Vec<MeasureObject>, ApiError> {
    Ok(measures_of(ctx, page, lang, first).await?.into_iter().map(|edge| edge.node).collect())
}

/// Loads the pages that are related to a measure of a plan, best match first.
async fn related_to(
    ctx: &Context<'_>,
    plan: &PublishedPlan,
    measure: &PublishedMeasure,
) -> Result<Vec<RelatedPage>, ApiError> {
    let plans = all_plans(ctx).await?;
    let by_number = load(ctx, RelatedPagesOfPlan(related_plan(plan, &plans))).await?.unwrap_or_default();
    let related = by_number.get(&measure.number).cloned().unwrap_or_default();
    Ok(related.into_iter().take(DEFAULT_COUNT).collect())
}

/// Loads the pages that are related to a measure, with their scores.
pub(super) async fn pages_of(
    ctx: &Context<'_>,
    plan: &PublishedPlan,
    measure: &PublishedMeasure,
) -> Result<Vec<RelatedPageEdge>, ApiError> {
    let related = related_to(ctx, plan, measure).await?;
    let pages = try_join_all(related.iter().map(|related| load(ctx, related.page.clone()))).await?;
    let edge = |(page, related): (Option<_>, &RelatedPage)| {
        let MeasureRelation { score, is_named: is_explicit } = related.relation;
        Some(RelatedPageEdge { score, is_explicit, node: PageObject(page?) })
    };
    Ok(pages.into_iter().zip(&related).filter_map(edge).collect())
}

/// Loads the support services that the related pages of a measure describe.
pub(super) async fn services_of(
    ctx: &Context<'_>,
    plan: &PublishedPlan,
    measure: &PublishedMeasure,
) -> Result<Vec<ServiceObject>, ApiError> {
    let related = related_to(ctx, plan, measure).await?;
    let keys = related.into_iter().filter_map(|related| related.service);
    let services = try_join_all(keys.map(|key| load(ctx, key))).await?;
    Ok(services.into_iter().flatten().map(ServiceObject).collect())
}

/// Describes a plan for the comparison with pages. `plans` has the newest plan first.
fn related_plan(plan: &PublishedPlan, plans: &[Arc<PublishedPlan>]) -> RelationTarget {
    let lang = plan.heading.lang;
    let newest = plans.iter().find(|other| other.heading.lang == lang);
    let is_newest = newest.is_some_and(|newest| newest.key == plan.key);
    RelationTarget { plan: plan.key.clone(), lang, is_newest }
}

fn limit(first: Option<i32>) -> Result<usize, ApiError> {
    let Some(first) = first else { return Ok(DEFAULT_COUNT) };
    let limit = usize::try_from(first).ok().filter(|first| *first <= MAX_RELATED_MEASURES);
    limit.ok_or_else(|| {
        ApiError::BadInput(format!("`first` must be between 0 and {MAX_RELATED_MEASURES}, got {first}"))
    })
}
