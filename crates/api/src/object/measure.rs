//! A measure of a plan.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use passerelle_document::key::CategoryKey;
use passerelle_document::served::ServedMeasure;
use passerelle_storage::Neighbour;

use super::plan::{FootnoteObject, called};
use super::progress::saturate;
use super::{CategoryObject, DateTime, DocumentObject, MeasureStatus, PlanObject, RichTextObject};
use crate::context::{load, need, plan_of};
use crate::error::{ApiError, Defect};
use crate::input::NodeId;
use crate::loader::{LinesOf, Near, TreeOf};

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
    async fn number(&self) -> i32 {
        saturate(self.0.number)
    }

    /// The title, without asterisk and footnote calls.
    async fn title(&self) -> RichTextObject {
        RichTextObject(self.0.title.clone())
    }

    /// How far it is.
    async fn status(&self) -> MeasureStatus {
        self.0.status.into()
    }

    /// The status as written: `PPS À faire`.
    async fn status_text(&self) -> &str {
        &self.0.status_text
    }

    /// The programme that the status names: `PPS`.
    async fn programme(&self) -> Option<&str> {
        self.0.programme.as_deref()
    }

    /// Whether it is marked as taken up under other axes.
    async fn is_repeated(&self) -> bool {
        self.0.is_repeated
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
        let tree = need(ctx, TreeOf(self.0.plan.clone())).await?;
        let lineage = &self.0.lineage;
        let below = [&lineage.objective, &lineage.section, &lineage.group].into_iter().flatten();
        Ok(std::iter::once(&lineage.axis)
            .chain(below)
            .filter_map(|key| tree.get(key))
            .map(CategoryObject::new)
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
        self.near(ctx, Neighbour::Next).await
    }

    /// The measure before it in document order.
    async fn previous(&self, ctx: &Context<'_>) -> Option<Result<MeasureObject, ApiError>> {
        self.near(ctx, Neighbour::Previous).await
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
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

impl MeasureObject {
    async fn category_of(&self, ctx: &Context<'_>, key: &CategoryKey) -> Result<CategoryObject, ApiError> {
        let tree = need(ctx, TreeOf(self.0.plan.clone())).await?;
        let category = tree.get(key).map(CategoryObject::new);
        category.ok_or_else(|| Defect("a measure refers to a category that is not served").into())
    }

    async fn near(&self, ctx: &Context<'_>, side: Neighbour) -> Option<Result<MeasureObject, ApiError>> {
        let measure = load(ctx, Near(self.0.plan.clone(), self.0.position, side)).await.transpose()?;
        Some(measure.map(MeasureObject))
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
