//! Object types `Measure` and `SourceLocation`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use futures_util::future::{try_join, try_join_all};
use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, MeasureKey};
use passerelle_model::published::PublishedMeasure;
use passerelle_storage::{AdjacentMeasures, ChangeLogEntry, PlanAddress};

use super::measure_details::{AttributeObject, MoneyObject};
use super::plan::{FootnoteObject, editions, referenced_footnotes, translations};
use super::progress::to_int;
use super::related::{self, RelatedPageEdge};
use super::{
    CategoryObject, ChangeObject, DateTime, DocumentObject, Language, MeasureObject, MeasureStatus,
    PageObject, PlanObject, RichTextObject, ServiceObject, StatusChangeObject,
};
use crate::context::{
    category_tree, global_id, label_language, load, load_required, required_plan, site_urls, view,
};
use crate::error::{ApiError, InvariantError};
use crate::input::NodeId;
use crate::loader::{
    ChildMeasuresOf, EditionLinksOf, MeasureByNumber, MeasureLinesOf, NeighboursOf, PreviousNumbersOf,
    RepeatsOfMeasure, StatusChangesOf,
};

/// Numbered action of a plan, with a title and a status.
#[Object(name = "Measure")]
impl MeasureObject {
    /// Global id, opaque. It stays the same when the measure is renumbered, reworded or moved within the
    /// plan.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::Measure(self.0.key.clone()))
    }

    /// Label as written in the document, for example `12`, `1.1.3` or `Action 4.2`. Unique within the
    /// category. If the document gives none, the position within the category.
    fn label(&self) -> &str {
        &self.0.label
    }

    /// Number of the measure, unique within the plan, for example `12`. It is the label if every label of the
    /// plan is a different whole number. Otherwise it is the position within the plan, from 1.
    fn number(&self) -> i32 {
        to_int(self.0.number)
    }

    /// Address of the measure on the website, for example `/fr/plans/plan-climat-2025/measures/12`. The
    /// operator sets the pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        Ok(site_urls(ctx)?.for_measure(&PlanAddress::from(plan.as_ref()), self.0.number))
    }

    /// Title, without the asterisk of repeated measures and without footnote references.
    fn title(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.title)
    }

    /// Status, normalised from `statusText`.
    fn status(&self) -> MeasureStatus {
        self.0.status.into()
    }

    /// Status as written in the document, for example `PPS À faire`. Empty if the document states none.
    fn status_text(&self) -> &str {
        &self.0.status_text
    }

    /// Label of the status, for example `En cours`.
    async fn status_label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Language of the label. The language of the plan if omitted.")] lang: Option<
            Language,
        >,
    ) -> Result<&'static str, ApiError> {
        let lang = label_language(ctx, lang.map(Into::into), &self.0.plan).await?;
        Ok(self.0.status.label(lang))
    }

    /// Programme named in the status, for example `PPS` in `PPS À faire`. Null if the status names none.
    fn programme(&self) -> Option<&str> {
        self.0.programme.as_deref()
    }

    /// True if the document marks the measure as repeated under other axes, with an asterisk after the title.
    fn is_repeated(&self) -> bool {
        self.0.is_repeated
    }

    /// Other measures of the plan with the same content, in document order. At most 100. Empty if there are
    /// none.
    async fn repeats(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        if self.0.repeat_group.is_none() {
            return Ok(Vec::new());
        }
        let repeats =
            load(ctx, RepeatsOfMeasure(self.0.plan.clone(), self.0.number)).await?.unwrap_or_default();
        Ok(repeats.iter().cloned().map(MeasureObject).collect())
    }

    /// True if the measure and its `repeats` have different statuses. False if there are no repeats.
    async fn repeats_disagree(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        if self.0.repeat_group.is_none() {
            return Ok(false);
        }
        Ok(view(ctx)?.repeats_disagree(&self.0.plan, self.0.number).await?)
    }

    /// The plan that contains the measure.
    async fn plan(&self, ctx: &Context<'_>) -> Result<PlanObject, ApiError> {
        required_plan(ctx, &self.0.plan).await.map(PlanObject)
    }

    /// The innermost category that contains the measure.
    async fn category(&self, ctx: &Context<'_>) -> Result<CategoryObject, ApiError> {
        self.category_of(ctx, &self.0.category).await
    }

    /// All categories that contain the measure, from the axis down.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = category_tree(ctx, &self.0.plan).await?;
        let lineage = &self.0.lineage;
        let below = [&lineage.objective, &lineage.section, &lineage.group].into_iter().flatten();
        Ok(std::iter::once(&lineage.axis)
            .chain(below)
            .filter_map(|key| CategoryObject::of(&tree, key))
            .collect())
    }

    /// The axis that contains the measure.
    async fn axis(&self, ctx: &Context<'_>) -> Result<CategoryObject, ApiError> {
        self.category_of(ctx, &self.0.lineage.axis).await
    }

    /// The objective that contains the measure. Null if there is no category of this level above the measure.
    async fn objective(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        Some(self.category_of(ctx, self.0.lineage.objective.as_ref()?).await)
    }

    /// The section that contains the measure. Null if there is no category of this level above the measure.
    async fn section(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        Some(self.category_of(ctx, self.0.lineage.section.as_ref()?).await)
    }

    /// The group that contains the measure. Null if there is no category of this level above the measure.
    async fn group(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        Some(self.category_of(ctx, self.0.lineage.group.as_ref()?).await)
    }

    /// Measure that this measure belongs to. Null at the first level.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<MeasureObject, ApiError>> {
        let parent = MeasureByNumber(self.0.plan.clone(), self.0.parent?);
        load(ctx, parent).await.transpose().map(|parent| parent.map(MeasureObject))
    }

    /// Sub-measures, in document order. Empty if there are none.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        let children = load(ctx, ChildMeasuresOf(self.0.plan.clone(), self.0.number)).await?;
        Ok(children.unwrap_or_default().iter().cloned().map(MeasureObject).collect())
    }

    /// Bodies that carry out the measure, as written, for example `["Service des espaces verts"]`. Empty
    /// if the document states none.
    fn responsible_parties(&self) -> &[String] {
        &self.0.details.responsible_parties
    }

    /// Bodies that support the measure, as written. Empty if the document states none.
    fn partners(&self) -> &[String] {
        &self.0.details.partners
    }

    /// First day of the period, at midnight UTC, for example `2025-07-01T00:00:00.000Z` for `T3 2025`.
    /// Null if the document states no start, or no date can be read from `scheduleText`.
    fn start_date(&self) -> Option<DateTime> {
        self.0.details.start_date.map(DateTime)
    }

    /// Last day of the period, or the deadline, at midnight UTC, for example `2025-12-31T00:00:00.000Z` for
    /// `fin 2025`. Null if the document states no end, or no date can be read from `scheduleText`.
    fn end_date(&self) -> Option<DateTime> {
        self.0.details.end_date.map(DateTime)
    }

    /// Period or deadline as written, for example `T3 2025`. Null if the document states none.
    fn schedule_text(&self) -> Option<&str> {
        self.0.details.schedule_text.as_deref()
    }

    /// Budget as written, for example `environ 12 M€ par an`. Null if the document states none.
    fn budget_text(&self) -> Option<&str> {
        self.0.details.budget_text.as_deref()
    }

    /// Amount of the budget. Null if `budgetText` is not one amount with a currency.
    fn budget(&self) -> Option<MoneyObject> {
        self.0.details.budget.as_ref().map(MoneyObject::of)
    }

    /// Indicators and targets, as written. Empty if the document states none.
    fn indicators(&self) -> &[String] {
        &self.0.details.indicators
    }

    /// Percentage of completion, from 0 to 100, for example `80` for `Terminé à 80 %`. Null if the document
    /// states none.
    fn completion(&self) -> Option<i32> {
        self.0.details.completion.map(|completion| to_int(completion.value()))
    }

    /// Priority as written, for example `haute`. Null if the document states none.
    fn priority(&self) -> Option<&str> {
        self.0.details.priority.as_deref()
    }

    /// Description below the title. Null if the document states none.
    fn description(&self) -> Option<RichTextObject<'_>> {
        self.0.details.description.as_ref().map(RichTextObject::of)
    }

    /// Columns of the document that no other field contains, in the order of the document. Empty if there are
    /// none.
    fn attributes(&self) -> Vec<AttributeObject<'_>> {
        self.0.details.attributes.iter().map(AttributeObject).collect()
    }

    /// Footnotes referenced by the title or the status, in order of reference. References to a footnote that
    /// the plan does not define are left out. Empty if there are none.
    async fn footnotes(&self, ctx: &Context<'_>) -> Result<Vec<FootnoteObject>, ApiError> {
        if self.0.footnotes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = required_plan(ctx, &self.0.plan).await?;
        Ok(referenced_footnotes(&plan, &self.0.footnotes))
    }

    /// Next measure of the plan in document order. Null for the last measure.
    async fn next(&self, ctx: &Context<'_>) -> Option<Result<MeasureObject, ApiError>> {
        self.neighbour(ctx, |near| near.next.clone()).await
    }

    /// Previous measure of the plan in document order. Null for the first measure.
    async fn previous(&self, ctx: &Context<'_>) -> Option<Result<MeasureObject, ApiError>> {
        self.neighbour(ctx, |near| near.previous.clone()).await
    }

    /// Status changes of the measure in this plan, oldest first. The first entry is the status with which the
    /// measure was published, or the oldest status in the log if older changes were pruned.
    async fn status_changes(&self, ctx: &Context<'_>) -> Result<Vec<StatusChangeObject>, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        let (document, changes) = try_join(
            load_required(ctx, plan.document.clone()),
            load(ctx, StatusChangesOf(self.0.key.clone())),
        )
        .await?;
        let changes = changes.unwrap_or_default();
        let object = |change| StatusChangeObject::new(change, DocumentObject(Arc::clone(&document)));
        Ok(changes.iter().map(object).collect())
    }

    /// The measure in each edition of the plan, including this one, oldest edition first.
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        let keys = self.edition_keys(ctx).await?;
        let measures = try_join_all(keys.into_iter().map(|key| load(ctx, key))).await?;
        Ok(measures.into_iter().flatten().map(MeasureObject).collect())
    }

    /// Earlier numbers of the measure in this plan and in earlier editions, latest first, for example
    /// `[14, 12]`. Empty if the number never changed.
    async fn previous_numbers(&self, ctx: &Context<'_>) -> Result<Vec<i32>, ApiError> {
        let keys = self.edition_keys(ctx).await?;
        let earlier = keys.into_iter().take_while(|key| *key != self.0.key);
        let latest_first = earlier.chain([self.0.key.clone()]).collect::<Vec<_>>().into_iter().rev();
        let numbers = try_join_all(latest_first.map(|key| load(ctx, PreviousNumbersOf(key)))).await?;
        let mut previous: Vec<u32> = Vec::new();
        for number in numbers.iter().flatten().flat_map(|numbers| numbers.iter().copied()) {
            if number != self.0.number && !previous.contains(&number) {
                previous.push(number);
            }
        }
        Ok(previous.into_iter().map(to_int).collect())
    }

    /// All changes of the measure, in this plan and in its other editions, oldest first. Pruned changes are
    /// missing. Empty if all were pruned.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Vec<ChangeObject>, ApiError> {
        let keys = self.edition_keys(ctx).await?;
        let lists = try_join_all(keys.into_iter().map(|key| load(ctx, NodeKey::Measure(key)))).await?;
        let mut changes: Vec<_> =
            lists.into_iter().flatten().flat_map(|list| list.as_ref().clone()).collect();
        changes.sort_by_key(ChangeLogEntry::position);
        Ok(changes.into_iter().map(|change| ChangeObject(Arc::new(change))).collect())
    }

    /// The measure with the same number in each translation of the plan. Empty if there are none.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<MeasureObject>, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        let plans = translations(ctx, &plan).await?;
        let measures = plans.iter().map(|plan| load(ctx, MeasureByNumber(plan.key.clone(), self.0.number)));
        Ok(try_join_all(measures).await?.into_iter().flatten().map(MeasureObject).collect())
    }

    /// Pages related to the measure, at most 10. Pages that list the measure in their front matter
    /// (`measures: [12, 40]`) come first, then the pages with the most similar text. Empty if there are none.
    async fn related_pages(&self, ctx: &Context<'_>) -> Result<Vec<PageObject>, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        let edges = related::pages_of(ctx, &plan, &self.0).await?;
        Ok(edges.into_iter().map(RelatedPageEdge::into_page).collect())
    }

    /// The pages of `relatedPages`, each with its score. Empty if there are none.
    async fn related_page_edges(&self, ctx: &Context<'_>) -> Result<Vec<RelatedPageEdge>, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        related::pages_of(ctx, &plan, &self.0).await
    }

    /// Support services described by the pages of `relatedPages`. Empty if there are none.
    async fn related_services(&self, ctx: &Context<'_>) -> Result<Vec<ServiceObject>, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        related::services_of(ctx, &plan, &self.0).await
    }

    /// Document and line that contain the measure.
    async fn source(&self, ctx: &Context<'_>) -> Result<SourceLocation, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        let document = load_required(ctx, plan.document.clone()).await?;
        let lines = load_required(ctx, MeasureLinesOf(plan.document.clone())).await?;
        let line = lines.get(&self.0.key).copied().unwrap_or(1);
        Ok(SourceLocation { document: DocumentObject(document), line: to_int(line) })
    }

    /// Time of the revision that last changed the measure. For a measure that did not change since its plan
    /// was first published, the modification time of the file.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

