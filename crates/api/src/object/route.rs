//! Object types `Route` and `RouteConnection`: everything that has an address.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use futures_util::future::try_join_all;
use passerelle_model::change::NodeKey;
use passerelle_storage::{ObjectAddress, PlanAddress, Route, RouteFilter, Slice};

use super::connection::{PageInfo, page_info};
use super::plan::translations;
use super::progress::to_int;
use super::route_list::RouteList;
use super::{DateTime, Language, Node, RouteKind};
use crate::context::{category_tree, counted, load, required_plan, revision_context, site_urls, view};
use crate::error::{ApiError, InvariantError};
use crate::input::{NodeId, PaginationArgs, encode_cursor};
use crate::loader::{MeasureByNumber, RoutesByTranslationKey};

/// Maximum number of routes of a range: all of a large site in one request. They are about 1 MB as JSON.
pub(crate) const MAX_ROUTES: i32 = 10_000;

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
                    let category = tree.categories().iter().find(|category| category.path.as_str() == path);
                    let Some(category) = category else { return Ok(None) };
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

/// Route in a paginated list.
#[derive(SimpleObject)]
pub(crate) struct RouteEdge {
    /// Position of the item in the list, opaque. Pass it as `after`.
    cursor: String,
    /// Item at this position of the list.
    node: RouteObject,
}

/// Range of the routes.
pub(crate) struct RouteConnection {
    slice: Slice<Arc<Route>>,
    filter: RouteFilter,
}

/// Identifies the list in cursors.
const LIST: &str = "routes";

impl RouteConnection {
    /// Loads a range of the routes with one statement.
    pub(crate) async fn load(
        ctx: &Context<'_>,
        filter: RouteFilter,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self, ApiError> {
        let args = PaginationArgs { first, after, ..PaginationArgs::default() };
        let pagination = args.parse_up_to(MAX_ROUTES, LIST)?;
        let slice = view(ctx)?.routes(&filter, &pagination).await?.map(Arc::new);
        Ok(Self { slice, filter })
    }
}

/// Paginated list of routes.
#[Object]
impl RouteConnection {
    /// The returned routes.
    async fn nodes(&self, ctx: &Context<'_>) -> RouteList {
        let routes = self.slice.items.iter().map(|(_, route)| RouteObject(Arc::clone(route))).collect();
        RouteList(counted(ctx, routes))
    }

    /// The returned routes, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Vec<RouteEdge> {
        let edge = |(cursor, route): &(_, Arc<Route>)| RouteEdge {
            cursor: encode_cursor(cursor, LIST),
            node: RouteObject(Arc::clone(route)),
        };
        counted(ctx, self.slice.items.iter().map(edge).collect())
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, LIST)
    }

    /// Number of routes in the whole list, after filtering.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(view(ctx)?.route_count(&self.filter).await?))
    }
}
