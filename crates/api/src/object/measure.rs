//! A measure of a plan.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use futures_util::future::{try_join, try_join_all};
use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, MeasureKey};
use passerelle_model::served::ServedMeasure;
use passerelle_storage::{LoggedChange, Surroundings};

use super::plan::{FootnoteObject, called, editions, translations};
use super::progress::saturate;
use super::related::{self, RelatedPageEdge};
use super::{
    CategoryObject, ChangeObject, DateTime, DocumentObject, MeasureStatus, PageObject, PlanObject,
    RichTextObject, ServiceObject, StatusChangeObject,
};
use crate::context::{load, need, plan_of, tree_of, view};
use crate::error::{ApiError, Defect};
use crate::input::NodeId;
use crate::loader::{LinesOf, Near, Numbered, NumbersOf, PredecessorsIn, RepeatsOf, StatusesOf};

/// A measure.
pub(crate) struct MeasureObject(pub(crate) Arc<ServedMeasure>);

/// One of the numbered things that a plan says will be done.
#[Object(name = "Measure")]
impl MeasureObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Measure(self.0.key.clone()).id()
    }

    /// The number, unique in the plan.
    fn number(&self) -> i32 {
        saturate(self.0.number)
    }

    /// The title, without asterisk and footnote calls.
    fn title(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.title)
    }

    /// How far it is.
    fn status(&self) -> MeasureStatus {
        self.0.status.into()
    }

    /// The status as written: `PPS À faire`.
    fn status_text(&self) -> &str {
        &self.0.status_text
    }

    /// The programme that the status names: `PPS`.
    fn programme(&self) -> Option<&str> {
        self.0.programme.as_deref()
    }

    /// Whether it is marked as taken up under other axes.
    fn is_repeated(&self) -> bool {
        self.0.is_repeated
    }

    /// The other measures that say the same thing, in document order; at most 100.
    async fn repeats(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        if self.0.repeat_group.is_none() {
            return Ok(Vec::new());
        }
        let repeats = load(ctx, RepeatsOf(self.0.plan.clone(), self.0.number)).await?.unwrap_or_default();
        Ok(repeats.into_iter().map(MeasureObject).collect())
    }

    /// Whether the measures that say the same thing carry different statuses.
    async fn repeats_disagree(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        if self.0.repeat_group.is_none() {
            return Ok(false);
        }
        Ok(view(ctx)?.repeats_disagree(&self.0.plan, self.0.number).await?)
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<PlanObject, ApiError> {
        plan_of(ctx, &self.0.plan).await.map(PlanObject)
    }

    /// The innermost category that it stands in.
    async fn category(&self, ctx: &Context<'_>) -> Result<CategoryObject, ApiError> {
        self.category_of(ctx, &self.0.category).await
    }

    /// The categories that it stands in, from the axis down.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = tree_of(ctx, &self.0.plan).await?;
        let lineage = &self.0.lineage;
        let below = [&lineage.objective, &lineage.section, &lineage.group].into_iter().flatten();
        Ok(std::iter::once(&lineage.axis)
            .chain(below)
            .filter_map(|key| CategoryObject::of(&tree, key))
            .collect())
    }

    /// The axis that it stands in.
    async fn axis(&self, ctx: &Context<'_>) -> Result<CategoryObject, ApiError> {
        self.category_of(ctx, &self.0.lineage.axis).await
    }

    /// The objective that it stands in, if any.
    async fn objective(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        Some(self.category_of(ctx, self.0.lineage.objective.as_ref()?).await)
    }

    /// The section that it stands in, if any.
    async fn section(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        Some(self.category_of(ctx, self.0.lineage.section.as_ref()?).await)
    }

    /// The group that it stands in, if any.
    async fn group(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        Some(self.category_of(ctx, self.0.lineage.group.as_ref()?).await)
    }

    /// The footnotes that its title or status call. A call to a footnote that the plan does not define is left out.
    async fn footnotes(&self, ctx: &Context<'_>) -> Result<Vec<FootnoteObject>, ApiError> {
        if self.0.footnotes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = plan_of(ctx, &self.0.plan).await?;
        Ok(called(&plan, &self.0.footnotes))
    }

    /// The measure after it in document order.
    async fn next(&self, ctx: &Context<'_>) -> Option<Result<MeasureObject, ApiError>> {
        self.near(ctx, |near| near.next.clone()).await
    }

    /// The measure before it in document order.
    async fn previous(&self, ctx: &Context<'_>) -> Option<Result<MeasureObject, ApiError>> {
        self.near(ctx, |near| near.previous.clone()).await
    }

    /// The statuses that it had in this plan, oldest first. The first is that with which it came, or the oldest that is
    /// kept.
    async fn status_changes(&self, ctx: &Context<'_>) -> Result<Vec<StatusChangeObject>, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        let (document, changes) =
            try_join(need(ctx, plan.document.clone()), load(ctx, StatusesOf(self.0.key.clone()))).await?;
        let changes = changes.unwrap_or_default();
        let told = |change| StatusChangeObject::new(change, DocumentObject(Arc::clone(&document)));
        Ok(changes.iter().map(told).collect())
    }

    /// The same measure in each edition of its plan, this one included, from the oldest to the newest.
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        let thread = self.thread(ctx).await?;
        let measures = try_join_all(thread.into_iter().map(|key| load(ctx, key))).await?;
        Ok(measures.into_iter().flatten().map(MeasureObject).collect())
    }

    /// The numbers that it had before, in this plan and in earlier editions of it, the latest first.
    async fn previous_numbers(&self, ctx: &Context<'_>) -> Result<Vec<i32>, ApiError> {
        let thread = self.thread(ctx).await?;
        let earlier = thread.into_iter().take_while(|key| *key != self.0.key);
        let keys = earlier.chain([self.0.key.clone()]).collect::<Vec<_>>().into_iter().rev();
        let numbers = try_join_all(keys.map(|key| load(ctx, NumbersOf(key)))).await?;
        let mut previous: Vec<u32> = Vec::new();
        for number in numbers.iter().flatten().flat_map(|numbers| numbers.iter().copied()) {
            if number != self.0.number && !previous.contains(&number) {
                previous.push(number);
            }
        }
        Ok(previous.into_iter().map(saturate).collect())
    }

    /// Every change of it, in this plan and in its other editions, oldest first.
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<ChangeObject>, ApiError> {
        let thread = self.thread(ctx).await?;
        let changes = try_join_all(thread.into_iter().map(|key| load(ctx, NodeKey::Measure(key)))).await?;
        let mut history: Vec<_> =
            changes.into_iter().flatten().flat_map(|changes| changes.as_ref().clone()).collect();
        history.sort_by_key(LoggedChange::place);
        Ok(history.into_iter().map(|change| ChangeObject(Arc::new(change))).collect())
    }

    /// The measure of the same number in the translations of its plan.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        let plans = translations(ctx, &plan).await?;
        let measures = plans.iter().map(|plan| load(ctx, Numbered(plan.key.clone(), self.0.number)));
        Ok(try_join_all(measures).await?.into_iter().flatten().map(MeasureObject).collect())
    }

    /// The pages that are related to it: those that name it in their front matter first, then those that share most of its
    /// distinctive words.
    async fn related_pages(&self, ctx: &Context<'_>) -> Result<Vec<PageObject>, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        let edges = related::pages_of(ctx, &plan, &self.0).await?;
        Ok(edges.into_iter().map(RelatedPageEdge::into_page).collect())
    }

    /// The same pages with how strongly they are related.
    async fn related_page_edges(&self, ctx: &Context<'_>) -> Result<Vec<RelatedPageEdge>, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        related::pages_of(ctx, &plan, &self.0).await
    }

    /// The support services whose pages are related to it.
    async fn related_services(&self, ctx: &Context<'_>) -> Result<Vec<ServiceObject>, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        related::services_of(ctx, &plan, &self.0).await
    }

    /// Where it stands in its document.
    async fn source(&self, ctx: &Context<'_>) -> Result<SourceLocation, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        let document = need(ctx, plan.document.clone()).await?;
        let lines = need(ctx, LinesOf(plan.document.clone())).await?;
        let line = lines.get(&self.0.key).copied().unwrap_or(1);
        Ok(SourceLocation { document: DocumentObject(document), line: saturate(line) })
    }

    /// When anything of it last changed.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