impl MeasureObject {
    async fn category_of(&self, ctx: &Context<'_>, key: &CategoryKey) -> Result<CategoryObject, ApiError> {
        let tree = category_tree(ctx, &self.0.plan).await?;
        CategoryObject::of(&tree, key)
            .ok_or_else(|| InvariantError("the category of a measure does not exist").into())
    }

    async fn neighbour(
        &self,
        ctx: &Context<'_>,
        side: impl Fn(&AdjacentMeasures) -> Option<Arc<PublishedMeasure>>,
    ) -> Option<Result<MeasureObject, ApiError>> {
        match load(ctx, NeighboursOf(self.0.plan.clone(), self.0.position)).await {
            Ok(near) => side(near?.as_ref()).map(|measure| Ok(MeasureObject(measure))),
            Err(error) => Some(Err(error)),
        }
    }

    /// Returns the keys of the measure in the editions of its plan, oldest edition first.
    async fn edition_keys(&self, ctx: &Context<'_>) -> Result<Vec<MeasureKey>, ApiError> {
        let plan = required_plan(ctx, &self.0.plan).await?;
        let mut editions = editions(ctx, &plan).await?;
        if editions.len() < 2 {
            return Ok(vec![self.0.key.clone()]);
        }
        editions.reverse();
        let plans = editions.iter().map(|plan| plan.key.clone()).collect();
        let links = load_required(ctx, EditionLinksOf(plans, plan.heading.lang)).await?;
        let earlier = std::iter::successors(Some(&self.0.key), |key| links.predecessors.get(key));
        let mut keys: Vec<MeasureKey> = earlier.cloned().collect();
        keys.reverse();
        let later = std::iter::successors(links.successors.get(&self.0.key), |key| links.successors.get(key));
        keys.extend(later.cloned());
        Ok(keys)
    }
}

/// Position in a document.
#[derive(SimpleObject)]
pub(crate) struct SourceLocation {
    /// Document that contains the position.
    document: DocumentObject,
    /// Line number. The first line is 1.
    line: i32,
}
