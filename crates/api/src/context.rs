//! What a resolver can reach, by type. The only place that asks the engine's context for data.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{Context, QueryPathSegment};
use futures_util::future::BoxFuture;
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::plan::Progress;
use passerelle_model::served::ServedPlan;
use passerelle_model::sync::{RevisionNumber, SyncStatus};
use passerelle_search::Search;
use passerelle_storage::{Storage, View};
use tokio::sync::watch;

use crate::error::{ApiError, Defect};
use crate::loader::{Batches, ViewLoader};
use crate::page_url::PageUrl;

/// The loaders of one request.
type Loaders = DataLoader<ViewLoader, HashMapCache>;

/// What a loader gives for a key.
type Loaded<K> = <ViewLoader as Loader<K>>::Value;

/// What a root field is read from: the content at one revision, and loaders for it.
pub(crate) struct Scope {
    view: View,
    loaders: Loaders,
}

impl Scope {
    fn new(view: View, batches: &Batches) -> Self {
        let loaders = DataLoader::with_cache(
            ViewLoader::new(view.clone()),
            batches.clone(),
            batches.clone(),
            HashMapCache::default(),
        );
        Self { view, loaders }
    }
}

/// What the fields of a request are read from: all from the newest revision, but for root fields that ask for the past.
pub(crate) struct Scopes {
    /// Not the asynchronous mutex: it is held for a look or an insertion.
    chosen: Mutex<Chosen>,
    batches: Batches,
    says_how_things_are: AtomicBool,
}

struct Chosen {
    newest: Arc<Scope>,
    /// By the name of the root field in the answer.
    past: HashMap<String, Arc<Scope>>,
}

impl Scopes {
    /// Reads from a view.
    pub(crate) fn new(view: View, batches: Batches) -> Self {
        let newest = Arc::new(Scope::new(view, &batches));
        Self {
            chosen: Mutex::new(Chosen { newest, past: HashMap::new() }),
            batches,
            says_how_things_are: AtomicBool::new(false),
        }
    }

    /// Reads what follows from another view: the next event of a subscription.
    pub(crate) fn read_from(&self, view: View) {
        self.chosen().newest = Arc::new(Scope::new(view, &self.batches));
    }

    /// The revision that fields are read at which do not ask for the past.
    pub(crate) fn revision(&self) -> RevisionNumber {
        self.chosen().newest.view.revision().number
    }

    /// Whether a field told how things are now, which changes without a revision.
    pub(crate) fn says_how_things_are(&self) -> bool {
        self.says_how_things_are.load(Ordering::Relaxed)
    }

    fn chosen(&self) -> MutexGuard<'_, Chosen> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, ctx: &Context<'_>) -> Arc<Scope> {
        let chosen = self.chosen();
        let past = if chosen.past.is_empty() { None } else { root_name(ctx) };
        Arc::clone(past.and_then(|name| chosen.past.get(name)).unwrap_or(&chosen.newest))
    }
}

fn root_name<'c>(ctx: &'c Context<'_>) -> Option<&'c str> {
    let mut node = ctx.path_node.as_ref()?;
    while let Some(parent) = node.parent {
        node = parent;
    }
    match node.segment {
        QueryPathSegment::Name(name) => Some(name),
        QueryPathSegment::Index(_) => None,
    }
}

/// What the fields of this request are read from.
pub(crate) fn scopes(ctx: &Context<'_>) -> Result<Arc<Scopes>, ApiError> {
    ctx.data::<Arc<Scopes>>().cloned().map_err(|_| Defect("a request without scopes").into())
}

fn scope(ctx: &Context<'_>) -> Result<Arc<Scope>, ApiError> {
    Ok(scopes(ctx)?.of(ctx))
}

/// Reads this root field, and all below it, from another revision.
pub(crate) fn read_from(ctx: &Context<'_>, view: View) -> Result<(), ApiError> {
    let scopes = scopes(ctx)?;
    let name = root_name(ctx).ok_or(Defect("a field without a name"))?;
    let scope = Arc::new(Scope::new(view, &scopes.batches));
    scopes.chosen().past.insert(name.to_owned(), scope);
    Ok(())
}

