//! Object type `Route`: everything that has an address.

use std::sync::Arc;

use async_graphql::{Context, Object};
use futures_util::future::try_join_all;
use passerelle_model::change::NodeKey;
use passerelle_storage::{ObjectAddress, PlanAddress, Route};

use super::plan::translations;
use super::{DateTime, Language, Node, RouteKind};
use crate::context::{category_tree, load, required_plan, revision_context, site_urls};
use crate::error::{ApiError, InvariantError};
use crate::input::NodeId;
use crate::loader::{MeasureByNumber, RoutesByTranslationKey};

/// Object with an address.
#[derive(Clone)]
pub(crate) struct RouteObject(pub(super) Arc<Route>);

/// Address on the website, with the object that it shows.
#[Object(name = "Route")]
impl RouteObject {
    /// Address on the website, for example `/fr/contact`. The operator sets the pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(site_urls(ctx)?.for_object(&self.0.address))
    }

    /// Kind of the object, for example `PAGE`.
    fn kind(&self) -> RouteKind {
        self.0.kind.into()
    }

    /// Language of the object, for example `FR`.
    fn lang(&self) -> Language {
        self.0.address.lang().into()
    }

    /// Time of the last change of the object. For a category, of its plan.
    fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Addresses of the same object in other languages, for example for `hreflang`. Empty if there are none.
    async fn alternates(&self, ctx: &Context<'_>) -> Result<Vec<RouteObject>, ApiError> {
        if let Some(key) = &self.0.translation_key {
            let routes = load(ctx, RoutesByTranslationKey(key.clone())).await?.unwrap_or_default();
            let is_other = |route: &Route| route.address.lang() != self.0.address.lang();
            return Ok(routes
                .iter()
                .filter(|route| is_other(route))
                .map(Arc::clone)
                .map(RouteObject)
                .collect());
        }
        let Some(plan) = &self.0.plan else { return Ok(Vec::new()) };
        let plan = required_plan(ctx, plan).await?;
        let plans = translations(ctx, &plan).await?;
        let routes = plans.iter().map(async |plan| -> Result<Option<Self>, ApiError> {
            let address = PlanAddress::from(plan.as_ref());
            let (node, address, updated_at) = match &self.0.address {
                ObjectAddress::Plan(_) => {
                    (NodeKey::Plan(plan.key.clone()), ObjectAddress::Plan(address), plan.updated_at)
                }
                ObjectAddress::Measure { number, .. } => {
                    let measure = load(ctx, MeasureByNumber(plan.key.clone(), *number)).await?;
                    let Some(measure) = measure else { return Ok(None) };
                    let address = ObjectAddress::Measure { plan: address, number: *number };
                    (NodeKey::Measure(measure.key.clone()), address, measure.updated_at)
                }
                ObjectAddress::Category { path, .. } => {
                    let tree = category_tree(ctx, &plan.key).await?;
                    let Some(category) = tree.find_by_path(path) else { return Ok(None) };
                    let address = ObjectAddress::Category { plan: address, path: path.clone() };
                    (NodeKey::Category(category.key.clone()), address, plan.updated_at)
                }
                ObjectAddress::Page { .. } | ObjectAddress::SupportService { .. } => return Ok(None),
            };
            let plan = Some(plan.key.clone());
            let kind = self.0.kind;
            let route = Route { kind, node, address, updated_at, translation_key: None, plan };
            Ok(Some(Self(Arc::new(route))))
        });
        Ok(try_join_all(routes).await?.into_iter().flatten().collect())
    }

    /// The object at the address.
    async fn node(&self, ctx: &Context<'_>) -> Result<Node, ApiError> {
        let content = revision_context(ctx)?;
        let node = Node::find(&content, NodeId::of(&self.0.node)).await?;
        node.ok_or_else(|| InvariantError("the object of a route does not exist").into())
    }
}
