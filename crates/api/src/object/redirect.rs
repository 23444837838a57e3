//! Object types `Redirect` and `RedirectConnection`: former addresses.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use passerelle_storage::{Redirect, RedirectFilter, Slice};

use super::connection::{PageInfo, page_info};
use super::progress::to_int;
use super::{DateTime, Language, Node, RouteKind};
use crate::context::{revision_context, site_urls, view};
use crate::error::{ApiError, InvariantError};
use crate::input::{NodeId, PaginationArgs, encode_cursor};

/// Maximum number of redirects of a range. A site has few of them, and a static build reads all.
pub(crate) const MAX_REDIRECTS: i32 = 1_000;

/// Former address.
#[derive(Clone)]
pub(crate) struct RedirectObject(Arc<Redirect>);

/// Former address of a page, support service or plan that was renamed.
#[Object(name = "Redirect")]
impl RedirectObject {
    /// The former address, for example `/fr/mare`. The operator sets the pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(site_urls(ctx)?.for_object(&self.0.former))
    }

    /// The present address, to which a website redirects, for example `/fr/etang`.
    async fn canonical_url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(site_urls(ctx)?.for_object(&self.0.present))
    }

    /// Kind of the object, for example `PAGE`.
    fn kind(&self) -> RouteKind {
        self.0.kind.into()
    }

    /// The former slug, for example `mare`.
    fn slug(&self) -> &str {
        self.0.former.slug().as_str()
    }

    /// Language of the former address, for example `FR`.
    fn lang(&self) -> Language {
        self.0.former.lang().into()
    }

    /// Time at which the address changed.
    fn renamed_at(&self) -> DateTime {
        DateTime(self.0.renamed_at)
    }

    /// The object that had the address.
    async fn node(&self, ctx: &Context<'_>) -> Result<Node, ApiError> {
        let content = revision_context(ctx)?;
        let node = Node::find(&content, NodeId::of(&self.0.node)).await?;
        node.ok_or_else(|| InvariantError("the object of a redirect does not exist").into())
    }
}

/// Redirect in a paginated list.
#[derive(SimpleObject)]
pub(crate) struct RedirectEdge {
    /// Position of the item in the list, opaque. Pass it as `after`.
    cursor: String,
    /// Item at this position of the list.
    node: RedirectObject,
}

/// Range of the redirects.
pub(crate) struct RedirectConnection {
    slice: Slice<Arc<Redirect>>,
    filter: RedirectFilter,
}

/// Identifies the list in cursors.
const LIST: &str = "redirects";

impl RedirectConnection {
    /// Loads a range of the redirects with one statement.
    pub(crate) async fn load(
        ctx: &Context<'_>,
        filter: RedirectFilter,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self, ApiError> {
        let args = PaginationArgs { first, after, ..PaginationArgs::default() };
        let pagination = args.parse_up_to(MAX_REDIRECTS, LIST)?;
        let slice = view(ctx)?.redirects(filter, &pagination).await?.map(Arc::new);
        Ok(Self { slice, filter })
    }
}

/// Paginated list of redirects.
#[Object]
impl RedirectConnection {
    /// The returned redirects.
    fn nodes(&self) -> Vec<RedirectObject> {
        self.slice.items.iter().map(|(_, redirect)| RedirectObject(Arc::clone(redirect))).collect()
    }

    /// The returned redirects, each with its cursor.
    fn edges(&self) -> Vec<RedirectEdge> {
        let edge = |(cursor, redirect): &(_, Arc<Redirect>)| RedirectEdge {
            cursor: encode_cursor(cursor, LIST),
            node: RedirectObject(Arc::clone(redirect)),
        };
        self.slice.items.iter().map(edge).collect()
    }

    /// Position of the returned range in the list.
    fn page_info(&self) -> PageInfo {
        page_info(&self.slice, LIST)
    }

    /// Number of redirects in the whole list, after filtering.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(view(ctx)?.redirect_count(self.filter).await?))
    }
}
