//! A category of a plan.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_document::category_tree::CategoryTree;
use passerelle_document::served::ServedCategory;
use passerelle_storage::MeasureScope;

use super::plan::{FootnoteObject, called};
use super::{CategoryLevel, MeasureConnection, PlanObject, ProgressObject, measure_connection};
use crate::context::{load, need, plan_of};
use crate::error::ApiError;
use crate::input::{MeasureFilterInput, MeasureOrderInput, NodeId, WindowArgs, measure_query};
use crate::loader::{ProgressOf, TreeOf};

/// A category.
pub(crate) struct CategoryObject(Arc<ServedCategory>);

impl CategoryObject {
    /// The view of a category.
    pub(crate) fn new(category: &ServedCategory) -> Self {
        Self(Arc::new(category.clone()))
    }

    async fn tree(&self, ctx: &Context<'_>) -> Result<Arc<CategoryTree>, ApiError> {
        need(ctx, TreeOf(self.0.plan.clone())).await
    }
}

/// A part of a plan: an axis, an objective, a section or a group of measures.
#[Object(name = "Category")]
impl CategoryObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Category(self.0.key.clone()).id()
    }

    /// How far it is from the trunk.
    async fn level(&self) -> CategoryLevel {
        self.0.level.into()
    }

    /// The label as written: `2`, `b`. A group has none.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// The labels from the axis down, unique in the plan: `2.6.b`. A group counts from 1 in its place: `2.6.b.g1`.
    async fn path(&self) -> &str {
        self.0.path.as_str()
    }

    /// The title, without label, marks and footnote calls.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<PlanObject, ApiError> {
        plan_of(ctx, &self.0.plan).await.map(PlanObject)
    }

    /// What it stands in. Null for an axis.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<CategoryObject, ApiError>> {
        let key = self.0.parent.as_ref()?;
        match self.tree(ctx).await {
            Ok(tree) => tree.get(key).map(|parent| Ok(Self::new(parent))),
            Err(error) => Some(Err(error)),
        }
    }

    /// The categories right below it, in document order.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = self.tree(ctx).await?;
        Ok(tree.children(Some(&self.0.key)).map(Self::new).collect())
    }

    /// The categories above it, from the axis down.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>, ApiError> {
        let tree = self.tree(ctx).await?;
        Ok(tree.ancestors(&self.0).into_iter().map(Self::new).collect())
    }

    /// The measures in it and in all below it; in document order unless `orderBy` says otherwise.
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
        let scope = MeasureScope { plan: self.0.plan.clone(), category: Some(self.0.key.clone()) };
        measure_connection(ctx, scope, query, order).await
    }

    /// How far the measures in it and in all below it are.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProgressObject, ApiError> {
        let by_category = load(ctx, ProgressOf(self.0.plan.clone())).await?.unwrap_or_default();
        Ok(ProgressObject(by_category.get(&self.0.key).copied().unwrap_or_default()))
    }

    /// The footnotes that its heading calls.
    async fn footnotes(&self, ctx: &Context<'_>) -> Result<Vec<FootnoteObject>, ApiError> {
        if self.0.footnotes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = plan_of(ctx, &self.0.plan).await?;
        Ok(called(&plan, &self.0.footnotes))
    }
}
