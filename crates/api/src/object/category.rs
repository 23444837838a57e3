//! Object type `Category`.

use async_graphql::{Context, ID, Object};
use passerelle_model::labels::level_label;
use passerelle_storage::{MeasureScope, PlanAddress};

use super::plan::{FootnoteObject, referenced_footnotes};
use super::{
    CategoryLevel, CategoryObject, Language, MeasureConnection, PlanObject, ProgressObject,
    measure_connection,
};
use crate::context::{global_id, label_language, progress_by_category, required_plan, site_urls};
use crate::error::ApiError;
use crate::input::{MeasureFilterInput, MeasureOrderInput, NodeId, PaginationArgs, measure_query};
use crate::response_count::{counted, counted_text};

/// Heading of a plan with the measures below it: an axis, an objective, a section or a group.
#[Object(name = "Category")]
impl CategoryObject {
    /// Global id, opaque. It stays the same when the category is renamed or moved.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::Category(self.get().key.clone()))
    }

    /// Address of the category on the website, for example `/fr/plans/plan-climat-2025/categories/2.6`.
    /// The operator sets the pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let plan = required_plan(ctx, &self.get().plan).await?;
        Ok(site_urls(ctx)?.for_category(&PlanAddress::from(plan.as_ref()), &self.get().path))
    }

    /// Level of the category in the tree. `AXIS` is the top level.
    fn level(&self) -> CategoryLevel {
        self.get().level.into()
    }

    /// Label of the level, for example `Objectif`.
    async fn level_label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Language of the label. The language of the plan if omitted.")] lang: Option<
            Language,
        >,
    ) -> Result<&'static str, ApiError> {
        let lang = label_language(ctx, lang.map(Into::into), &self.get().plan).await?;
        Ok(level_label(self.get().level, lang))
    }

    /// Label as written in the document, for example `2` or `b`. Null for a `GROUP`.
    fn label(&self) -> Option<&str> {
        self.get().label.as_deref()
    }

    /// Labels from the axis down to this category, for example `2.6.b`. Unique within the plan. A group is
    /// numbered from 1 within its parent, for example `2.6.b.g1`.
    fn path(&self) -> &str {
        self.get().path.as_str()
    }

    /// Title as plain text, without label, markers and footnote references, for example
    /// `Étendre la nature en ville`.
    fn title(&self, ctx: &Context<'_>) -> &str {
        counted_text(ctx, &self.get().title)
    }

    /// The plan that contains the category.
    async fn plan(&self, ctx: &Context<'_>) -> Result<PlanObject, ApiError> {
        required_plan(ctx, &self.get().plan).await.map(PlanObject)
    }

    /// Category directly above. Null for an `AXIS`.
    fn parent(&self) -> Option<CategoryObject> {
        self.tree.parent(self.index).map(|index| Self::new(&self.tree, index))
    }

    /// Categories directly below, in document order. Empty if there are none.
    fn children(&self, ctx: &Context<'_>) -> Vec<CategoryObject> {
        let children = self.tree.children(self.index).iter();
        counted(ctx, children.map(|index| Self::new(&self.tree, *index)).collect())
    }

    /// Categories above, from the axis down to the parent. Empty for an `AXIS`.
    fn ancestors(&self) -> Vec<CategoryObject> {
        self.tree.ancestors(self.index).iter().map(|index| Self::new(&self.tree, *index)).collect()
    }

    /// Measures of the category and of all categories below it.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Conditions that a measure must satisfy. Every measure of the category if omitted."
        )]
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
        let scope = MeasureScope { plan: self.get().plan.clone(), category: Some(self.get().key.clone()) };
        measure_connection(ctx, Some(scope), query, order).await
    }

    /// Progress of the measures of the category and of all categories below it. Null if no measure of the
    /// plan has a known status.
    async fn progress(&self, ctx: &Context<'_>) -> Option<Result<ProgressObject, ApiError>> {
        let by_category = progress_by_category(ctx, &self.get().plan).await;
        by_category.map(|known| known.get(&self.get().key).copied().map(ProgressObject)).transpose()
    }

    /// Footnotes referenced by the heading of the category, in order of reference. Empty if there are none.
    async fn footnotes(&self, ctx: &Context<'_>) -> Result<Vec<FootnoteObject>, ApiError> {
        if self.get().footnotes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = required_plan(ctx, &self.get().plan).await?;
        Ok(referenced_footnotes(&plan, &self.get().footnotes))
    }
}
