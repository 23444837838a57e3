//! Object types `Plan` and `Footnote`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::plan::{CategoryPath, Footnote};
use passerelle_model::published::{PublishedCategory, PublishedPlan};
use passerelle_storage::{MeasureScope, PlanAddress};

use super::{
    CategoryLevel, CategoryObject, DateTime, DocumentObject, Language, MeasureConnection, MeasureObject,
    PlanObject, ProgressInterval, ProgressObject, ProgressPoint, RichTextObject, measure_connection,
};
use crate::context::{all_plans, category_tree, global_id, load, load_required, site_urls, view};
use crate::error::ApiError;
use crate::input::{MeasureFilterInput, MeasureOrderInput, NodeId, PaginationArgs, measure_query};
use crate::loader::{FacetCountsOf, MeasureByNumber};
use crate::response_count::{counted, counted_text};

/// Public plan: a tree of categories with numbered measures, each with a status.
#[Object(name = "Plan")]
impl PlanObject {
    /// Global id, opaque. It stays the same when the plan is edited or its file is renamed.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::Plan(self.0.key.clone()))
    }

    /// Identifier for URLs, for example `plan-climat`. It contains no year: all editions of a plan have the
    /// same slug.
    fn slug(&self) -> &str {
        self.0.heading.slug.as_str()
    }

    /// Address of the plan on the website, for example `/fr/plans/plan-climat-2025`. The operator sets the
    /// pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(site_urls(ctx)?.for_plan(&PlanAddress::from(self.0.as_ref())))
    }

    /// Address under which the plan is known, the same as `url`. If `plan` found the plan by a former slug,
    /// redirect to it.
    async fn canonical_url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        self.url(ctx).await
    }

    /// Title as plain text, for example `Plan climat 2025`.
    fn title(&self, ctx: &Context<'_>) -> &str {
        counted_text(ctx, &self.0.heading.title)
    }

    /// Language of the plan, for example `FR`.
    fn lang(&self) -> Language {
        self.0.heading.lang.into()
    }

    /// Year of the edition, from the front matter or the title, for example `2025`. Null if neither has a
    /// year.
    fn year(&self) -> Option<i32> {
        self.0.heading.year
    }

    /// Top level of the category tree, in document order. Empty if the plan has no headings.
    async fn axes(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>, ApiError> {
        self.categories_where(ctx, |category| category.parent.is_none()).await
    }

    /// Categories of all levels as a flat list, in document order. Empty if none has the requested level.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Return only categories of this level. All levels if omitted.")] level: Option<
            CategoryLevel,
        >,
    ) -> Result<Vec<CategoryObject>, ApiError> {
        let level = level.map(passerelle_model::plan::CategoryLevel::from);
        self.categories_where(ctx, |category| level.is_none_or(|level| category.level == level)).await
    }

    /// One category, found by its path. Null if the plan has no category with this path.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Labels from the axis down, for example `2`, `2.6` or `2.6.b`.")] path: String,
    ) -> Option<Result<CategoryObject, ApiError>> {
        let tree = match category_tree(ctx, &self.0.key).await {
            Ok(tree) => tree,
            Err(error) => return Some(Err(error)),
        };
        let category = tree.find_by_path(&CategoryPath::parse(&path).ok()?)?;
        CategoryObject::of(&tree, &category.key).map(Ok)
    }

    /// Measures of the plan.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
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
        measure_connection(ctx, Some(self.scope()), query, order).await
    }

    /// One measure, found by its number. Null if the plan has no measure with this number.
    async fn measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the measure, for example `12`.")] number: i32,
    ) -> Option<Result<MeasureObject, ApiError>> {
        let number = u32::try_from(number).ok()?;
        let measure = load(ctx, MeasureByNumber(self.0.key.clone(), number)).await.transpose()?;
        Some(measure.map(MeasureObject))
    }

    /// Progress of all measures of the plan. Null if no measure has a known status, for example if the plan
    /// has no column for it.
    async fn progress(&self, ctx: &Context<'_>) -> Option<Result<ProgressObject, ApiError>> {
        let counts = load(ctx, FacetCountsOf(self.scope(), Arc::default())).await;
        counts.map(|counts| ProgressObject::of(&counts.unwrap_or_default())).transpose()
    }

    /// Progress at the end of each day, week or month since the plan was published, oldest first. Limited
    /// to the latest 1000 points. Empty if the plan has no measures.
    async fn progress_over_time(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Time between two points.")] interval: ProgressInterval,
    ) -> Result<Vec<ProgressPoint>, ApiError> {
        let view = view(ctx)?;
        let points = Box::pin(view.progress_over_time(&self.0.key, interval.into())).await?;
        Ok(counted(ctx, points.iter().copied().map(ProgressPoint::from).collect()))
    }

    /// Footnotes of the plan, sorted by number. Empty if there are none.
    fn footnotes(&self, ctx: &Context<'_>) -> Vec<FootnoteObject> {
        counted(ctx, self.0.heading.footnotes.iter().cloned().map(FootnoteObject).collect())
    }

    /// Explanations of symbols that the plan uses, for example of the asterisk after a title. Empty if there
    /// are none.
    fn legend(&self) -> Vec<RichTextObject<'_>> {
        self.0.heading.notes.iter().map(RichTextObject::of).collect()
    }

    /// The plan in other languages. Translations have the same year and the same translation key. If one of
    /// the two has no translation key, the same slug, the same file name, or the same numbers in the same
    /// categories is enough. Empty if there are none.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<PlanObject>, ApiError> {
        Ok(translations(ctx, &self.0).await?.into_iter().map(PlanObject).collect())
    }

    /// All editions of the plan in its language, including this one, newest first.
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<PlanObject>, ApiError> {
        Ok(counted(ctx, editions(ctx, &self.0).await?.into_iter().map(PlanObject).collect()))
    }

    /// File that contains the plan.
    async fn document(&self, ctx: &Context<'_>) -> Result<DocumentObject, ApiError> {
        load_required(ctx, self.0.document.clone()).await.map(DocumentObject)
    }

    /// Time of the revision that last changed the fields of the plan itself. Changes of measures do not
    /// count. For a plan that did not change since it was first published, the modification time of the file.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// Returns the translations of a plan.
