//! Typed access to the data of a request. Other modules read the data of the engine through this one.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{Context, ContextBase, ID, QueryPathSegment};
use futures_util::future::BoxFuture;
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::plan::Progress;
use passerelle_model::published::PublishedPlan;
use passerelle_model::revision::RevisionNumber;
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::{ReadView, Storage};
use tokio::sync::watch;

use crate::change_batches::ChangeBatches;
use crate::document_access::DocumentAccess;
use crate::error::{ApiError, InvariantError};
use crate::event_position::EventPosition;
use crate::execution_queue::{ExecutionQueue, Lane, Permit};
use crate::input::NodeId;
use crate::loader::{BatchScheduler, ViewLoader};
use crate::response_bytes::ResponseBytes;
use crate::site_urls::SiteUrls;

/// The loaders of one request.
type Loaders = DataLoader<ViewLoader, HashMapCache>;

/// Value that a loader returns for a key.
type LoaderValue<K> = <ViewLoader as Loader<K>>::Value;

/// Content at one revision, with loaders for it.
pub(crate) struct RevisionContext {
    view: ReadView,
    loaders: Loaders,
    is_past: bool,
}

impl RevisionContext {
    fn new(
        view: ReadView,
        scheduler: &BatchScheduler,
        source_bytes: Arc<ResponseBytes>,
        is_past: bool,
    ) -> Self {
        let loaders = DataLoader::with_cache(
            ViewLoader::new(view.clone(), source_bytes),
            scheduler.clone(),
            scheduler.clone(),
            HashMapCache::default(),
        );
        Self { view, loaders, is_past }
    }

    /// Returns the view that the loaders read from.
    pub(crate) fn view(&self) -> &ReadView {
        &self.view
    }

    /// Returns the revision that the ids of objects name. `None` for objects of the latest revision.
    pub(crate) fn id_revision(&self) -> Option<RevisionNumber> {
        self.is_past.then(|| self.view.revision().number)
    }

    /// Loads the value of one key in the next batch of the request.
    pub(crate) async fn load<K>(&self, key: K) -> Result<Option<LoaderValue<K>>, ApiError>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        ViewLoader: Loader<K, Error = ApiError>,
    {
        self.loaders.load_one(key).await
    }

    /// Returns the plan with this key. `None` if it is not published.
    pub(crate) async fn find_plan(&self, key: &PlanKey) -> Result<Option<Arc<PublishedPlan>>, ApiError> {
        Ok(self.view.cached_plans().await?.iter().find(|plan| plan.key == *key).cloned())
    }
}

/// Revisions that a request reads: the latest one, and those that `asOf` or an id names.
pub(crate) struct RequestContext {
    /// A blocking mutex, because it is held for one lookup or insertion only.
    contexts: Mutex<RevisionContexts>,
    scheduler: BatchScheduler,
    is_uncacheable: AtomicBool,
    queue: ExecutionQueue,
    document_access: DocumentAccess,
}

struct RevisionContexts {
    latest: Arc<RevisionContext>,
    /// Counted bytes of the response, or of the current event of a subscription.
    bytes: Arc<ResponseBytes>,
    /// Counted bytes of the texts that the loaders have read for it.
    source_bytes: Arc<ResponseBytes>,
    /// Right to execute the current event of a subscription. `None` for other operations.
    event_permit: Option<Permit>,
    /// Content of earlier revisions. Fields that read the same revision share their batches.
    past: HashMap<RevisionNumber, Arc<RevisionContext>>,
    /// Content of the root fields that read an earlier revision, by the name of the field in the response.
    by_root_field: HashMap<String, Arc<RevisionContext>>,
    /// Content of the entries of a root field that read an earlier revision, by name and index.
    by_entry: HashMap<String, HashMap<usize, Arc<RevisionContext>>>,
}

