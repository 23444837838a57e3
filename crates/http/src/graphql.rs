//! `/graphql`: GraphQL over HTTP.

use axum::body::{Body, Bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{Answer, Code, OperationType};

use super::Shared;
use super::accept::MediaType;
use super::exchange::{Exchange, Peer};
use super::live::{Wanted, not_upgraded, upgraded};
use super::request;
use crate::cache::to_http;

/// How much of a body that is too large is still taken in, so that its sender is there to hear that it was too large.
const MAX_HEARD: usize = 1024 * 1024;

const NOT_ACCEPTABLE: &str = "Answers are `application/graphql-response+json` or `application/json`.";

/// A WebSocket at an address of its own.
pub(super) async fn socket(
    State(shared): State<Shared>,
    peer: Peer,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> HttpResponse {
    match upgrade {
        Ok(upgrade) => upgraded(shared, &headers, peer, upgrade),
        Err(_) => not_upgraded(),
    }
}

/// A request in the query string. Only queries: a link must not change anything.
pub(super) async fn get(
    State(shared): State<Shared>,
    method: Method,
    peer: Peer,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> HttpResponse {
    if let Ok(upgrade) = upgrade {
        return upgraded(shared, &headers, peer, upgrade);
    }
    let wanted = Wanted::of(&headers);
    let Some(exchange) = Exchange::begin(&shared, method, &headers, peer, wanted) else {
        return not_acceptable();
    };
    let is_taken = |kind| is_read(kind).and_then(|()| is_taken(wanted, kind));
    match (request::from_query(pairs), wanted.only()) {
        (Ok(params), Some(form)) => exchange.only(form, params, is_taken),
        (Ok(params), None) if wanted.is_live() => exchange.answer(params, is_taken).await,
        (Ok(params), None) => exchange.answer(params, is_link).await,
        (Err(answer), _) => exchange.for_now(answer),
    }
}

/// What GET answers.
fn is_link(kind: OperationType) -> Result<(), Answer> {
    if kind == OperationType::Query { Ok(()) } else { Err(not_by_link()) }
}

/// What GET answers to those who listen.
fn is_read(kind: OperationType) -> Result<(), Answer> {
    if kind == OperationType::Mutation { Err(not_by_link()) } else { Ok(()) }
}

fn not_by_link() -> Answer {
    let message = "GET answers queries only: send this operation as POST.";
    Answer::failed(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message)
}

/// A request in the body.
pub(super) async fn post(
    State(shared): State<Shared>,
    method: Method,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> HttpResponse {
    let wanted = Wanted::of(&headers);
    let Some(exchange) = Exchange::begin(&shared, method, &headers, peer, wanted) else {
        return not_acceptable();
    };
    if let Err(answer) = request::assert_json(&headers) {
        return exchange.for_now(answer);
    }
    let read = read(&shared, body).await;
    let is_taken = |kind| is_taken(wanted, kind);
    match (read.and_then(|body| request::from_body(&body)), wanted.only()) {
        (Ok(params), Some(form)) => exchange.only(form, params, is_taken),
        (Ok(params), None) => exchange.answer(params, is_taken).await,
        (Err(answer), _) => exchange.for_now(answer),
    }
}

/// What is answered in a form that the client takes.
fn is_taken(wanted: Wanted, kind: OperationType) -> Result<(), Answer> {
    if wanted.takes(kind) {
        return Ok(());
    }
    let message = match kind {
        OperationType::Subscription => {
            "Subscriptions are answered over WebSocket, as `text/event-stream`, or as `multipart/mixed` with \
             `subscriptionSpec=1.0`."
        }
        OperationType::Query | OperationType::Mutation => NOT_ACCEPTABLE,
    };
    Err(Answer::failed(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message))
}

/// Any other method.
pub(super) async fn other(
    State(shared): State<Shared>,
    method: Method,
    peer: Peer,
    headers: HeaderMap,
) -> HttpResponse {
    let Some(exchange) = Exchange::begin(&shared, method, &headers, peer, Wanted::of(&headers)) else {
        return not_acceptable();
    };
    let message = "Send GraphQL as GET or POST.";
    let mut response =
        exchange.for_now(Answer::failed(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// The whole body, if it is not too large and comes in time.
async fn read(shared: &Shared, body: Body) -> Result<Bytes, Answer> {
    let limits = &shared.state.settings.limits;
    // Whoever sends nothing more must not keep the service from stopping.
    match tokio::time::timeout(limits.time, axum::body::to_bytes(body, MAX_HEARD.max(limits.body_bytes)))
        .await
    {
        Ok(Ok(body)) if body.len() <= limits.body_bytes => Ok(body),
        Ok(_) => {
            let message = format!("The body has more than {} bytes, or was cut short.", limits.body_bytes);
            Err(Answer::failed(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, message))
        }
        Err(_) => {
            let message = format!("The body did not arrive in {} s.", limits.time.as_secs_f32());
            Err(Answer::failed(StatusCode::REQUEST_TIMEOUT, Code::BadRequest, message))
        }
    }
}

/// What a client hears that accepts none of the media types of answers.
fn not_acceptable() -> HttpResponse {
    to_http(&Answer::failed(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, NOT_ACCEPTABLE), MediaType::Json)
}