pub(super) async fn translations(
    ctx: &Context<'_>,
    plan: &PublishedPlan,
) -> Result<Vec<Arc<PublishedPlan>>, ApiError> {
    let plans = all_plans(ctx).await?;
    let is_other = |other: &&Arc<PublishedPlan>| {
        other.key != plan.key && other.heading.lang != plan.heading.lang && other.is_translation_of(plan)
    };
    Ok(plans.iter().filter(is_other).cloned().collect())
}

/// Returns the editions of a plan, including the plan, newest first.
pub(super) async fn editions(
    ctx: &Context<'_>,
    plan: &PublishedPlan,
) -> Result<Vec<Arc<PublishedPlan>>, ApiError> {
    let plans = all_plans(ctx).await?;
    let is_edition = |other: &&Arc<PublishedPlan>| {
        other.heading.slug == plan.heading.slug && other.heading.lang == plan.heading.lang
    };
    Ok(plans.iter().filter(is_edition).cloned().collect())
}

impl PlanObject {
    fn scope(&self) -> MeasureScope {
        MeasureScope { plan: self.0.key.clone(), category: None }
    }

    async fn categories_where(
        &self,
        ctx: &Context<'_>,
        keep: impl Fn(&PublishedCategory) -> bool,
    ) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = category_tree(ctx, &self.0.key).await?;
        let kept = tree.categories().iter().enumerate().filter(|(_, category)| keep(category));
        Ok(counted(ctx, kept.map(|(at, _)| CategoryObject::new(&tree, at)).collect()))
    }
}

pub(crate) struct FootnoteObject(Footnote);

/// Footnote of a plan.
#[Object(name = "Footnote")]
impl FootnoteObject {
    /// Number of the footnote in the plan, for example `1`.
    fn number(&self) -> i32 {
        super::progress::to_int(self.0.number)
    }

    /// Text of the footnote, without its number.
    fn text(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.text)
    }
}

/// Returns the footnotes of a plan with these numbers, in the order of the numbers. Numbers that the plan
/// does not define are left out.
pub(super) fn referenced_footnotes(plan: &PublishedPlan, numbers: &[u32]) -> Vec<FootnoteObject> {
    let defined = |number: &u32| plan.heading.footnotes.iter().find(|footnote| footnote.number == *number);
    numbers.iter().filter_map(defined).cloned().map(FootnoteObject).collect()
}