impl RequestContext {
    /// Creates the context of a request that reads from this view.
    pub(crate) fn new(
        view: ReadView,
        scheduler: BatchScheduler,
        bytes: Arc<ResponseBytes>,
        queue: ExecutionQueue,
    ) -> Self {
        let source_bytes = ResponseBytes::of_sources(&bytes);
        let latest = Arc::new(RevisionContext::new(view, &scheduler, Arc::clone(&source_bytes), false));
        let contexts = RevisionContexts {
            latest,
            bytes,
            source_bytes,
            event_permit: None,
            past: HashMap::new(),
            by_root_field: HashMap::new(),
            by_entry: HashMap::new(),
        };
        Self {
            contexts: Mutex::new(contexts),
            scheduler,
            is_uncacheable: AtomicBool::new(false),
            queue,
            document_access: DocumentAccess::Denied,
        }
    }

    /// Sets the access to documents. A new context has none.
    pub(crate) fn with_document_access(self, document_access: DocumentAccess) -> Self {
        Self { document_access, ..self }
    }

    /// Returns the access to documents.
    pub(crate) fn document_access(&self) -> DocumentAccess {
        self.document_access
    }

    /// Returns the counted bytes of the response.
    pub(crate) fn bytes(&self) -> Arc<ResponseBytes> {
        Arc::clone(&self.contexts().bytes)
    }

    /// Starts the next event of a subscription, with counts and loaders of its own. A loader caches what it
    /// has loaded, so the loaders of a long replay would grow with the change log.
    pub(crate) fn start_event(&self, bytes: Arc<ResponseBytes>) {
        let mut contexts = self.contexts();
        contexts.source_bytes = ResponseBytes::of_sources(&bytes);
        contexts.bytes = bytes;
        let view = contexts.latest.view.clone();
        self.replace_latest(&mut contexts, view);
    }

    /// Waits until the event of a subscription that has just arrived may be executed.
    pub(crate) async fn wait_for_turn(&self) -> Result<(), ApiError> {
        let permit = self.queue.acquire(Lane::Event, None).await?;
        self.contexts().event_permit = Some(permit);
        Ok(())
    }

    /// Lets the next event of any subscription start.
    pub(crate) fn end_event(&self) {
        let permit = self.contexts().event_permit.take();
        drop(permit);
    }

    /// Replaces the view. The next event of a subscription reads from it.
    pub(crate) fn set_latest(&self, view: ReadView) {
        self.replace_latest(&mut self.contexts(), view);
    }

    fn replace_latest(&self, contexts: &mut RevisionContexts, view: ReadView) {
        let source_bytes = Arc::clone(&contexts.source_bytes);
        contexts.latest = Arc::new(RevisionContext::new(view, &self.scheduler, source_bytes, false));
        contexts.past.clear();
    }

    /// Returns the revision of all fields that name no revision.
    pub(crate) fn revision(&self) -> RevisionNumber {
        self.contexts().latest.view.revision().number
    }

    /// Returns true if a field read a state that can change without a new revision.
    pub(crate) fn is_uncacheable(&self) -> bool {
        self.is_uncacheable.load(Ordering::Relaxed)
    }

    fn contexts(&self) -> MutexGuard<'_, RevisionContexts> {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, ctx: &Context<'_>) -> Arc<RevisionContext> {
        let contexts = self.contexts();
        if contexts.by_root_field.is_empty() && contexts.by_entry.is_empty() {
            return Arc::clone(&contexts.latest);
        }
        let found = root_position(ctx).and_then(|(name, index)| {
            let entry = index.and_then(|index| contexts.by_entry.get(name)?.get(&index));
            entry.or_else(|| contexts.by_root_field.get(name))
        });
        Arc::clone(found.unwrap_or(&contexts.latest))
    }

    /// Returns the content of an earlier revision, with the loaders that this request already has for it.
    fn past(&self, view: ReadView) -> Arc<RevisionContext> {
        let mut contexts = self.contexts();
        let view = view.in_request_of(&contexts.latest.view);
        let number = view.revision().number;
        let source_bytes = Arc::clone(&contexts.source_bytes);
        let new = || Arc::new(RevisionContext::new(view, &self.scheduler, source_bytes, true));
        Arc::clone(contexts.past.entry(number).or_insert_with(new))
    }
}

