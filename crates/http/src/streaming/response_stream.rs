//! Responses of one streamed operation: one for a query, one per event for a subscription.

use std::net::IpAddr;
use std::task::Poll;

use futures_util::poll;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use passerelle_api::{EventPosition, GraphqlResponse, Operation, OperationKind};
use tokio::time::Instant;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::{Instrument, Span};

use super::stream_metrics::{GaugeGuard, StreamMetrics, Transport};
use super::types::{Interrupted, ResponseStream};
use crate::document_id::document_id;
use crate::request_id::RequestId;
use crate::state::AppState;

/// Returns the responses of an operation. Each one reads the latest revision.
///
/// A subscription ends with [`Interrupted`] when the service shuts down.
///
/// # Errors
/// Status 503 if the service has the maximum number of subscriptions.
pub(crate) fn response_stream(
    state: &AppState,
    operation: Operation,
    transport: Transport,
    (client, id): (Option<IpAddr>, RequestId),
    position: EventPosition,
) -> Result<ResponseStream, GraphqlResponse> {
    let is_subscription = operation.operation_type == OperationKind::Subscription;
    let permit = if is_subscription { Some(state.subscription_limiter().acquire()?) } else { None };
    let http_metrics = state.http_metrics().clone();
    let mut active_operation = ActiveOperation::new(state.stream_metrics(), &operation, transport, id);
    let span = active_operation.span();
    let responses = if is_subscription {
        subscription_responses(state, operation, position, span)
    } else {
        single_response(state, operation, client, span)
    };
    Ok(Box::pin(responses.map_ok(move |response| {
        let _held = &permit;
        response.error_codes().for_each(|code| http_metrics.count_error(code));
        active_operation.record_response(response)
    })))
}

fn single_response(
    state: &AppState,
    operation: Operation,
    client: Option<IpAddr>,
    span: Span,
) -> ResponseStream {
    let tasks = state.websocket_tasks().clone();
    let state = state.clone();
    let execution = async move {
        let view = state.storage().cached_latest();
        Ok(state.engine().execute(operation, view, client).await.without_permit())
    };
    Box::pin(stream::once(async move { run_to_completion(&tasks, execution.instrument(span)).await }))
}

/// Runs an execution in a task of its own if it has to wait.
///
/// A transport stops polling a stream while its client reads nothing. An execution that is not polled would
/// keep its permit and its database connection for all that time. Dropping the future aborts the task.
async fn run_to_completion<T: Send + 'static>(
    tasks: &TaskTracker,
    execution: impl Future<Output = Result<T, Interrupted>> + Send + 'static,
) -> Result<T, Interrupted> {
    let mut execution = Box::pin(execution);
    if let Poll::Ready(output) = poll!(&mut execution) {
        return output;
    }
    // A task fails only if it is aborted or panics. The engine catches panics of resolvers.
    AbortOnDropHandle::new(tasks.spawn(execution)).await.unwrap_or(Err(Interrupted))
}

fn subscription_responses(
    state: &AppState,
    operation: Operation,
    position: EventPosition,
    span: Span,
) -> ResponseStream {
    let (shutdown, tasks) = (state.shutdown().clone(), state.websocket_tasks().clone());
    let responses = state.engine().subscribe(operation, position, span);
    let next = move |responses: Option<BoxStream<'static, GraphqlResponse>>| {
        let (shutdown, tasks) = (shutdown.clone(), tasks.clone());
        async move {
            let mut responses = responses?;
            let next = run_to_completion(&tasks, async move {
                let response = responses.next().await;
                Ok((response, responses))
            });
            match shutdown.run_until_cancelled(next).await {
                None | Some(Err(Interrupted)) => Some((Err(Interrupted), None)),
                Some(Ok((response, responses))) => Some((Ok(response?), Some(responses))),
            }
        }
    };
    Box::pin(stream::unfold(Some(responses), next))
}

/// Running operation. Counted in the metrics while it runs; writes one log line when it is dropped.
struct ActiveOperation {
    transport: Transport,
    id: RequestId,
    name: Option<String>,
    document: String,
    cost: usize,
    started: Instant,
    response_count: usize,
    error_count: usize,
    /// `None` for queries and mutations.
    _subscriber: Option<GaugeGuard>,
}

impl ActiveOperation {
    fn new(metrics: &StreamMetrics, operation: &Operation, transport: Transport, id: RequestId) -> Self {
        let is_subscription = operation.operation_type == OperationKind::Subscription;
        Self {
            transport,
            id,
            name: operation.name.clone(),
            document: document_id(&operation.document),
            cost: operation.complexity.cost,
            started: Instant::now(),
            response_count: 0,
            error_count: 0,
            _subscriber: is_subscription.then(|| metrics.track_subscriber(transport)),
        }
    }

    /// Returns the span that adds the operation to all log lines of its execution.
    fn span(&self) -> Span {
        tracing::info_span!(
            "graphql",
            http.request_id = self.id.as_str(),
            graphql.operation = self.name,
            graphql.document = self.document,
            graphql.cost = self.cost,
        )
    }

    fn record_response(&mut self, response: GraphqlResponse) -> GraphqlResponse {
        self.response_count += 1;
        self.error_count += response.errors().len();
        response.with_request_id(self.id.as_str())
    }
}

impl Drop for ActiveOperation {
    fn drop(&mut self) {
        let elapsed_ms = self.started.elapsed().as_secs_f64() * 1_000.0;
        tracing::info!(
            graphql.transport = self.transport.name(),
            http.request_id = self.id.as_str(),
            graphql.operation = self.name,
            graphql.document = self.document,
            graphql.cost = self.cost,
            graphql.responses = self.response_count,
            graphql.errors = self.error_count,
            elapsed_ms,
            "operation completed"
        );
    }
}