impl MeasureObject {
    async fn category_of(&self, ctx: &Context<'_>, key: &CategoryKey) -> Result<CategoryObject, ApiError> {
        let tree = tree_of(ctx, &self.0.plan).await?;
        CategoryObject::of(&tree, key)
            .ok_or_else(|| Defect("a measure refers to a category that is not served").into())
    }

    async fn near(
        &self,
        ctx: &Context<'_>,
        side: impl Fn(&Surroundings) -> Option<Arc<ServedMeasure>>,
    ) -> Option<Result<MeasureObject, ApiError>> {
        match load(ctx, Near(self.0.plan.clone(), self.0.position)).await {
            Ok(near) => side(near?.as_ref()).map(|measure| Ok(MeasureObject(measure))),
            Err(error) => Some(Err(error)),
        }
    }

    /// The keys that it has in the editions of its plan, from the oldest to the newest.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Vec<MeasureKey>, ApiError> {
        let plan = plan_of(ctx, &self.0.plan).await?;
        let mut editions = editions(ctx, &plan).await?;
        if editions.len() < 2 {
            return Ok(vec![self.0.key.clone()]);
        }
        editions.reverse();
        let plans = editions.iter().map(|plan| plan.key.clone()).collect();
        let threads = need(ctx, PredecessorsIn(plans, plan.heading.lang)).await?;
        let earlier = std::iter::successors(Some(&self.0.key), |key| threads.before.get(key));
        let mut thread: Vec<MeasureKey> = earlier.cloned().collect();
        thread.reverse();
        let later = std::iter::successors(threads.after.get(&self.0.key), |key| threads.after.get(key));
        thread.extend(later.cloned());
        Ok(thread)
    }
}

/// A place in a document.
#[derive(SimpleObject)]
pub(crate) struct SourceLocation {
    /// The document.
    document: DocumentObject,
    /// The line in it, from 1.
    line: i32,
}
