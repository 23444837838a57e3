//! Runs GraphQL operations. Every transport uses this one entry.
//!
//! The public functions return boxed futures and streams. The compiler generates the code of an `async fn` in
//! each crate that awaits it: without a box, each crate would compile all resolvers again.

use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, poll_fn};
use futures_util::stream::{self, BoxStream, StreamExt};
use http::StatusCode;
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::{ReadView, Storage, record_statements};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::change_batches::ChangeBatches;
use crate::context::RequestContext;
use crate::document_access::DocumentAccess;
use crate::document_store::DocumentStore;
use crate::error::ApiError;
use crate::error_code::ErrorCode;
use crate::event_position::EventPosition;
use crate::execution_queue::{ExecutionQueue, Lane};
use crate::explanation::Explanation;
use crate::limits::Limits;
use crate::loader::{BatchScheduler, drive_to_completion};
use crate::query_limits::{CostModel, Prices};
use crate::request::{IdentifiedRequest, Operation};
use crate::request_params::RequestParams;
use crate::response::GraphqlResponse;
use crate::response_bytes::{ResponseBudget, ResponseBytes};
use crate::schema::{ContentSchema, builder, print};
use crate::site_urls::SiteUrls;
use crate::trusted_documents::TrustedDocuments;
use crate::type_system;
use crate::value_check::InputTypes;

/// Data sources of the resolvers.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Storage with the published content.
    pub storage: Storage,
    /// Search index.
    pub search: Search,
    /// Patterns for the addresses of objects in front ends.
    pub site_urls: SiteUrls,
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
    /// Maximum size of the response cache in bytes, which the budget of all responses includes.
    pub response_cache_bytes: usize,
}

/// Parses, checks and executes operations.
pub struct Engine {
    schema: ContentSchema,
    document_store: DocumentStore,
    cost_model: CostModel,
    input_types: InputTypes,
    limits: Limits,
    storage: Storage,
    queue: ExecutionQueue,
    budget: ResponseBudget,
    sdl: Arc<str>,
}

impl Engine {
    /// Creates an engine that reads from these sources.
    pub fn new(sources: Sources, settings: EngineSettings) -> Self {
        let EngineSettings { limits, trusted, suggestions, response_cache_bytes } = settings;
        let builder = if suggestions { builder() } else { builder().disable_suggestions() };
        let storage = sources.storage.clone();
        let image_widths = sources.site_urls.image_widths().clone();
        let schema = builder
            .data(sources.storage)
            .data(sources.search)
            .data(sources.sync_status)
            .data(sources.site_urls)
            .data(ChangeBatches::default())
            .finish();
        let sdl = print(&schema);
        let types = type_system::parse(&sdl);
        Self {
            document_store: DocumentStore::new(limits.clone(), trusted),
            cost_model: CostModel::of(&types),
            input_types: InputTypes::of(types).with_image_widths(image_widths),
            schema,
            queue: ExecutionQueue::default(),
            budget: ResponseBudget::new(limits.all_responses_bytes.saturating_add(response_cache_bytes)),
            limits,
            storage,
            sdl: sdl.into(),
        }
    }

    /// Returns the schema in the schema definition language. It is printed once, because it does not change.
    pub fn sdl(&self) -> &Arc<str> {
        &self.sdl
    }

    /// Returns the queue of executions.
    pub fn queue(&self) -> &ExecutionQueue {
        &self.queue
    }

    /// Returns the budget of the bytes of all responses.
    pub fn budget(&self) -> &ResponseBudget {
        &self.budget
    }

    /// Finds the document that a request names. The result has the key for a response cache.
    pub fn find(&self, params: RequestParams) -> Result<IdentifiedRequest, GraphqlResponse> {
        params.identify(&self.document_store)
    }

    /// Parses the document and checks it against the limits. The operation will have this access to
    /// documents.
    pub fn operation(
        &self,
        request: IdentifiedRequest,
        access: DocumentAccess,
    ) -> Result<Operation, GraphqlResponse> {
        let prices = Prices { cost_model: &self.cost_model, largest_plan: self.storage.largest_plan() };
        request.into_operation(&self.document_store, prices, &self.input_types, &self.limits, access)
    }

