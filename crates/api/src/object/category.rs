//! A category of a plan.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::served::ServedCategory;
use passerelle_storage::MeasureScope;

use super::plan::{FootnoteObject, called};
use super::{CategoryLevel, MeasureConnection, PlanObject, ProgressObject, measure_connection};
use crate::context::{plan_of, progress_of};
use crate::error::ApiError;
use crate::input::{MeasureFilterInput, MeasureOrderInput, NodeId, WindowArgs, measure_query};

/// A category.
pub(crate) struct CategoryObject {
    tree: Arc<CategoryTree>,
    at: usize,
}

impl CategoryObject {
    /// The view of the category at a place of a tree.
    pub(crate) fn new(tree: &Arc<CategoryTree>, at: usize) -> Self {
        Self { tree: Arc::clone(tree), at }
    }

    /// The view of the category of a key, if the tree has it.
    pub(crate) fn of(tree: &Arc<CategoryTree>, key: &CategoryKey) -> Option<Self> {
        tree.place(key).map(|at| Self::new(tree, at))
    }

    fn get(&self) -> &ServedCategory {
        &self.tree.all()[self.at]
    }
}

/// A part of a plan: an axis, an objective, a section or a group of measures.
#[Object(name = "Category")]
impl CategoryObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Category(self.get().key.clone()).id()
    }

    /// How far it is from the trunk.
    fn level(&self) -> CategoryLevel {
        self.get().level.into()
    }

    /// The label as written: `2`, `b`. A group has none.
    fn label(&self) -> Option<&str> {
        self.get().label.as_deref()
    }

    /// The labels from the axis down, unique in the plan: `2.6.b`. A group counts from 1 in its place: `2.6.b.g1`.
    fn path(&self) -> &str {
        self.get().path.as_str()
    }

    /// The title, without label, marks and footnote calls.
    fn title(&self) -> &str {
        &self.get().title
    }

    /// The plan that it belongs to.
    async fn plan(&self, ctx: &Context<'_>) -> Result<PlanObject, ApiError> {
        plan_of(ctx, &self.get().plan).await.map(PlanObject)
    }

    /// What it stands in. Null for an axis.
    fn parent(&self) -> Option<CategoryObject> {
        self.tree.parent(self.at).map(|at| Self::new(&self.tree, at))
    }

    /// The categories right below it, in document order.
    fn children(&self) -> Vec<CategoryObject> {
        self.tree.below(self.at).iter().map(|at| Self::new(&self.tree, *at)).collect()
    }

    /// The categories above it, from the axis down.
    fn ancestors(&self) -> Vec<CategoryObject> {
        self.tree.above(self.at).into_iter().map(|at| Self::new(&self.tree, at)).collect()
    }

    /// The measures in it and in all below it; in document order unless `orderBy` says otherwise.
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
        let scope = MeasureScope { plan: self.get().plan.clone(), category: Some(self.get().key.clone()) };
        measure_connection(ctx, scope, query, order).await
    }

    /// How far the measures in it and in all below it are.
    async fn progress(&self, ctx: &Context<'_>) -> Result<ProgressObject, ApiError> {
        let by_category = progress_of(ctx, &self.get().plan).await?;
        Ok(ProgressObject(by_category.get(&self.get().key).copied().unwrap_or_default()))
    }

    /// The footnotes that its heading calls.
    async fn footnotes(&self, ctx: &Context<'_>) -> Result<Vec<FootnoteObject>, ApiError> {
        if self.get().footnotes.is_empty() {
            return Ok(Vec::new());
        }
        let plan = plan_of(ctx, &self.get().plan).await?;
        Ok(called(&plan, &self.get().footnotes))
    }
}
