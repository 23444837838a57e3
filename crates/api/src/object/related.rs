//! What pages, services and measures have to do with each other.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use futures_util::future::try_join_all;
use passerelle_model::key::PageKey;
use passerelle_model::language::Language;
use passerelle_model::served::{ServedMeasure, ServedPlan};
use passerelle_storage::{RelatedPage, RelatedPlan, Relation};

use super::{MeasureObject, PageObject, ServiceObject};
use crate::context::{load, plans};
use crate::error::ApiError;
use crate::loader::{RelatedMeasuresOf, RelatedPagesOf};

/// How many there are when nothing is said.
const SOME: i32 = 10;
/// How many there are at most.
const MOST: i32 = 50;

/// A measure that is related to a page or support service.
#[derive(SimpleObject)]
pub(crate) struct RelatedMeasureEdge {
    /// How strongly, from 0 to 1, by the distinctive words that they share; 1 where the page names the measure.
    score: f64,
    /// Whether the front matter of the page names it: `measures: [12, 40]`.
    is_named: bool,
    /// The measure.
    node: MeasureObject,
}

/// A page that is related to a measure.
#[derive(SimpleObject)]
pub(crate) struct RelatedPageEdge {
    /// How strongly, from 0 to 1, by the distinctive words that they share; 1 where the page names the measure.
    score: f64,
    /// Whether the front matter of the page names the measure.
    is_named: bool,
    /// The page.
    node: PageObject,
}

impl RelatedPageEdge {
    /// The page.
    pub(super) fn into_page(self) -> PageObject {
        self.node
    }
}

/// The measures of the newest plan that are related to a page of a language.
pub(super) async fn measures_of(
    ctx: &Context<'_>,
    page: &PageKey,
    lang: Language,
    first: Option<i32>,
) -> Result<Vec<RelatedMeasureEdge>, ApiError> {
    let first = limit(first)?;
    let plans = plans(ctx).await?;
    let Some(plan) = plans.iter().find(|plan| plan.heading.lang == lang) else { return Ok(Vec::new()) };
    let related =
        load(ctx, RelatedMeasuresOf(of_plan(plan, &plans), page.clone())).await?.unwrap_or_default();
    let edge = |(measure, relation): &(Arc<ServedMeasure>, Relation)| RelatedMeasureEdge {
        score: relation.score,
        is_named: relation.is_named,
        node: MeasureObject(Arc::clone(measure)),
    };
    Ok(related.iter().take(first).map(edge).collect())
}

/// The measures themselves.
pub(super) async fn only_measures(
    ctx: &Context<'_>,
    page: &PageKey,
    lang: Language,
    first: Option<i32>,
) -> Result<Vec<MeasureObject>, ApiError> {
    Ok(measures_of(ctx, page, lang, first).await?.into_iter().map(|edge| edge.node).collect())
}

/// The pages that are related to a measure of a plan.
async fn related_to(
    ctx: &Context<'_>,
    plan: &ServedPlan,
    measure: &ServedMeasure,
) -> Result<Vec<RelatedPage>, ApiError> {
    let plans = plans(ctx).await?;
    let by_number = load(ctx, RelatedPagesOf(of_plan(plan, &plans))).await?.unwrap_or_default();
    let related = by_number.get(&measure.number).cloned().unwrap_or_default();
    Ok(related.into_iter().take(usize::try_from(SOME).unwrap_or_default()).collect())
}

/// The pages that are related to a measure.
pub(super) async fn pages_of(
    ctx: &Context<'_>,
    plan: &ServedPlan,
    measure: &ServedMeasure,
) -> Result<Vec<RelatedPageEdge>, ApiError> {
    let related = related_to(ctx, plan, measure).await?;
    let pages = try_join_all(related.iter().map(|related| load(ctx, related.page.clone()))).await?;
    let edge = |(page, related): (Option<_>, &RelatedPage)| {
        let Relation { score, is_named } = related.relation;
        Some(RelatedPageEdge { score, is_named, node: PageObject(page?) })
    };
    Ok(pages.into_iter().zip(&related).filter_map(edge).collect())
}

/// The support services whose pages are related to a measure.
pub(super) async fn services_of(
    ctx: &Context<'_>,
    plan: &ServedPlan,
    measure: &ServedMeasure,
) -> Result<Vec<ServiceObject>, ApiError> {
    let related = related_to(ctx, plan, measure).await?;
    let keys = related.into_iter().filter_map(|related| related.service);
    let services = try_join_all(keys.map(|key| load(ctx, key))).await?;
    Ok(services.into_iter().flatten().map(ServiceObject).collect())
}

/// A plan among all plans, the newest of which comes first.
fn of_plan(plan: &ServedPlan, plans: &[Arc<ServedPlan>]) -> RelatedPlan {
    let lang = plan.heading.lang;
    let newest = plans.iter().find(|other| other.heading.lang == lang);
    let is_newest = newest.is_some_and(|newest| newest.key == plan.key);
    RelatedPlan { plan: plan.key.clone(), lang, is_newest }
}

fn limit(first: Option<i32>) -> Result<usize, ApiError> {
    let first = first.unwrap_or(SOME);
    let limit = usize::try_from(first).ok().filter(|_| first <= MOST);
    limit.ok_or_else(|| ApiError::BadInput(format!("`first` is between 0 and {MOST}, not {first}")))
}
