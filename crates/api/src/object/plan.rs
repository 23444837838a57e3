//! A plan.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_document::plan::{CategoryPath, Footnote};
use passerelle_document::served::{ServedCategory, ServedPlan};
use passerelle_storage::MeasureScope;

use super::{
    CategoryLevel, CategoryObject, DateTime, DocumentObject, Language, MeasureConnection, MeasureObject,
    ProgressObject, RichTextObject, measure_connection,
};
use crate::context::{load, need};
use crate::error::ApiError;
use crate::input::{MeasureFilterInput, MeasureOrderInput, NodeId, WindowArgs, measure_query};
use crate::loader::{AllPlans, Numbered, ProgressOf, TreeOf};

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
    async fn slug(&self) -> &str {
        self.0.heading.slug.as_str()
    }

    /// The title: `Plan climat 2025`.
    async fn title(&self) -> &str {
        &self.0.heading.title
    }

    /// The language that it is written in.
    async fn lang(&self) -> Language {
        self.0.heading.lang.into()
    }

    /// The year in its title or front matter.
    async fn year(&self) -> Option<i32> {
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
        let level = level.map(passerelle_document::plan::CategoryLevel::from);
        self.categories_where(ctx, |category| level.is_none_or(|level| category.level == level)).await
    }

    /// The category of a path.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The labels from the axis down: `2`, `2.6`, `2.6.b`.")] path: String,
    ) -> Option<Result<CategoryObject, ApiError>> {
        let tree = match load(ctx, TreeOf(self.0.key.clone())).await {
            Ok(tree) => tree?,
            Err(error) => return Some(Err(error)),
        };
        tree.at(&CategoryPath::new(path)).map(|category| Ok(CategoryObject::new(category)))
    }

    /// The measures of the plan; in document order unless `orderBy` says otherwise.
    #[graphql(complexity = "5 + child_complexity * first.or(last).unwrap_or(20).max(1) as usize")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which measures to keep.")] filter: Option<MeasureFilterInput>,
        #[graphql(desc = "The order, most important first.")] order_by: Option<Vec<MeasureOrderInput>>,
        #[graphql(desc = "At most so many from the start; 20 unless given, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<MeasureConnection, ApiError> {
        let (query, order) = measure_query(filter, order_by, WindowArgs { first, after, last, before })?;
        measure_connection(ctx, MeasureScope::Plan(self.0.key.clone()), query, order).await
    }

    /// The measure of a number.
    async fn measure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number in the plan.")] number: i32,
    ) -> Option<Result<MeasureObject, ApiError>> {
        let measure = load(ctx, Numbered(self.0.key.clone(), number)).await.transpose()?;
        Some(measure.map(MeasureObject))
    }

    /// How far all its measures are.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProgressObject, ApiError> {
        let by_category = load(ctx, ProgressOf(self.0.key.clone())).await?.unwrap_or_default();
        let tree = load(ctx, TreeOf(self.0.key.clone())).await?.unwrap_or_default();
        let mut sum = passerelle_document::plan::Progress::default();
        for axis in tree.children(None) {
            if let Some(progress) = by_category.get(&axis.key) {
                sum.merge(progress);
            }
        }
        Ok(ProgressObject(Arc::new(sum)))
    }

    /// Its footnotes, by number.
    async fn footnotes(&self) -> Vec<FootnoteObject> {
        self.0.heading.footnotes.iter().cloned().map(FootnoteObject).collect()
    }

    /// What marks other than numbers mean, such as the asterisk.
    async fn notes(&self) -> Vec<RichTextObject> {
        self.0.heading.notes.iter().cloned().map(RichTextObject).collect()
    }

    /// The same plan in other languages: those with the same translation key, or slug, and year.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<PlanObject>, ApiError> {
        let plans = load(ctx, AllPlans).await?.unwrap_or_default();
        let own = &self.0.heading;
        let is_translation = |plan: &&Arc<ServedPlan>| {
            let other = &plan.heading;
            let same = match (&own.translation_key, &other.translation_key) {
                (Some(own), Some(other)) => own == other,
                _ => own.slug == other.slug,
            };
            plan.key != self.0.key && other.lang != own.lang && other.year == own.year && same
        };
        Ok(plans.iter().filter(is_translation).cloned().map(PlanObject).collect())
    }

    /// The document that it comes from.
    async fn document(&self, ctx: &Context<'_>) -> Result<DocumentObject, ApiError> {
        need(ctx, self.0.document.clone()).await.map(DocumentObject)
    }

    /// When its own fields last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

impl PlanObject {
    async fn categories_where(
        &self,
        ctx: &Context<'_>,
        keep: impl Fn(&ServedCategory) -> bool,
    ) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = load(ctx, TreeOf(self.0.key.clone())).await?.unwrap_or_default();
        Ok(tree.all().iter().filter(|category| keep(category)).map(CategoryObject::new).collect())
    }
}

/// A footnote.
pub(crate) struct FootnoteObject(Footnote);

/// A footnote of a plan.
#[Object(name = "Footnote")]
impl FootnoteObject {
    /// Its number.
    async fn number(&self) -> i32 {
        super::progress::saturate(self.0.number)
    }

    /// What it says.
    async fn text(&self) -> RichTextObject {
        RichTextObject(self.0.text.clone())
    }
}

/// The footnotes of a plan that are called by their numbers, in the order of the calls.
pub(super) fn called(plan: &ServedPlan, numbers: &[u32]) -> Vec<FootnoteObject> {
    let defined = |number: &u32| plan.heading.footnotes.iter().find(|footnote| footnote.number == *number);
    numbers.iter().filter_map(defined).cloned().map(FootnoteObject).collect()
}
