//! State of the service that all requests share.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use passerelle_api::{
    DocumentAccess, Engine, EngineSettings, GraphqlResponse, Operation, RequestParams, SiteUrls, Sources,
};
use passerelle_http_common::rate_limit::ClientRateLimiter;
use passerelle_http_common::response_cache::{CacheKeySalt, ResponseCache};
use passerelle_http_common::shared_limits::SharedLimits;
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::Storage;
use prometheus_client::registry::Registry;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::admin_access::AdminAccess;
use super::assets::FileChecksums;
use super::connections::{ConnectionMetrics, ConnectionSlots};
use super::exports::PlanTablesCache;
use super::generated_file::Spool;
use super::http_metrics::HttpMetrics;
use super::readiness::Readiness;
use super::rendered::RenderedResponse;
use super::renditions::Renditions;
use super::request_id::RequestIdGenerator;
use super::settings::Settings;
use super::streaming::{StreamLimiter, StreamMetrics, SubscriptionLimiter};

/// Everything that the HTTP service needs from the rest of the program.
#[derive(Clone, Debug)]
pub struct HttpSources {
    /// Absolute path of the folder that contains the documents and their assets.
    pub content_folder: PathBuf,
    /// Database with all published revisions.
    pub storage: Storage,
    /// Full-text index of the latest revision.
    pub search: Search,
    /// Patterns of the addresses at which the front end shows objects.
    pub site_urls: SiteUrls,
    /// Limits, caching, CORS and development mode.
    pub settings: Settings,
    /// Latest status that the watcher has reported.
    pub sync_status: watch::Receiver<SyncStatus>,
    /// Access to `POST /admin/sync`. `None` disables the route: it then answers 404.
    pub admin: Option<AdminAccess>,
    /// Current result of the readiness probe `/readyz`.
    pub readiness: watch::Receiver<Readiness>,
    /// Cancelled when the listener closes. Running requests are finished, subscriptions are interrupted.
    pub shutdown: CancellationToken,
}

/// Shared state of all requests. A clone increments one reference count.
#[derive(Clone)]
pub(super) struct AppState(Arc<Inner>);

struct Inner {
    api: HttpSources,
    engine: Engine,
    response_cache: ResponseCache<RenderedResponse>,
    cache_key_salt: CacheKeySalt,
    cache_control: HeaderValue,
    request_ids: RequestIdGenerator,
    shared_limits: SharedLimits,
    plan_tables: PlanTablesCache,
    spool: Spool,
    renditions: Renditions,
    file_checksums: FileChecksums,
    http_metrics: HttpMetrics,
    stream_metrics: StreamMetrics,
    stream_limiter: StreamLimiter,
    subscription_limiter: SubscriptionLimiter,
    connection_metrics: ConnectionMetrics,
    connection_slots: ConnectionSlots,
    websocket_tasks: TaskTracker,
    registry: Registry,
}

/// Returns the header of responses that a shared cache may keep.
fn cache_control(max_age: Duration) -> HeaderValue {
    // With `no-cache`, clients revalidate each time. A revalidation compares ETags and executes nothing.
    let revalidated = HeaderValue::from_static("public, no-cache");
    match max_age.as_secs() {
        0 => revalidated,
        seconds => {
            let value = format!("public, max-age={seconds}, stale-while-revalidate={seconds}");
            HeaderValue::try_from(value).unwrap_or(revalidated)
        }
    }
}

impl AppState {
    /// Creates the GraphQL engine, the response cache and the metrics.
    pub(super) fn new(api: HttpSources) -> Self {
        let Settings {
            limits,
            connections,
            streams_per_client,
            subscriptions,
            trusted_documents,
            response_cache_bytes,
            cache_max_age,
            client_address_header,
            is_development,
            ..
        } = api.settings.clone();
        let sources = Sources {
            storage: api.storage.clone(),
            search: api.search.clone(),
            site_urls: api.site_urls.clone(),
            sync_status: api.sync_status.clone(),
        };
        let mut registry = Registry::with_prefix("passerelle");
        let http_metrics = HttpMetrics::new(&mut registry);
        let stream_metrics = StreamMetrics::new(&mut registry);
        let connection_metrics = ConnectionMetrics::new(&mut registry);
        let connection_slots = ConnectionSlots::new(connections.connections);
        let streams_per_client = client_address_header.is_some().then_some(streams_per_client);
        let stream_limiter = StreamLimiter::new(connections.connections, streams_per_client);
        let rate_limiter = ClientRateLimiter::new(limits.cost_per_minute, client_address_header);
        let engine = Engine::new(
            sources,
            EngineSettings {
                limits,
                trusted: trusted_documents,
                suggestions: is_development,
                response_cache_bytes: usize::try_from(response_cache_bytes).unwrap_or(usize::MAX),
            },
        );
        Self(Arc::new(Inner {
            response_cache: ResponseCache::new(response_cache_bytes),
            cache_key_salt: CacheKeySalt::of(engine.sdl(), &api.site_urls.to_string()),
            cache_control: cache_control(cache_max_age),
            request_ids: RequestIdGenerator::default(),
            shared_limits: SharedLimits::new(rate_limiter),
            plan_tables: PlanTablesCache::default(),
            spool: Spool::new(api.settings.spool_folder.as_deref()),
            renditions: Renditions::new(&api.settings.renditions),
            file_checksums: FileChecksums::default(),
            http_metrics,
            stream_metrics,
            stream_limiter,
            subscription_limiter: SubscriptionLimiter::new(subscriptions),
            connection_metrics,
            connection_slots,
            websocket_tasks: TaskTracker::new(),
            registry,
            engine,
            api,
        }))
    }