/// Says that this field tells how things are now, which changes without a revision: the answer is good for this moment
/// only.
pub(crate) fn tell_how_things_are(ctx: &Context<'_>) {
    if let Ok(scopes) = scopes(ctx) {
        scopes.says_how_things_are.store(true, Ordering::Relaxed);
    }
}

/// The content at the revision that this field is read at.
pub(crate) fn view(ctx: &Context<'_>) -> Result<View, ApiError> {
    Ok(scope(ctx)?.view.clone())
}

/// The storage, to read the past from.
pub(crate) fn storage<'c>(ctx: &Context<'c>) -> Result<&'c Storage, ApiError> {
    ctx.data::<Storage>().map_err(|_| Defect("a schema without a storage").into())
}

/// The search index.
pub(crate) fn search<'c>(ctx: &Context<'c>) -> Result<&'c Search, ApiError> {
    ctx.data::<Search>().map_err(|_| Defect("a schema without a search index").into())
}

/// What the worker last said of itself.
pub(crate) fn sync_status(ctx: &Context<'_>) -> Result<SyncStatus, ApiError> {
    tell_how_things_are(ctx);
    Ok(sync_channel(ctx)?.borrow().clone())
}

/// What the worker says of itself, as it says it.
pub(crate) fn sync_channel(ctx: &Context<'_>) -> Result<watch::Receiver<SyncStatus>, ApiError> {
    let channel = ctx.data::<watch::Receiver<SyncStatus>>();
    channel.cloned().map_err(|_| Defect("a schema without a sync status").into())
}

/// Where front ends show pages.
pub(crate) fn page_url(ctx: &Context<'_>) -> Result<PageUrl, ApiError> {
    ctx.data::<PageUrl>()
        .cloned()
        .map_err(|_| Defect("a schema without a pattern of pages' addresses").into())
}

/// Loads one thing, together with what the rest of the request asks for. Boxed: the fields of an object share the room of
/// the largest, and most of them load nothing.
pub(crate) fn load<'c, K>(ctx: &Context<'c>, key: K) -> BoxFuture<'c, Result<Option<Loaded<K>>, ApiError>>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    ViewLoader: Loader<K, Error = ApiError>,
{
    let scope = scope(ctx);
    Box::pin(async move { scope?.loaders.load_one(key).await })
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

/// Every plan, the newest first. Held in memory.
pub(crate) async fn plans(ctx: &Context<'_>) -> Result<Arc<Vec<Arc<ServedPlan>>>, ApiError> {
    Ok(scope(ctx)?.view.all_plans().await?)
}

/// The categories of a plan. Held in memory.
pub(crate) async fn tree_of(ctx: &Context<'_>, plan: &PlanKey) -> Result<Arc<CategoryTree>, ApiError> {
    Ok(scope(ctx)?.view.category_tree(plan).await?)
}

/// How far each category of a plan is, with all below it. Held in memory.
pub(crate) async fn progress_of(
    ctx: &Context<'_>,
    plan: &PlanKey,
) -> Result<Arc<HashMap<CategoryKey, Progress>>, ApiError> {
    Ok(scope(ctx)?.view.progress_by_category(plan).await?)
}

/// The plan of a key, if it is served.
pub(crate) async fn find_plan(ctx: &Context<'_>, key: &PlanKey) -> Result<Option<Arc<ServedPlan>>, ApiError> {
    Ok(plans(ctx).await?.iter().find(|plan| plan.key == *key).cloned())
}

/// The plan of a key that a row refers to.
pub(crate) async fn plan_of(ctx: &Context<'_>, key: &PlanKey) -> Result<Arc<ServedPlan>, ApiError> {
    find_plan(ctx, key).await?.ok_or_else(|| Defect("a row refers to a plan that is not served").into())
}
