//! Root fields for plans and measures.

use std::sync::Arc;

use async_graphql::{Context, Object};
use passerelle_model::key::PlanKey;
use passerelle_model::published::{PublishedMeasure, PublishedPlan};
use passerelle_storage::{AsOfResult, MeasureScope, plans_named};

use crate::context::{all_plans, category_tree, load, past_context, read_root_field_at, storage, view};
use crate::error::ApiError;
use crate::input::{
    MeasureFilterInput, MeasureOrderInput, MeasureSelector, PaginationArgs, PlanBy, measure_query,
    reject_both,
};
use crate::loader::MeasureByNumber;
use crate::object::{DateTime, Language, MeasureConnection, MeasureObject, PlanObject, measure_connection};

/// Fields for plans and measures.
#[derive(Default)]
pub(super) struct PlanQueries;

#[Object]
impl PlanQueries {
    /// All plans and all their editions, newest year first. Empty if there are none.
    ///
    /// Example: `{ plans(lang: FR) { slug title year progress { ratio } } }`
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Return only plans in this language. All languages if omitted.")] lang: Option<
            Language,
        >,
    ) -> Result<Vec<PlanObject>, ApiError> {
        Ok(find_plans(ctx, None, lang).await?.into_iter().map(PlanObject).collect())
    }

    /// One plan, found by `slug` or `by`. The newest plan if both are omitted. Null if no plan matches, or if
    /// nothing was published yet at `asOf`. If no plan has the slug, the newest plan that had it before is
    /// returned: compare its `canonicalUrl`.
    ///
    /// Example: `{ plan { title axes { label title progress { completed total } } } }`, or
    /// `{ plan(by: {edition: {slug: "plan-climat", year: 2025}}) { title } }`
    async fn plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Slug of the plan, for example `plan-climat`. Selects the newest edition. Append a year \
                to select one edition, for example `plan-climat-2025`."
        )]
        slug: Option<String>,
        #[graphql(desc = "Identifier of the plan, as an alternative to `slug`.")] by: Option<PlanBy>,
        #[graphql(
            desc = "Language of the plan. If omitted, all languages are searched. Among matches of the same \
                year, the first one in the order of `Language` is returned."
        )]
        lang: Option<Language>,
        #[graphql(desc = "Return the plan and everything below it as published at this time, for example \
                `2025-06-30T00:00:00Z`. The latest revision if omitted. An error if the history of this \
                time was pruned.")]
        as_of: Option<DateTime>,
    ) -> Option<Result<PlanObject, ApiError>> {
        if let Err(error) = reject_both(by.as_ref(), &[("slug", slug.is_some())]) {
            return Some(Err(error));
        }
        match read_as_of(ctx, as_of).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let plans = match find_plans(ctx, slug.as_deref(), lang).await {
            Ok(plans) => plans,
            Err(error) => return Some(Err(error)),
        };
        let matches = |plan: &Arc<PublishedPlan>| by.as_ref().is_none_or(|by| by.matches(plan));
        plans.into_iter().find(matches).map(|plan| Ok(PlanObject(plan)))
    }

    /// One measure, found by its number or its label. Give one of the two. Null if no measure matches, or if
    /// nothing was published yet at `asOf`.
    ///
    /// Example: `{ measure(number: 12) { title { text } status next { number } } }`
    #[expect(clippy::too_many_arguments, reason = "each argument selects")]
    async fn measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the measure, for example `12`.")] number: Option<i32>,
        #[graphql(
            desc = "Label of the measure, for example `1.1.3`. The first match in document order is used."
        )]
        label: Option<String>,
        #[graphql(
            desc = "Path of the category that contains the measure, for example `2.6.b`. Allowed with `label` only."
        )]
        category: Option<String>,
        #[graphql(
            desc = "Slug of the plan, for example `plan-climat` or, for one edition, `plan-climat-2025`. The \
                newest plan if omitted."
        )]
        plan: Option<String>,
        #[graphql(
            desc = "Language of the plan. If omitted, all languages are searched, and of matches of the same year \
                the first one in the order of `Language` is used."
        )]
        lang: Option<Language>,
        #[graphql(
            desc = "Return the measure and everything below it as published at this time, for example \
                `2025-06-30T00:00:00Z`. The latest revision if omitted. An error if the history of this \
                time was pruned."
        )]
        as_of: Option<DateTime>,
    ) -> Option<Result<MeasureObject, ApiError>> {
        let wanted = match MeasureSelector::new(number, label, category) {
            Ok(wanted) => wanted,
            Err(error) => return Some(Err(error)),
        };
        match read_as_of(ctx, as_of).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let plans = match find_plans(ctx, plan.as_deref(), lang).await {
            Ok(plans) => plans,
            Err(error) => return Some(Err(error)),
        };
        let measure = find_measure(ctx, &plans.first()?.key, wanted).await.transpose()?;
        Some(measure.map(MeasureObject))
    }

    /// Measures of a plan. Empty if no plan matches, or if nothing was published yet at `asOf`.
    ///
    /// Example: `{ measures(filter: {status: [COMPLETED]}) { totalCount nodes { number title { text } } } }`
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Slug of the plan, for example `plan-climat` or, for one edition, `plan-climat-2025`. The \
                newest plan if omitted."
        )]
        plan: Option<String>,
        #[graphql(
            desc = "Language of the plan. If omitted, all languages are searched, and of matches of the same year \
                the first one in the order of `Language` is used."
        )]
        lang: Option<Language>,
        #[graphql(
            desc = "Return the measures and everything below them as published at this time, for example \
                `2025-06-30T00:00:00Z`. The latest revision if omitted. An error if the history of this \
                time was pruned."
        )]
        as_of: Option<DateTime>,
        #[graphql(desc = "Conditions that a measure must satisfy. Every measure of the plan if omitted.")]
        filter: Option<Box<MeasureFilterInput>>,
        #[graphql(
            desc = "Sort keys, most significant first. Default: document order, or relevance if the filter \
                has `text`."
        )]
        order_by: Option<Vec<MeasureOrderInput>>,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
        #[graphql(
            desc = "Maximum number of items, counted from the end of the list. At most 100. Not allowed with \
                `first`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Return only items before this cursor, for example the last `pageInfo.startCursor`."
        )]
        before: Option<String>,
    ) -> Result<MeasureConnection, ApiError> {
        let (query, order) = measure_query(filter, order_by, PaginationArgs { first, after, last, before })?;
        let is_published = read_as_of(ctx, as_of).await?;
        let plans = find_plans(ctx, plan.as_deref(), lang).await?;
        let plans = if is_published { plans } else { Vec::new() };
        let scope = plans.first().map(|plan| MeasureScope { plan: plan.key.clone(), category: None });
        measure_connection(ctx, scope, query, order).await
    }
}

