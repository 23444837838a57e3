//! Object type `RouteConnection`: a range of everything that has an address.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use passerelle_storage::{Route, RouteFilter, Slice};

use super::connection::{PageInfo, page_info};
use super::progress::to_int;
use super::route::RouteObject;
use super::route_list::RouteList;
use crate::context::view;
use crate::error::ApiError;
use crate::input::{PaginationArgs, encode_cursor};
use crate::response_count::counted;

/// Maximum number of routes of a range: all of a large site in one request. They are about 1 MB as JSON.
pub(crate) const MAX_ROUTES: i32 = 10_000;

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
