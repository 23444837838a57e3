//! The answers to one operation: one to a query, to a subscription one an event.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use axum::http::StatusCode;
use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tracing::{Instrument, Span};

use super::super::Shared;
use super::super::answer::Answer;
use super::super::execution::execute;
use super::super::request::Operation;
use super::super::request_id::RequestId;
use super::figures::{Counted, Transport};
use super::{Answers, Interrupted, LiveFigures};
use crate::code::Code;
use crate::context::Scopes;
use crate::loader::{Batches, drive};

/// How many digits of a document's checksum are told: enough to tell two apart.
const SHORT: usize = 16;

/// Answers an operation, each response at the latest revision. Subscriptions are interrupted when the service stops.
pub(in super::super) fn answers(
    shared: &Shared,
    operation: Operation,
    transport: Transport,
    id: RequestId,
) -> Answers {
    let figures = shared.figures.clone();
    let mut listener = Listener::new(&shared.live, &operation, transport, id);
    let span = listener.span();
    let is_live = operation.kind == OperationType::Subscription;
    let answers = if is_live { events(shared, operation, span) } else { once(shared, operation, span) };
    Box::pin(answers.map_ok(move |answer| {
        answer.codes().for_each(|code| figures.told(code));
        listener.told(answer)
    }))
}

fn once(shared: &Shared, operation: Operation, span: Span) -> Answers {
    let shared = shared.clone();
    let answering = async move {
        let view = shared.state.storage.newest();
        Ok(execute(&shared, operation, view).await)
    };
    Box::pin(stream::once(answering.instrument(span)))
}

fn events(shared: &Shared, operation: Operation, span: Span) -> Answers {
    let batches = Batches::default();
    let scopes = Arc::new(Scopes::new(shared.state.storage.newest(), batches.clone()));
    let request = operation.request.data(Arc::clone(&scopes));
    let responses = Box::pin(shared.schema.execute_stream(request));
    let stop = shared.state.stop.clone();
    let next = move |responses| {
        let (batches, scopes, stop) = (batches.clone(), Arc::clone(&scopes), stop.clone());
        let answering = async move {
            let mut responses: stream::BoxStream<'static, _> = responses?;
            let next = AssertUnwindSafe(drive(responses.next(), batches)).catch_unwind();
            match stop.run_until_cancelled(next).await {
                None => Some((Err(Interrupted), None)),
                Some(Ok(response)) => {
                    Some((Ok(Answer::executed(response?, scopes.revision())), Some(responses)))
                }
                Some(Err(_)) => {
                    tracing::error!("a resolver panicked");
                    let message = "The server failed to answer.";
                    let answer = Answer::failed(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message);
                    Some((Ok(answer), None))
                }
            }
        };
        answering.instrument(span.clone())
    };
    let responses: stream::BoxStream<'static, _> = responses;
    Box::pin(stream::unfold(Some(responses), next))
}

/// Whoever asked for an operation, while it is answered. Counted, and told of in one line of the log when it is over.
struct Listener {
    transport: Transport,
    id: RequestId,
    name: Option<String>,
    document: String,
    cost: usize,
    started: Instant,
    answer_count: usize,
    error_count: usize,
    /// None for what has one answer.
    _counted: Option<Counted>,
}

impl Listener {
    fn new(figures: &LiveFigures, operation: &Operation, transport: Transport, id: RequestId) -> Self {
        let is_live = operation.kind == OperationType::Subscription;
        Self {
            transport,
            id,
            name: operation.name.clone(),
            document: operation.document.to_string().chars().take(SHORT).collect(),
            cost: operation.tally.cost,
            started: Instant::now(),
            answer_count: 0,
            error_count: 0,
            _counted: is_live.then(|| figures.listening(transport)),
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

    fn told(&mut self, answer: Answer) -> Answer {
        self.answer_count += 1;
        self.error_count += answer.errors().len();
        answer.of_request(&self.id)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let took_us = self.started.elapsed().as_micros();
        tracing::info!(
            graphql.transport = self.transport.name(),
            http.request_id = self.id.as_str(),
            graphql.operation = self.name,
            graphql.document = self.document,
            graphql.cost = self.cost,
            graphql.answers = self.answer_count,
            graphql.errors = self.error_count,
            took_us,
            "answered"
        );
    }
}
