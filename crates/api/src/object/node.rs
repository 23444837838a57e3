//! Interface `Node`, and the lookup of objects by global id.

use std::sync::Arc;

use async_graphql::{ID, Interface};
use passerelle_model::document::{Document, DocumentState};

use super::{
    CategoryObject, ChangeObject, DocumentObject, MeasureObject, PageObject, PlanObject, ServiceObject,
};
use crate::context::RevisionContext;
use crate::error::ApiError;
use crate::input::NodeId;
use crate::loader::PlanOfCategory;

/// Object with a global id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Global id, opaque. It stays the same as long as the object exists. Below a field with `asOf`, the id \
        names the revision, so a cache stores the past and the present of an object apart."
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
    /// Loads the object that a parsed id identifies from the content that a field reads. Returns `None`
    /// if it is not published there.
    pub(crate) async fn find(content: &RevisionContext, id: NodeId) -> Result<Option<Self>, ApiError> {
        Ok(match id {
            NodeId::Plan(key) => content.find_plan(&key).await?.map(|plan| Self::Plan(PlanObject(plan))),
            NodeId::Category(key) => {
                let Some(plan) = content.load(PlanOfCategory(key.clone())).await? else { return Ok(None) };
                let tree = content.view().category_tree(&plan).await?;
                CategoryObject::of(&tree, &key).map(Self::Category)
            }
            NodeId::Measure(key) => {
                content.load(key).await?.map(|measure| Self::Measure(MeasureObject(measure)))
            }
            NodeId::Page(key) => content.load(key).await?.map(|page| Self::Page(PageObject(page))),
            NodeId::SupportService(key) => {
                content.load(key).await?.map(|service| Self::SupportService(ServiceObject(service)))
            }
            NodeId::Document(key) => {
                let document = content.load(key).await?;
                // The row of a removed document stays in the database for the history.
                let is_present = |document: &Arc<Document>| document.state != DocumentState::Removed;
                document.filter(is_present).map(|document| Self::Document(DocumentObject(document)))
            }
            NodeId::Change(place) => {
                let change = content.view().change_at(place).await?;
                change.map(|change| Self::Change(ChangeObject(Arc::new(change))))
            }
        })
    }
}
