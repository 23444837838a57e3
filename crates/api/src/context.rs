//! What a resolver can reach, by type. The only place that asks the engine's context for data.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use passerelle_document::key::PlanKey;
use passerelle_document::served::ServedPlan;
use passerelle_document::sync::SyncStatus;
use passerelle_storage::View;
use tokio::sync::watch;

use crate::error::{ApiError, Defect};
use crate::loader::{AllPlans, ViewLoader};
use crate::page_url::PageUrl;

/// The loaders of one request.
pub(crate) type Loaders = DataLoader<ViewLoader, HashMapCache>;

/// What a loader gives for a key.
type Loaded<K> = <ViewLoader as Loader<K>>::Value;

/// The content at the revision of this request.
pub(crate) fn view<'c>(ctx: &Context<'c>) -> Result<&'c View, ApiError> {
    ctx.data::<View>().map_err(|_| Defect("a request without a view").into())
}

/// What the worker last said of itself.
pub(crate) fn sync_status(ctx: &Context<'_>) -> Result<SyncStatus, ApiError> {
    let channel = ctx.data::<watch::Receiver<SyncStatus>>();
    channel
        .map(|channel| channel.borrow().clone())
        .map_err(|_| Defect("a schema without a sync status").into())
}

/// Where front ends show pages.
pub(crate) fn page_url(ctx: &Context<'_>) -> Result<PageUrl, ApiError> {
    ctx.data::<PageUrl>()
        .cloned()
        .map_err(|_| Defect("a schema without a pattern of pages' addresses").into())
}

/// Loads one thing, together with what the rest of the request asks for.
pub(crate) fn load<'c, K>(
    ctx: &Context<'c>,
    key: K,
) -> impl Future<Output = Result<Option<Loaded<K>>, ApiError>> + Send + use<'c, K>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    ViewLoader: Loader<K, Error = ApiError>,
{
    let loaders = ctx.data::<Loaders>().map_err(|_| ApiError::from(Defect("a request without loaders")));
    async move { loaders?.load_one(key).await }
}

/// Loads one thing that must be there.
pub(crate) fn need<'c, K>(
    ctx: &Context<'c>,
    key: K,
) -> impl Future<Output = Result<Loaded<K>, ApiError>> + Send + use<'c, K>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    ViewLoader: Loader<K, Error = ApiError>,
{
    let loading = load(ctx, key);
    async move { loading.await?.ok_or_else(|| Defect("a row refers to one that is not served").into()) }
}

/// The plan of a key, if it is served.
pub(crate) async fn find_plan(ctx: &Context<'_>, key: &PlanKey) -> Result<Option<Arc<ServedPlan>>, ApiError> {
    let plans = load(ctx, AllPlans).await?.unwrap_or_default();
    Ok(plans.iter().find(|plan| plan.key == *key).cloned())
}

/// The plan of a key that a row refers to.
pub(crate) async fn plan_of(ctx: &Context<'_>, key: &PlanKey) -> Result<Arc<ServedPlan>, ApiError> {
    find_plan(ctx, key).await?.ok_or_else(|| Defect("a row refers to a plan that is not served").into())
}
