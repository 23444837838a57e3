//! A plan.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::plan::{CategoryPath, Footnote};
use passerelle_model::served::{ServedCategory, ServedPlan};
use passerelle_storage::MeasureScope;

use super::{
    CategoryLevel, CategoryObject, DateTime, DocumentObject, Interval, Language, MeasureConnection,
    MeasureObject, ProgressObject, ProgressPoint, RichTextObject, measure_connection,
};
use crate::context::{load, need, plans, tree_of, view};
use crate::error::ApiError;
use crate::input::{MeasureFilterInput, MeasureOrderInput, NodeId, WindowArgs, measure_query};
use crate::loader::{Numbered, TallyOf};

/// A plan.
pub(crate) struct PlanObject(pub(crate) Arc<ServedPlan>);

/// A public plan: a tree of categories, and numbered measures, each with a status.
#[Object(name = "Plan")]
impl PlanObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Plan(self.0.key.clone()).id()
    }

    /// The name in a URL. It has no year: the editions of a plan share it, `year` tells them apart.
    fn slug(&self) -> &str {
        self.0.heading.slug.as_str()
    }

    /// The title: `Plan climat 2025`.
    fn title(&self) -> &str {
        &self.0.heading.title
    }

    /// The language that it is written in.
    fn lang(&self) -> Language {
        self.0.heading.lang.into()
    }

    /// The year in its title or front matter.
    fn year(&self) -> Option<i32> {
        self.0.heading.year
    }

    /// The first level of the tree, in document order.
    async fn axes(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>, ApiError> {
        self.categories_where(ctx, |category| category.parent.is_none()).await
    }

    /// Every category, of one level if it is given, in document order.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this level.")] level: Option<CategoryLevel>,
    ) -> Result<Vec<CategoryObject>, ApiError> {
        let level = level.map(passerelle_model::plan::CategoryLevel::from);
        self.categories_where(ctx, |category| level.is_none_or(|level| category.level == level)).await
    }

    /// The category of a path.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The labels from the axis down: `2`, `2.6`, `2.6.b`.")] path: String,
    ) -> Option<Result<CategoryObject, ApiError>> {
        let tree = match tree_of(ctx, &self.0.key).await {
            Ok(tree) => tree,
            Err(error) => return Some(Err(error)),
        };
        let category = tree.at(&CategoryPath::new(path))?;
        CategoryObject::of(&tree, &category.key).map(Ok)
    }

    /// The measures of the plan; in document order unless `orderBy` says otherwise.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which measures to keep.")] filter: Option<Box<MeasureFilterInput>>,
        #[graphql(desc = "The order, most important first.")] order_by: Option<Vec<MeasureOrderInput>>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<MeasureConnection, ApiError> {
        let (query, order) = measure_query(filter, order_by, WindowArgs { first, after, last, before })?;
        measure_connection(ctx, self.scope(), query, order).await
    }

    /// The measure of a number.
    async fn measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number in the plan.")] number: i32,
    ) -> Option<Result<MeasureObject, ApiError>> {
        let number = u32::try_from(number).ok()?;
        let measure = load(ctx, Numbered(self.0.key.clone(), number)).await.transpose()?;
        Some(measure.map(MeasureObject))
    }

    /// How far all its measures are.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProgressObject, ApiError> {
        let tally = load(ctx, TallyOf(self.scope(), Arc::default())).await?.unwrap_or_default();
        Ok(ProgressObject(tally.progress))
    }

    /// How far it was at the end of each day, week or month since it came, oldest first; at most the 1,000 last.
    async fn progress_over_time(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far apart the points are.")] interval: Interval,
    ) -> Result<Vec<ProgressPoint>, ApiError> {
        let view = view(ctx)?;
        let points = Box::pin(view.progress_over_time(&self.0.key, interval.into())).await?;
        Ok(points.into_iter().map(ProgressPoint::from).collect())
    }

    /// Its footnotes, by number.
    fn footnotes(&self) -> Vec<FootnoteObject> {
        self.0.heading.footnotes.iter().cloned().map(FootnoteObject).collect()
    }

    /// What marks other than numbers mean, such as the asterisk.
    fn notes(&self) -> Vec<RichTextObject<'_>> {
        self.0.heading.notes.iter().map(RichTextObject::of).collect()
    }

    /// The same plan in other languages: of the same year, and with the same translation key, slug or file name, or
    /// with the same numbers in the same categories.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<PlanObject>, ApiError> {
        Ok(translations(ctx, &self.0).await?.into_iter().map(PlanObject).collect())
    }

    /// The editions of this plan, this one included, the newest first: the plans of one slug and language.
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<PlanObject>, ApiError> {
        Ok(editions(ctx, &self.0).await?.into_iter().map(PlanObject).collect())
    }

    /// The document that it comes from.
    async fn document(&self, ctx: &Context<'_>) -> Result<DocumentObject, ApiError> {
        need(ctx, self.0.document.clone()).await.map(DocumentObject)
    }

    /// When its own fields last changed.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// The same plan in other languages.
pub(super) async fn translations(
    ctx: &Context<'_>,
    plan: &ServedPlan,
) -> Result<Vec<Arc<ServedPlan>>, ApiError> {
    let plans = plans(ctx).await?;
    let is_other = |other: &&Arc<ServedPlan>| {
        other.key != plan.key
            && other.heading.lang != plan.heading.lang
            && other.heading.is_translation_of(&plan.heading)
    };
    Ok(plans.iter().filter(is_other).cloned().collect())
}

/// The editions of a plan, itself included, the newest first.
pub(super) async fn editions(ctx: &Context<'_>, plan: &ServedPlan) -> Result<Vec<Arc<ServedPlan>>, ApiError> {
    let plans = plans(ctx).await?;
    let is_edition = |other: &&Arc<ServedPlan>| {
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
        keep: impl Fn(&ServedCategory) -> bool,
    ) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = tree_of(ctx, &self.0.key).await?;
        let kept = tree.all().iter().enumerate().filter(|(_, category)| keep(category));
        Ok(kept.map(|(at, _)| CategoryObject::new(&tree, at)).collect())
    }
}

/// A footnote.
pub(crate) struct FootnoteObject(Footnote);

/// A footnote of a plan.
#[Object(name = "Footnote")]
impl FootnoteObject {
    /// Its number.
    fn number(&self) -> i32 {
        super::progress::saturate(self.0.number)
    }

    /// What it says.
    fn text(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.text)
    }
}

/// The footnotes of a plan that are called by their numbers, in the order of the calls.
pub(super) fn called(plan: &ServedPlan, numbers: &[u32]) -> Vec<FootnoteObject> {
    let defined = |number: &u32| plan.heading.footnotes.iter().find(|footnote| footnote.number == *number);
    numbers.iter().filter_map(defined).cloned().map(FootnoteObject).collect()
}
