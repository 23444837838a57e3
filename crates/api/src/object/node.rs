//! Interface `Node`, and the lookup of objects by global id.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface};
use passerelle_model::document::{Document, DocumentState};

use super::{
    CategoryObject, ChangeObject, DocumentObject, MeasureObject, PageObject, PlanObject, ServiceObject,
};
use crate::context::{category_tree, find_plan, load, view};
use crate::error::ApiError;
use crate::input::NodeId;
use crate::loader::PlanOfCategory;

/// Object with a global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Global id, opaque. It stays the same as long as the object exists."
))]
pub(crate) enum Node {
    Plan(PlanObject),
    Category(CategoryObject),
    Measure(MeasureObject),
    Page(PageObject),
    SupportService(ServiceObject),
    Document(DocumentObject),
    Change(ChangeObject),
}

impl Node {
    /// Loads the object with a global id. Returns `None` if the id is malformed or the object is not
    /// published.
    pub(crate) async fn load(ctx: &Context<'_>, id: &ID) -> Result<Option<Self>, ApiError> {
        match NodeId::parse(id) {
            Some(id) => Self::find(ctx, id).await,
            None => Ok(None),
        }
    }

    /// Loads the object that a parsed id identifies. Returns `None` if it is not published.
    pub(crate) async fn find(ctx: &Context<'_>, id: NodeId) -> Result<Option<Self>, ApiError> {
        Ok(match id {
            NodeId::Plan(key) => find_plan(ctx, &key).await?.map(|plan| Self::Plan(PlanObject(plan))),
            NodeId::Category(key) => {
                let Some(plan) = load(ctx, PlanOfCategory(key.clone())).await? else { return Ok(None) };
                let tree = category_tree(ctx, &plan).await?;
                CategoryObject::of(&tree, &key).map(Self::Category)
            }
            NodeId::Measure(key) => {
                load(ctx, key).await?.map(|measure| Self::Measure(MeasureObject(measure)))
            }
            NodeId::Page(key) => load(ctx, key).await?.map(|page| Self::Page(PageObject(page))),
            NodeId::SupportService(key) => {
                load(ctx, key).await?.map(|service| Self::SupportService(ServiceObject(service)))
            }
            NodeId::Document(key) => {
                let document = load(ctx, key).await?;
                // The row of a removed document stays in the database for the history.
                let is_present = |document: &Arc<Document>| document.state != DocumentState::Ignored;
                document.filter(is_present).map(|document| Self::Document(DocumentObject(document)))
            }
            NodeId::Change(place) => {
                view(ctx)?.change_at(place).await?.map(|change| Self::Change(ChangeObject(Arc::new(change))))
            }
        })
    }
}
