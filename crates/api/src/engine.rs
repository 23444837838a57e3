//! Runs GraphQL operations. Every transport uses this one entry.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};
use http::StatusCode;
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::{ReadView, Storage, record_statements};
use tokio::sync::watch;
use tracing::{Instrument, Span};

use crate::context::RequestContext;
use crate::document_store::DocumentStore;
use crate::error_code::ErrorCode;
use crate::explanation::Explanation;
use crate::limits::Limits;
use crate::loader::{BatchScheduler, drive_to_completion};
use crate::page_url::PageUrlTemplate;
use crate::query_limits::CostModel;
use crate::request::{IdentifiedRequest, Operation};
use crate::request_params::RequestParams;
use crate::response::GraphqlResponse;
use crate::schema::{ContentSchema, builder, print};
use crate::trusted_documents::TrustedDocuments;

/// Data sources of the resolvers.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Storage with the published content.
    pub storage: Storage,
    /// Search index.
    pub search: Search,
    /// Template for the URLs of pages in front ends. `None` if the operator set none.
    pub page_url: PageUrlTemplate,
    /// State of the worker.
    pub sync_status: watch::Receiver<SyncStatus>,
}

/// Settings of the engine.
#[derive(Clone, Debug, Default)]
pub struct EngineSettings {
    /// Limits of a request.
    pub limits: Limits,
    /// Trusted documents.
    pub trusted: TrustedDocuments,
    /// True if an error about an unknown name suggests similar names.
    pub suggestions: bool,
}

/// Parses, checks and executes operations.
pub struct Engine {
    schema: ContentSchema,
    document_store: DocumentStore,
    cost_model: CostModel,
    limits: Limits,
    storage: Storage,
    sdl: Arc<str>,
}

impl Engine {
    /// Creates an engine that reads from these sources.
    pub fn new(sources: Sources, settings: EngineSettings) -> Self {
        let EngineSettings { limits, trusted, suggestions } = settings;
        let builder = if suggestions { builder() } else { builder().disable_suggestions() };
        let storage = sources.storage.clone();
        let schema = builder
            .data(sources.storage)
            .data(sources.search)
            .data(sources.sync_status)
            .data(sources.page_url)
            .finish();
        let sdl = print(&schema);
        Self {
            document_store: DocumentStore::new(limits.clone(), trusted),
            cost_model: CostModel::of(&sdl),
            schema,
            limits,
            storage,
            sdl: sdl.into(),
        }
    }

    /// Returns the schema in the schema definition language. It is printed once, because it does not change.
    pub fn sdl(&self) -> &Arc<str> {
        &self.sdl
    }

    /// Finds the document that a request names. The result has the key for a response cache.
    pub fn find(&self, params: RequestParams) -> Result<IdentifiedRequest, GraphqlResponse> {
        params.identify(&self.document_store)
    }

    /// Parses the document and checks it against the limits.
    pub fn operation(&self, request: IdentifiedRequest) -> Result<Operation, GraphqlResponse> {
        request.into_operation(&self.document_store, &self.cost_model, &self.limits)
    }

    /// Executes an operation at the revision of a view.
    pub async fn execute(&self, operation: Operation, view: ReadView) -> GraphqlResponse {
        self.execute_with_scheduler(operation, view, BatchScheduler::default()).await
    }

    async fn execute_with_scheduler(
        &self,
        operation: Operation,
        view: ReadView,
        scheduler: BatchScheduler,
    ) -> GraphqlResponse {
        let Operation { request, name, .. } = operation;
        let time_limit = self.limits.execution_timeout;
        let revision = view.revision().number;
        let request_context = Arc::new(RequestContext::new(view, scheduler.clone()));
        let executing = self.schema.execute(request.data(Arc::clone(&request_context)));
        let execution = AssertUnwindSafe(drive_to_completion(executing, scheduler)).catch_unwind();
        match tokio::time::timeout(time_limit, execution).await {
            Ok(Ok(response)) => {
                let response = GraphqlResponse::from_execution(response, revision);
                if request_context.is_uncacheable() { response } else { response.cacheable() }
            }
            Ok(Err(_)) => {
                tracing::error!(graphql.operation = name, "resolver panicked");
                panicked()
            }
            Err(_) => timeout_response(time_limit),
        }
    }

    /// Executes an operation and adds a report. `cache` receives whether the response is cacheable, and returns what the
    /// response cache did.
    pub async fn explain(
        &self,
        operation: Operation,
        view: ReadView,
        cache: impl FnOnce(bool) -> &'static str,
    ) -> GraphqlResponse {
        let (started, complexity) = (Instant::now(), operation.complexity);
        let scheduler = BatchScheduler::default();
        let executing = Box::pin(self.execute_with_scheduler(operation, view, scheduler.clone()));
        let (response, statements) = record_statements(executing).await;
        let cache = cache(response.is_cacheable());
        let explanation =
            Explanation::new(complexity, cache, scheduler.spawned_count(), statements, started.elapsed());
        response.with_explanation(explanation)
    }

    /// Executes a subscription. The stream has one response per event. Events are logged under the span.
    pub fn subscribe(&self, operation: Operation, span: Span) -> BoxStream<'static, GraphqlResponse> {
        let scheduler = BatchScheduler::default();
        let request_context = Arc::new(RequestContext::new(self.storage.cached_latest(), scheduler.clone()));
        let request = operation.request.data(Arc::clone(&request_context));
        let responses = Box::pin(self.schema.execute_stream(request));
        let next = move |responses| {
            let (scheduler, request_context) = (scheduler.clone(), Arc::clone(&request_context));
            let execution = async move {
                let mut responses: BoxStream<'static, _> = responses?;
                match AssertUnwindSafe(drive_to_completion(responses.next(), scheduler)).catch_unwind().await
                {
                    Ok(response) => Some((
                        GraphqlResponse::from_execution(response?, request_context.revision()),
                        Some(responses),
                    )),
                    Err(_) => {
                        tracing::error!("resolver panicked");
                        Some((panicked(), None))
                    }
                }
            };
            execution.instrument(span.clone())
        };
        let responses: BoxStream<'static, _> = responses;
        Box::pin(stream::unfold(Some(responses), next))
    }
}

fn panicked() -> GraphqlResponse {
    let message = "Internal server error.";
    GraphqlResponse::http_error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
}

fn timeout_response(time_limit: Duration) -> GraphqlResponse {
    let message = format!("The operation exceeded the time limit of {} s.", time_limit.as_secs_f32());
    GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Timeout, message)
}
