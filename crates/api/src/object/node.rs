//! Anything with a global id.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface};
use passerelle_model::manifest::{Document, DocumentState};

use super::{
    CategoryObject, ChangeObject, DocumentObject, MeasureObject, PageObject, PlanObject, ServiceObject,
};
use crate::context::{find_plan, load, tree_of, view};
use crate::error::ApiError;
use crate::input::NodeId;
use crate::loader::PlanOf;

/// Anything with a global id, which stays the same while the thing lives.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub(crate) enum Node {
    /// A plan.
    Plan(PlanObject),
    /// A category of a plan.
    Category(CategoryObject),
    /// A measure of a plan.
    Measure(MeasureObject),
    /// A page.
    Page(PageObject),
    /// A support service.
    SupportService(ServiceObject),
    /// A document.
    Document(DocumentObject),
    /// A change.
    Change(ChangeObject),
}

impl Node {
    /// The thing of an id; none where the id is none of ours, or what it named is not served.
    pub(crate) async fn load(ctx: &Context<'_>, id: &ID) -> Result<Option<Self>, ApiError> {
        match NodeId::parse(id) {
            Some(id) => Self::find(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The thing that is named; none where it is not served.
    pub(crate) async fn find(ctx: &Context<'_>, id: NodeId) -> Result<Option<Self>, ApiError> {
        Ok(match id {
            NodeId::Plan(key) => find_plan(ctx, &key).await?.map(|plan| Self::Plan(PlanObject(plan))),
            NodeId::Category(key) => {
                let Some(plan) = load(ctx, PlanOf(key.clone())).await? else { return Ok(None) };
                let tree = tree_of(ctx, &plan).await?;
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
                // One that is gone is kept for the history that names it.
                let is_there = |document: &Arc<Document>| document.state != DocumentState::Ignored;
                document.filter(is_there).map(|document| Self::Document(DocumentObject(document)))
            }
            NodeId::Change(place) => {
                view(ctx)?.change_at(place).await?.map(|change| Self::Change(ChangeObject(Arc::new(change))))
            }
        })
    }
}
