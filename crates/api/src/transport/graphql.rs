//! `/graphql`: GraphQL over HTTP.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use futures_util::FutureExt;
use passerelle_document::sync::RevisionNumber;
use passerelle_storage::StorageError;

use super::Shared;
use super::accept::{MediaType, negotiate};
use super::answer::Answer;
use super::live::{events, not_upgraded, upgraded, wants_events};
use super::request::{self, Operation, Params};
use crate::context::Scopes;
use crate::error::Code;
use crate::loader::{Batches, drive};

/// The largest body of a POST, in bytes: three times the largest document, for its variables.
const MAX_BODY: usize = 100 * 1024;
/// How much of a larger body is still taken in, so that its sender is there to hear that it was too large.
const MAX_HEARD: usize = 1024 * 1024;
/// An answer that takes longer is given up.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A WebSocket at an address of its own.
pub(super) async fn socket(
    State(shared): State<Shared>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> HttpResponse {
    match upgrade {
        Ok(upgrade) => upgraded(shared, upgrade),
        Err(_) => not_upgraded(),
    }
}

/// A request in the query string. Only queries: a link must not change anything.
pub(super) async fn get(
    State(shared): State<Shared>,
    method: Method,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> HttpResponse {
    if let Ok(upgrade) = upgrade {
        return upgraded(shared, upgrade);
    }
    let log = AccessLog::start(method);
    let is_live = wants_events(&headers);
    let media = negotiate(&headers).or(is_live.then_some(MediaType::Json));
    let Some(media) = media else { return log.end(None, not_acceptable(), MediaType::Json) };
    let operation = request::from_query(pairs).and_then(Params::operation);
    let (name, answer) = match operation {
        Ok(operation) if is_live && operation.kind != OperationType::Mutation => {
            return log.live(&shared, operation);
        }
        Ok(operation) if operation.kind != OperationType::Query => {
            let message = "GET answers queries only: send this operation as POST.";
            (operation.name, Answer::failed(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message))
        }
        Ok(operation) => execute(&shared, operation).await,
        Err(answer) => (None, answer),
    };
    log.end(name.as_deref(), answer, media)
}

/// A request in the body.
pub(super) async fn post(
    State(shared): State<Shared>,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> HttpResponse {
    let log = AccessLog::start(method);
    let is_live = wants_events(&headers);
    let media = negotiate(&headers).or(is_live.then_some(MediaType::Json));
    let Some(media) = media else { return log.end(None, not_acceptable(), MediaType::Json) };
    if let Err(answer) = request::assert_json(&headers) {
        return log.end(None, answer, media);
    }
    // Whoever sends nothing more must not keep the service from stopping.
    let body = match tokio::time::timeout(TIMEOUT, axum::body::to_bytes(body, MAX_HEARD)).await {
        Ok(Ok(body)) if body.len() <= MAX_BODY => body,
        Ok(_) => {
            let message = format!("The body has more than {MAX_BODY} bytes, or was cut short.");
            let answer = Answer::failed(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, message);
            return log.end(None, answer, media);
        }
        Err(_) => {
            let message = format!("The body did not arrive in {} s.", TIMEOUT.as_secs());
            let answer = Answer::failed(StatusCode::REQUEST_TIMEOUT, Code::BadRequest, message);
            return log.end(None, answer, media);
        }
    };
    let (name, answer) = match request::from_body(&body).and_then(Params::operation) {
        Ok(operation) if is_live => return log.live(&shared, operation),
        Ok(operation) if operation.kind == OperationType::Subscription => {
            let message = "Subscriptions are answered over WebSocket, or as `Accept: text/event-stream`.";
            (operation.name, Answer::failed(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message))
        }
        Ok(operation) => execute(&shared, operation).await,
        Err(answer) => (None, answer),
    };
    log.end(name.as_deref(), answer, media)
}

/// Any other method.
pub(super) async fn other(method: Method, headers: HeaderMap) -> HttpResponse {
    let log = AccessLog::start(method);
    let media = negotiate(&headers).unwrap_or(MediaType::Json);
    let answer =
        Answer::failed(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "Send GraphQL as GET or POST.");
    let mut response = log.end(None, answer, media);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// Answers an operation at the newest revision, and gives its name back.
async fn execute(shared: &Shared, operation: Operation) -> (Option<String>, Answer) {
    let Operation { request, name, .. } = operation;
    let view = shared.state.storage.newest();
    let revision: RevisionNumber = view.revision().number;
    let batches = Batches::default();
    let executing = shared.schema.execute(request.data(Arc::new(Scopes::new(view, batches.clone()))));
    let driven = AssertUnwindSafe(drive(executing, batches)).catch_unwind();
    let answer = match tokio::time::timeout(TIMEOUT, driven).await {
        Ok(Ok(response)) => Answer::executed(response, revision),
        Ok(Err(_)) => {
            tracing::error!(graphql.operation = name, "a resolver panicked");
            let message = "The server failed to answer.";
            Answer::failed(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message)
        }
        Err(_) => {
            let message = format!("The answer took more than {} s.", TIMEOUT.as_secs());
            Answer::failed(StatusCode::SERVICE_UNAVAILABLE, Code::Timeout, message)
        }
    };
    (name, answer)
}

/// The content cannot be read at all.
pub(super) fn unreadable(error: &StorageError) -> Answer {
    tracing::error!(%error, "the newest revision cannot be read");
    let message = "The content cannot be read at the moment.";
    Answer::failed(StatusCode::SERVICE_UNAVAILABLE, Code::Internal, message)
}

fn not_acceptable() -> Answer {
    let message = "Answers are `application/graphql-response+json` or `application/json`.";
    Answer::failed(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message)
}

/// One line a request.
struct AccessLog {
    method: Method,
    started: Instant,
}

impl AccessLog {
    fn start(method: Method) -> Self {
        Self { method, started: Instant::now() }
    }

    /// Answers as a stream, which has no end to wait for.
    fn live(self, shared: &Shared, operation: Operation) -> HttpResponse {
        tracing::info!(http.method = %self.method, graphql.operation = operation.name, "answering as events");
        events(shared, operation)
    }

    fn end(self, operation: Option<&str>, answer: Answer, media: MediaType) -> HttpResponse {
        tracing::info!(
            http.method = %self.method,
            http.status = answer.status(media).as_u16(),
            graphql.operation = operation,
            graphql.errors = answer.error_count(),
            took_us = self.started.elapsed().as_micros(),
            "answered"
        );
        answer.into_http(media)
    }
}