    /// Executes an operation at the revision of a view, when it is the turn of its client.
    pub fn execute(
        &self,
        operation: Operation,
        view: ReadView,
        client: Option<IpAddr>,
    ) -> BoxFuture<'_, GraphqlResponse> {
        Box::pin(self.execute_with_scheduler(operation, view, client, BatchScheduler::default()))
    }

    async fn execute_with_scheduler(
        &self,
        operation: Operation,
        view: ReadView,
        client: Option<IpAddr>,
        scheduler: BatchScheduler,
    ) -> GraphqlResponse {
        if let Some(error) = operation.mutation_error() {
            return error;
        }
        let time_limit = self.limits.execution_timeout;
        let execution = async {
            let permit = match self.queue.acquire(Lane::of_cost(operation.complexity.cost), client).await {
                Ok(permit) => permit,
                Err(error) => return GraphqlResponse::of_error(&error),
            };
            let bytes = self.budget.start(self.limits.response_bytes);
            let response = self.execute_now(operation, view, scheduler, Arc::clone(&bytes)).await;
            response.holding(bytes, permit)
        };
        tokio::time::timeout(time_limit, execution).await.unwrap_or_else(|_| timeout_response(time_limit))
    }

    async fn execute_now(
        &self,
        operation: Operation,
        view: ReadView,
        scheduler: BatchScheduler,
        bytes: Arc<ResponseBytes>,
    ) -> GraphqlResponse {
        let Operation { request, name, document_access, .. } = operation;
        let revision = view.revision().number;
        let context = RequestContext::new(view, scheduler.clone(), Arc::clone(&bytes), self.queue.clone());
        let context = Arc::new(context.with_document_access(document_access));
        let executing = self.schema.execute(request.data(Arc::clone(&context)));
        let executing = until_failure(drive_to_completion(executing, scheduler), &bytes);
        match AssertUnwindSafe(executing).catch_unwind().await {
            Ok(Ok(response)) => match unavailability_of(&response) {
                Some(error) => GraphqlResponse::of_error(&error),
                None => {
                    let response = GraphqlResponse::from_execution(response, revision);
                    if context.is_uncacheable() { response } else { response.cacheable() }
                }
            },
            Ok(Err(error)) => GraphqlResponse::of_error(&error),
            Err(_) => {
                tracing::error!(graphql.operation = name, "resolver panicked");
                panicked()
            }
        }
    }

    /// Executes an operation and adds a report. `cache` receives whether the response is cacheable, and
    /// returns what the response cache did.
    pub fn explain<'a>(
        &'a self,
        operation: Operation,
        view: ReadView,
        client: Option<IpAddr>,
        cache: Box<dyn FnOnce(bool) -> &'static str + Send + 'a>,
    ) -> BoxFuture<'a, GraphqlResponse> {
        Box::pin(async move {
            let (started, complexity) = (Instant::now(), operation.complexity);
            let scheduler = BatchScheduler::default();
            let executing = self.execute_with_scheduler(operation, view, client, scheduler.clone());
            let (response, statements) = record_statements(Box::pin(executing)).await;
            let cache = cache(response.is_cacheable());
            let explanation =
                Explanation::new(complexity, cache, scheduler.spawned_count(), statements, started.elapsed());
            response.with_explanation(explanation)
        })
    }

    /// Executes a subscription. The stream has one response per event. Events are logged under the span. The
    /// subscription starts at a position that a client resumes, and sets the position of each event.
    pub fn subscribe(
        &self,
        operation: Operation,
        position: EventPosition,
        span: Span,
    ) -> BoxStream<'static, GraphqlResponse> {
        let scheduler = BatchScheduler::default();
        let (budget, limit) = (self.budget.clone(), self.limits.response_bytes);
        let view = self.storage.cached_latest();
        let context = RequestContext::new(view, scheduler.clone(), budget.start(limit), self.queue.clone());
        let request_context = Arc::new(context.with_document_access(operation.document_access));
        let request = operation.request.data(Arc::clone(&request_context)).data(position);
        let responses = Box::pin(self.schema.execute_stream(request));
        let next = move |responses| {
            let (scheduler, request_context) = (scheduler.clone(), Arc::clone(&request_context));
            let bytes = budget.start(limit);
            let execution = async move {
                let mut responses: BoxStream<'static, _> = responses?;
                request_context.start_event(Arc::clone(&bytes));
                let executing = until_failure(drive_to_completion(responses.next(), scheduler), &bytes);
                let executed = AssertUnwindSafe(executing).catch_unwind().await;
                request_context.end_event();
                match executed {
                    Ok(Ok(response)) => {
                        let response = response?;
                        let failure = unavailability_of(&response);
                        let response = match failure {
                            Some(error) => GraphqlResponse::of_error(&error),
                            None => GraphqlResponse::from_execution(response, request_context.revision()),
                        };
                        Some((response.counted_by(bytes), Some(responses)))
                    }
                    // The rest of the event is dropped, and with it the subscription.
                    Ok(Err(error)) => Some((GraphqlResponse::of_error(&error), None)),
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

/// Runs an execution until it is complete, or until its response exceeds a limit. The rest is then not
/// executed.
async fn until_failure<T>(execution: impl Future<Output = T>, bytes: &ResponseBytes) -> Result<T, ApiError> {
    let mut execution = pin!(execution);
    poll_fn(|context| {
        let polled = execution.as_mut().poll(context);
        match bytes.failure() {
            Some(failure) => Poll::Ready(Err(failure)),
            None => polled.map(Ok),
        }
    })
    .await
}

/// Returns the error of an execution that found no free reader, or no database. The whole response is then
/// replaced.
fn unavailability_of(response: &async_graphql::Response) -> Option<ApiError> {
    let mut sources = response.errors.iter().filter_map(|error| error.source::<ApiError>());
    sources.find(|error| matches!(error, ApiError::Overloaded | ApiError::DatabaseUnavailable)).cloned()
}

fn panicked() -> GraphqlResponse {
    let message = "Internal server error.";
    GraphqlResponse::http_error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
}

fn timeout_response(time_limit: Duration) -> GraphqlResponse {
    let message = format!("The operation exceeded the time limit of {} s.", time_limit.as_secs_f32());
    GraphqlResponse::http_error(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Timeout, message)
}