    /// Parses, validates and prices the operation of a request.
    ///
    /// # Errors
    /// The response that rejects the request, if the operation must not be executed.
    pub(super) fn prepare_operation(
        &self,
        params: RequestParams,
        access: DocumentAccess,
    ) -> Result<Operation, GraphqlResponse> {
        let request = self.engine().find(params)?;
        self.engine().operation(request, access)
    }

    pub(super) fn content_folder(&self) -> &Path {
        &self.0.api.content_folder
    }

    pub(super) fn storage(&self) -> &Storage {
        &self.0.api.storage
    }

    pub(super) fn search(&self) -> &Search {
        &self.0.api.search
    }

    pub(super) fn site_urls(&self) -> &SiteUrls {
        &self.0.api.site_urls
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.api.settings
    }

    pub(super) fn sync_status(&self) -> &watch::Receiver<SyncStatus> {
        &self.0.api.sync_status
    }

    /// Returns `None` if the admin API is disabled.
    pub(super) fn admin(&self) -> Option<&AdminAccess> {
        self.0.api.admin.as_ref()
    }

    pub(super) fn readiness(&self) -> &watch::Receiver<Readiness> {
        &self.0.api.readiness
    }

    pub(super) fn shutdown(&self) -> &CancellationToken {
        &self.0.api.shutdown
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(super) fn response_cache(&self) -> &ResponseCache<RenderedResponse> {
        &self.0.response_cache
    }

    pub(super) fn cache_key_salt(&self) -> CacheKeySalt {
        // A pruning changes responses without a new revision.
        self.0.cache_key_salt.with_history_since(self.storage().pruned_revision())
    }

    /// Value of `Cache-Control` for cacheable responses to GET.
    pub(super) fn cache_control(&self) -> &HeaderValue {
        &self.0.cache_control
    }

    pub(super) fn request_ids(&self) -> &RequestIdGenerator {
        &self.0.request_ids
    }

    pub(super) fn rate_limiter(&self) -> &ClientRateLimiter {
        &self.0.shared_limits.rate_limiter
    }

    /// Limits that the web pages share.
    pub(super) fn shared_limits(&self) -> &SharedLimits {
        &self.0.shared_limits
    }

    /// Tables of the plans that were exported last.
    pub(super) fn plan_tables(&self) -> &PlanTablesCache {
        &self.0.plan_tables
    }

    /// Permits to read parts of exports.
    pub(super) fn export_permits(&self) -> &Arc<Semaphore> {
        &self.0.shared_limits.read_permits
    }

    /// Large generated files on disk.
    pub(super) fn spool(&self) -> &Spool {
        &self.0.spool
    }

    /// Scaled images.
    pub(super) fn renditions(&self) -> &Renditions {
        &self.0.renditions
    }

    /// Checksums of the files of this process.
    pub(super) fn file_checksums(&self) -> &FileChecksums {
        &self.0.file_checksums
    }

    pub(super) fn http_metrics(&self) -> &HttpMetrics {
        &self.0.http_metrics
    }

    pub(super) fn stream_metrics(&self) -> &StreamMetrics {
        &self.0.stream_metrics
    }

    /// Limits of open streams, for all clients and for each.
    pub(super) fn stream_limiter(&self) -> &StreamLimiter {
        &self.0.stream_limiter
    }

    /// Limit of active subscriptions.
    pub(super) fn subscription_limiter(&self) -> &SubscriptionLimiter {
        &self.0.subscription_limiter
    }

    pub(super) fn connection_metrics(&self) -> &ConnectionMetrics {
        &self.0.connection_metrics
    }

    /// Slots of the connections of the public listener.
    pub(super) fn connection_slots(&self) -> &ConnectionSlots {
        &self.0.connection_slots
    }

    /// Tasks of open WebSockets. axum does not wait for them after the upgrade, so the service waits for them
    /// itself.
    pub(super) fn websocket_tasks(&self) -> &TaskTracker {
        &self.0.websocket_tasks
    }

    /// Metrics that are updated while requests run, for `/metrics`.
    pub(super) fn registry(&self) -> &Registry {
        &self.0.registry
    }
}
