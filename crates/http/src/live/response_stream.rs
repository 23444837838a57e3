//! The answers to one operation: one to a query, to a subscription one an event.

use std::time::Instant;

use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use passerelle_api::{GraphqlResponse, Operation, OperationType};
use tracing::{Instrument, Span};

use super::super::AppState;
use super::super::request_id::RequestId;
use super::stream_metrics::{GaugeGuard, Transport};
use super::{Interrupted, ResponseStream, StreamMetrics};

/// How many digits of a document's checksum are told: enough to tell two apart.
const DOCUMENT_ID_DIGITS: usize = 16;

/// Answers an operation, each response at the latest revision. Subscriptions are interrupted when the service stops.
pub(in super::super) fn response_stream(
    shared: &AppState,
    operation: Operation,
    transport: Transport,
    id: RequestId,
) -> ResponseStream {
    let http_metrics = shared.http_metrics.clone();
    let mut active_operation = ActiveOperation::new(&shared.stream_metrics, &operation, transport, id);
    let span = active_operation.span();
    let is_subscription = operation.operation_type == OperationType::Subscription;
    let responses = if is_subscription {
        subscription_responses(shared, operation, span)
    } else {
        single_response(shared, operation, span)
    };
    Box::pin(responses.map_ok(move |response| {
        response.error_codes().for_each(|code| http_metrics.count_error(code));
        active_operation.record_response(response)
    }))
}

fn single_response(shared: &AppState, operation: Operation, span: Span) -> ResponseStream {
    let shared = shared.clone();
    let execution = async move {
        let view = shared.state.storage.cached_latest();
        Ok(shared.engine.execute(operation, view).await)
    };
    Box::pin(stream::once(execution.instrument(span)))
}

fn subscription_responses(shared: &AppState, operation: Operation, span: Span) -> ResponseStream {
    let shutdown = shared.state.shutdown.clone();
    let responses = shared.engine.subscribe(operation, span);
    let next = move |responses: Option<BoxStream<'static, GraphqlResponse>>| {
        let shutdown = shutdown.clone();
        async move {
            let mut responses = responses?;
            match shutdown.run_until_cancelled(responses.next()).await {
                None => Some((Err(Interrupted), None)),
                Some(response) => Some((Ok(response?), Some(responses))),
            }
        }
    };
    Box::pin(stream::unfold(Some(responses), next))
}

/// Whoever asked for an operation, while it is answered. GaugeGuard, and told of in one line of the log when it is over.
struct ActiveOperation {
    transport: Transport,
    id: RequestId,
    name: Option<String>,
    document: String,
    cost: usize,
    started: Instant,
    response_count: usize,
    error_count: usize,
    /// None for what has one response.
    _subscriber: Option<GaugeGuard>,
}

impl ActiveOperation {
    fn new(metrics: &StreamMetrics, operation: &Operation, transport: Transport, id: RequestId) -> Self {
        let is_subscription = operation.operation_type == OperationType::Subscription;
        Self {
            transport,
            id,
            name: operation.name.clone(),
            document: operation.document.to_string().chars().take(DOCUMENT_ID_DIGITS).collect(),
            cost: operation.complexity.cost,
            started: Instant::now(),
            response_count: 0,
            error_count: 0,
            _subscriber: is_subscription.then(|| metrics.track_subscriber(transport)),
        }
    }

    /// What is logged while the operation is answered says of which one.
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
        let took_us = self.started.elapsed().as_micros();
        tracing::info!(
            graphql.transport = self.transport.name(),
            http.request_id = self.id.as_str(),
            graphql.operation = self.name,
            graphql.document = self.document,
            graphql.cost = self.cost,
            graphql.responses = self.response_count,
            graphql.errors = self.error_count,
            took_us,
            "operation completed"
        );
    }
}
