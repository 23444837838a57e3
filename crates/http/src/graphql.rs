//! `/graphql`: GraphQL over HTTP.

use axum::body::{Body, Bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{ErrorCode, GraphqlResponse, OperationType};

use super::AppState;
use super::accept::MediaType;
use super::exchange::{Exchange, PeerAddress};
use super::live::{AcceptedFormats, accept_websocket, upgrade_required};
use super::request;
use crate::cache::to_http;

/// How much of a body that is too large is still taken in, so that its sender is there to hear that it was too large.
const MAX_DRAINED_BODY_BYTES: usize = 1024 * 1024;

const NOT_ACCEPTABLE: &str =
    "The response media types are `application/graphql-response+json` and `application/json`.";

/// A WebSocket at an address of its own.
pub(super) async fn websocket(
    State(shared): State<AppState>,
    peer: PeerAddress,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> HttpResponse {
    match upgrade {
        Ok(upgrade) => accept_websocket(shared, &headers, peer, upgrade),
        Err(_) => upgrade_required(),
    }
}

/// A request in the query string. Only queries: a link must not change anything.
pub(super) async fn get(
    State(shared): State<AppState>,
    method: Method,
    peer: PeerAddress,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> HttpResponse {
    if let Ok(upgrade) = upgrade {
        return accept_websocket(shared, &headers, peer, upgrade);
    }
    let accepted = AcceptedFormats::of(&headers);
    let Some(exchange) = Exchange::negotiate(&shared, method, &headers, peer, accepted) else {
        return not_acceptable();
    };
    let check_acceptable = |operation_type| {
        check_is_not_mutation(operation_type).and_then(|()| check_acceptable(accepted, operation_type))
    };
    match (request::from_query(pairs), accepted.required_stream_format()) {
        (Ok(params), Some(format)) => exchange.respond_only_stream(format, params, check_acceptable),
        (Ok(params), None) if accepted.accepts_streams() => exchange.respond(params, check_acceptable).await,
        (Ok(params), None) => exchange.respond(params, check_is_query).await,
        (Err(response), _) => exchange.respond_uncached(response),
    }
}

/// What GET responses.
fn check_is_query(operation_type: OperationType) -> Result<(), GraphqlResponse> {
    if operation_type == OperationType::Query { Ok(()) } else { Err(get_not_allowed()) }
}

/// What GET answers to those who listen.
fn check_is_not_mutation(operation_type: OperationType) -> Result<(), GraphqlResponse> {
    if operation_type == OperationType::Mutation { Err(get_not_allowed()) } else { Ok(()) }
}

fn get_not_allowed() -> GraphqlResponse {
    let message = "GET supports queries only. Send this operation with POST.";
    GraphqlResponse::http_error(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, message)
}

/// A request in the body.
pub(super) async fn post(
    State(shared): State<AppState>,
    method: Method,
    peer: PeerAddress,
    headers: HeaderMap,
    body: Body,
) -> HttpResponse {
    let accepted = AcceptedFormats::of(&headers);
    let Some(exchange) = Exchange::negotiate(&shared, method, &headers, peer, accepted) else {
        return not_acceptable();
    };
    if let Err(response) = request::check_content_type(&headers) {
        return exchange.respond_uncached(response);
    }
    let body_bytes = read_body(&shared, body).await;
    let check_acceptable = |operation_type| check_acceptable(accepted, operation_type);
    match (body_bytes.and_then(|body| request::from_body(&body)), accepted.required_stream_format()) {
        (Ok(params), Some(format)) => exchange.respond_only_stream(format, params, check_acceptable),
        (Ok(params), None) => exchange.respond(params, check_acceptable).await,
        (Err(response), _) => exchange.respond_uncached(response),
    }
}

/// What is answered in a format that the client takes.
fn check_acceptable(accepted: AcceptedFormats, operation_type: OperationType) -> Result<(), GraphqlResponse> {
    if accepted.accepts(operation_type) {
        return Ok(());
    }
    let message = match operation_type {
        OperationType::Subscription => {
            "Subscriptions are served over WebSocket, as `text/event-stream`, or as `multipart/mixed` with \
             `subscriptionSpec=1.0`."
        }
        OperationType::Query | OperationType::Mutation => NOT_ACCEPTABLE,
    };
    Err(GraphqlResponse::http_error(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, message))
}

/// Any other method.
pub(super) async fn method_not_allowed(
    State(shared): State<AppState>,
    method: Method,
    peer: PeerAddress,
    headers: HeaderMap,
) -> HttpResponse {
    let Some(exchange) = Exchange::negotiate(&shared, method, &headers, peer, AcceptedFormats::of(&headers))
    else {
        return not_acceptable();
    };
    let message = "Use GET or POST for GraphQL requests.";
    let mut response = exchange.respond_uncached(GraphqlResponse::http_error(
        StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::BadRequest,
        message,
    ));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// The whole body, if it is not too large and comes in time.
async fn read_body(shared: &AppState, body: Body) -> Result<Bytes, GraphqlResponse> {
    let limits = &shared.state.settings.limits;
    // Whoever sends nothing more must not keep the service from stopping.
    match tokio::time::timeout(
        limits.execution_timeout,
        axum::body::to_bytes(body, MAX_DRAINED_BODY_BYTES.max(limits.body_bytes)),
    )
    .await
    {
        Ok(Ok(body)) if body.len() <= limits.body_bytes => Ok(body),
        Ok(_) => {
            let message = format!("The request body exceeds {} bytes or is incomplete.", limits.body_bytes);
            Err(GraphqlResponse::http_error(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest, message))
        }
        Err(_) => {
            let message = format!(
                "The request body was not received within {} s.",
                limits.execution_timeout.as_secs_f32()
            );
            Err(GraphqlResponse::http_error(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadRequest, message))
        }
    }
}

/// What a client hears that accepts none of the media types of responses.
fn not_acceptable() -> HttpResponse {
    to_http(
        &GraphqlResponse::http_error(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, NOT_ACCEPTABLE),
        MediaType::Json,
    )
}