/// Returns the name of the root field in the response, and the index of the entry if the field is a list.
fn root_position<'c>(ctx: &'c Context<'_>) -> Option<(&'c str, Option<usize>)> {
    let mut node = ctx.path_node.as_ref()?;
    let mut index = None;
    while let Some(parent) = node.parent {
        index = match node.segment {
            QueryPathSegment::Index(index) => Some(index),
            QueryPathSegment::Name(_) => None,
        };
        node = parent;
    }
    match node.segment {
        QueryPathSegment::Name(name) => Some((name, index)),
        QueryPathSegment::Index(_) => None,
    }
}

/// Returns the revisions of the current request.
pub(crate) fn request_context(ctx: &Context<'_>) -> Result<Arc<RequestContext>, ApiError> {
    ctx.data::<Arc<RequestContext>>()
        .cloned()
        .map_err(|_| InvariantError("the request has no context").into())
}

/// Returns the content that this field reads.
pub(crate) fn revision_context(ctx: &Context<'_>) -> Result<Arc<RevisionContext>, ApiError> {
    Ok(request_context(ctx)?.of(ctx))
}

/// Returns the content of an earlier revision.
pub(crate) fn past_context(ctx: &Context<'_>, view: ReadView) -> Result<Arc<RevisionContext>, ApiError> {
    Ok(request_context(ctx)?.past(view))
}

/// Reads this root field and all fields below it from an earlier revision.
pub(crate) fn read_root_field_at(ctx: &Context<'_>, context: Arc<RevisionContext>) -> Result<(), ApiError> {
    let request = request_context(ctx)?;
    let (name, _) = root_position(ctx).ok_or(InvariantError("the field has no response key"))?;
    request.contexts().by_root_field.insert(name.to_owned(), context);
    Ok(())
}

/// Reads all fields below one entry of this root field from an earlier revision.
pub(crate) fn read_entry_at(
    ctx: &Context<'_>,
    index: usize,
    context: Arc<RevisionContext>,
) -> Result<(), ApiError> {
    let request = request_context(ctx)?;
    let (name, _) = root_position(ctx).ok_or(InvariantError("the field has no response key"))?;
    request.contexts().by_entry.entry(name.to_owned()).or_default().insert(index, context);
    Ok(())
}

/// Returns the global id of an object of this field. It names the revision if the field reads an earlier one.
pub(crate) fn global_id(ctx: &Context<'_>, id: &NodeId) -> Result<ID, ApiError> {
    Ok(id.at(revision_context(ctx)?.id_revision()))
}

/// Marks the response as uncacheable. A field calls it if its value can change without a new revision.
pub(crate) fn mark_uncacheable(ctx: &Context<'_>) {
    if let Ok(request) = request_context(ctx) {
        request.is_uncacheable.store(true, Ordering::Relaxed);
    }
}

/// Checks that the request may read documents. A field calls it before it returns what the desk shows.
///
/// A response that needs the token is never cached, neither here nor by a shared cache in front.
///
/// # Errors
/// [`ApiError::Forbidden`] without the token.
pub(crate) fn require_document_access(ctx: &Context<'_>) -> Result<(), ApiError> {
    match request_context(ctx)?.document_access() {
        DocumentAccess::Public => Ok(()),
        DocumentAccess::Granted => {
            mark_uncacheable(ctx);
            Ok(())
        }
        DocumentAccess::Denied => Err(ApiError::Forbidden),
    }
}

/// Returns the view that this field reads from.
pub(crate) fn view(ctx: &Context<'_>) -> Result<ReadView, ApiError> {
    Ok(revision_context(ctx)?.view.clone())
}

/// Returns the storage, for fields that read an earlier revision.
pub(crate) fn storage<'c>(ctx: &Context<'c>) -> Result<&'c Storage, ApiError> {
    ctx.data::<Storage>().map_err(|_| InvariantError("the schema has no storage").into())
}

/// Returns the search index.
pub(crate) fn search<'c>(ctx: &Context<'c>) -> Result<&'c Search, ApiError> {
    ctx.data::<Search>().map_err(|_| InvariantError("the schema has no search index").into())
}