/// Finds a measure of a plan. Returns `None` if no measure matches.
async fn find_measure(
    ctx: &Context<'_>,
    plan: &PlanKey,
    wanted: MeasureSelector,
) -> Result<Option<Arc<PublishedMeasure>>, ApiError> {
    match wanted {
        MeasureSelector::Number(number) => match u32::try_from(number) {
            Ok(number) => load(ctx, MeasureByNumber(plan.clone(), number)).await,
            Err(_) => Ok(None),
        },
        MeasureSelector::Label { label, category: None } => {
            Ok(view(ctx)?.measure_by_label(plan, &label, None).await?)
        }
        MeasureSelector::Label { label, category: Some(path) } => {
            let tree = category_tree(ctx, plan).await?;
            let Some(category) = tree.categories().iter().find(|category| category.path.as_str() == path)
            else {
                return Ok(None);
            };
            Ok(view(ctx)?.measure_by_label(plan, &label, Some(&category.key)).await?)
        }
    }
}

/// Reads the current root field at the revision that was published at `at`. Returns false if there was none
/// yet.
async fn read_as_of(ctx: &Context<'_>, at: Option<DateTime>) -> Result<bool, ApiError> {
    let Some(at) = at else { return Ok(true) };
    match storage(ctx)?.as_of(at.0).await? {
        // A response never contains content that is newer than its revision.
        AsOfResult::Found(past) => {
            let latest = view(ctx)?;
            let past = if past.revision().number > latest.revision().number { latest } else { past };
            read_root_field_at(ctx, past_context(ctx, past)?).map(|()| true)
        }
        AsOfResult::BeforeFirstRevision => Ok(false),
        AsOfResult::Pruned(oldest) => {
            Err(ApiError::BadInput(format!("`asOf` must be at least {oldest}: older content was pruned")))
        }
    }
}

/// Returns the plans with a slug and a language, newest first. If no plan has the slug, those that had it
/// before.
async fn find_plans(
    ctx: &Context<'_>,
    slug: Option<&str>,
    lang: Option<Language>,
) -> Result<Vec<Arc<PublishedPlan>>, ApiError> {
    let plans = all_plans(ctx).await?;
    let found: Vec<_> = plans_named(&plans, slug, lang.map(Into::into)).into_iter().cloned().collect();
    let Some(name) = slug.filter(|_| found.is_empty()) else { return Ok(found) };
    let renamed = view(ctx)?.plans_with_former_name(name, lang.map(Into::into)).await?;
    Ok(plans.iter().filter(|plan| renamed.contains(&plan.key)).cloned().collect())
}
