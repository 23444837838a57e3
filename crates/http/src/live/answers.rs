//! The answers to one operation: one to a query, to a subscription one an event.

use std::time::Instant;

use futures_util::stream::{self, StreamExt};
use passerelle_api::{Answer, Operation, OperationType};
use tracing::{Instrument, Span};

use super::super::Shared;
use super::super::request_id::RequestId;
use super::figures::{Counted, Transport};
use super::{Answers, LiveFigures};

/// How many digits of a document's checksum are told: enough to tell two apart.
const SHORT: usize = 16;

/// Answers an operation, each time at the newest revision there is. Subscriptions end when the service stops.
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
    Box::pin(answers.map(move |answer| {
        answer.codes().for_each(|code| figures.told(code));
        listener.told(answer)
    }))
}

fn once(shared: &Shared, operation: Operation, span: Span) -> Answers {
    let shared = shared.clone();
    let answering = async move {
        let view = shared.state.storage.newest();
        shared.engine.execute(operation, view).await
    };
    Box::pin(stream::once(answering.instrument(span)))
}

fn events(shared: &Shared, operation: Operation, span: Span) -> Answers {
    let stop = shared.state.stop.clone();
    Box::pin(shared.engine.subscribe(operation, span).take_until(stop.cancelled_owned()))
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
        answer.of_request(self.id.as_str())
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