/// Returns the latest state of the worker. Marks the response as uncacheable.
pub(crate) fn sync_status(ctx: &Context<'_>) -> Result<SyncStatus, ApiError> {
    mark_uncacheable(ctx);
    Ok(sync_status_receiver(ctx)?.borrow().clone())
}

/// Returns the channel with the state of the worker.
pub(crate) fn sync_status_receiver(ctx: &Context<'_>) -> Result<watch::Receiver<SyncStatus>, ApiError> {
    let channel = ctx.data::<watch::Receiver<SyncStatus>>();
    channel.cloned().map_err(|_| InvariantError("the schema has no sync status").into())
}

/// Returns the position of the current subscription, which its transport reads.
pub(crate) fn event_position(ctx: &Context<'_>) -> EventPosition {
    // A query has none.
    ctx.data_opt::<EventPosition>().cloned().unwrap_or_default()
}

/// Returns the cache of recently read change log entries, shared by all subscriptions.
pub(crate) fn change_batches(ctx: &Context<'_>) -> Result<ChangeBatches, ApiError> {
    ctx.data::<ChangeBatches>()
        .cloned()
        .map_err(|_| InvariantError("the schema has no change batches").into())
}

/// Returns the patterns of addresses in front ends.
pub(crate) fn site_urls<'c, T>(ctx: &ContextBase<'c, T>) -> Result<&'c SiteUrls, ApiError> {
    ctx.data::<SiteUrls>().map_err(|_| InvariantError("the schema has no URL patterns").into())
}

/// Loads the value of one key in the next batch of the request.
///
/// The future is boxed. All fields of an object share one future type with the size of the largest, and most
/// fields load nothing.
pub(crate) fn load<'c, K>(
    ctx: &Context<'c>,
    key: K,
) -> BoxFuture<'c, Result<Option<LoaderValue<K>>, ApiError>>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    ViewLoader: Loader<K, Error = ApiError>,
{
    let context = revision_context(ctx);
    Box::pin(async move { context?.loaders.load_one(key).await })
}

/// Loads the value of a key that must exist.
pub(crate) fn load_required<'c, K>(
    ctx: &Context<'c>,
    key: K,
) -> impl Future<Output = Result<LoaderValue<K>, ApiError>> + Send + use<'c, K>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    ViewLoader: Loader<K, Error = ApiError>,
{
    let loading = load(ctx, key);
    async move { loading.await?.ok_or_else(|| InvariantError("a row refers to a row that does not exist").into()) }
}

/// Returns all plans, newest first. They are cached in memory.
pub(crate) async fn all_plans(ctx: &Context<'_>) -> Result<Arc<Vec<Arc<PublishedPlan>>>, ApiError> {
    Ok(revision_context(ctx)?.view.cached_plans().await?)
}

/// Returns the category tree of a plan. It is cached in memory.
pub(crate) async fn category_tree(ctx: &Context<'_>, plan: &PlanKey) -> Result<Arc<CategoryTree>, ApiError> {
    Ok(revision_context(ctx)?.view.category_tree(plan).await?)
}

/// Returns the progress of each category of a plan, including descendants. It is cached.
pub(crate) async fn progress_by_category(
    ctx: &Context<'_>,
    plan: &PlanKey,
) -> Result<Arc<HashMap<CategoryKey, Progress>>, ApiError> {
    Ok(revision_context(ctx)?.view.progress_by_category(plan).await?)
}

/// Returns the plan with a key that a row refers to. It must exist.
pub(crate) async fn required_plan(ctx: &Context<'_>, key: &PlanKey) -> Result<Arc<PublishedPlan>, ApiError> {
    revision_context(ctx)?
        .find_plan(key)
        .await?
        .ok_or_else(|| InvariantError("a row refers to a plan that does not exist").into())
}

/// Returns the language of a label: the requested one, else that of the plan.
pub(crate) async fn label_language(
    ctx: &Context<'_>,
    requested: Option<Language>,
    plan: &PlanKey,
) -> Result<Language, ApiError> {
    match requested {
        Some(lang) => Ok(lang),
        None => Ok(required_plan(ctx, plan).await?.heading.lang),
    }
}
