//! Handlers of `/graphql` and `/graphql/ws`.

use std::error::Error as _;

use axum::body::{Body, Bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use headers::{ContentLength, HeaderMapExt};
use http_body_util::LengthLimitError;
use passerelle_api::{ErrorCode, GraphqlResponse, OperationKind};

use super::accept::MediaType;
use super::exchange::{Exchange, PeerAddress};
use super::request;
use super::state::AppState;
use super::streaming::{AcceptedFormats, accept_websocket, upgrade_required};
use crate::rendered::to_http;

const NOT_ACCEPTABLE: &str =
    "The response media types are `application/graphql-response+json` and `application/json`.";

/// Handles `/graphql/ws`, which accepts only WebSockets.
pub(super) async fn websocket(
    State(state): State<AppState>,
    peer: PeerAddress,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> HttpResponse {
    match upgrade {
        Ok(upgrade) => accept_websocket(state, &headers, peer, upgrade),
        Err(_) => upgrade_required(),
    }
}

/// Handles GET. Rejects mutations, because GET must be safe. Accepts subscriptions from clients that accept
/// streams.
pub(super) async fn get(
    State(state): State<AppState>,
    method: Method,
    peer: PeerAddress,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> HttpResponse {
    if let Ok(upgrade) = upgrade {
        return accept_websocket(state, &headers, peer, upgrade);
    }
    let accepted = AcceptedFormats::of(&headers);
    let Some(exchange) = Exchange::negotiate(&state, method, &headers, peer, accepted) else {
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

/// Accepts queries only.
fn check_is_query(operation_type: OperationKind) -> Result<(), GraphqlResponse> {
    if operation_type == OperationKind::Query { Ok(()) } else { Err(get_not_allowed()) }
}

/// Accepts queries and subscriptions.
fn check_is_not_mutation(operation_type: OperationKind) -> Result<(), GraphqlResponse> {
    if operation_type == OperationKind::Mutation { Err(get_not_allowed()) } else { Ok(()) }
}

fn get_not_allowed() -> GraphqlResponse {
    let message = "GET supports queries only. Send this operation with POST.";
    GraphqlResponse::http_error(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, message)
}

/// Handles POST with a JSON body.
pub(super) async fn post(
    State(state): State<AppState>,
    method: Method,
    peer: PeerAddress,
    headers: HeaderMap,
    body: Body,
) -> HttpResponse {
    let accepted = AcceptedFormats::of(&headers);
    let Some(exchange) = Exchange::negotiate(&state, method, &headers, peer, accepted) else {
        return not_acceptable();
    };
    if let Err(response) = request::check_content_type(&headers) {
        return exchange.respond_uncached(response);
    }
    if let Err(response) = request::check_content_encoding(&headers) {
        let mut response = exchange.respond_uncached(response);
        response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        return response;
    }
    let body_bytes = read_body(&state, &headers, body).await;
    let check_acceptable = |operation_type| check_acceptable(accepted, operation_type);
    match (body_bytes.and_then(|body| request::from_body(&body)), accepted.required_stream_format()) {
        (Ok(params), Some(format)) => exchange.respond_only_stream(format, params, check_acceptable),
        (Ok(params), None) => exchange.respond(params, check_acceptable).await,
        (Err(response), _) => exchange.respond_uncached(response),
    }
}

/// Checks that the client accepts a format of this operation type.
fn check_acceptable(accepted: AcceptedFormats, operation_type: OperationKind) -> Result<(), GraphqlResponse> {
    if accepted.accepts(operation_type) {
        return Ok(());
    }
    let message = match operation_type {
        OperationKind::Subscription => {
            "Subscriptions are served over WebSocket, as `text/event-stream`, or as `multipart/mixed` with \
             `subscriptionSpec=1.0`."
        }
        OperationKind::Query | OperationKind::Mutation => NOT_ACCEPTABLE,
    };
    Err(GraphqlResponse::http_error(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, message))
}

/// Answers 405 to every other method.
pub(super) async fn method_not_allowed(
    State(state): State<AppState>,
    method: Method,
    peer: PeerAddress,
    headers: HeaderMap,
) -> HttpResponse {
    let Some(exchange) = Exchange::negotiate(&state, method, &headers, peer, AcceptedFormats::of(&headers))
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

/// Reads the request body.
///
/// # Errors
/// Status 413 if the body exceeds the limit, before it is read if the client has announced its size. Status
/// 400 if it ends early, and 408 if it does not arrive in time.
async fn read_body(state: &AppState, headers: &HeaderMap, body: Body) -> Result<Bytes, GraphqlResponse> {
    let limits = &state.settings().limits;
    let too_large = || {
        let message = format!("The request body exceeds {} bytes.", limits.body_bytes);
        GraphqlResponse::http_error(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest, message)
    };
    // A number that is too large for 64 bits is rejected by hyper.
    let announced = headers.typed_get::<ContentLength>().map_or(0, |length| length.0);
    if announced > limits.body_bytes as u64 {
        return Err(too_large());
    }
    // Without the timeout, a client that stops sending would block the shutdown.
    let reading = axum::body::to_bytes(body, limits.body_bytes);
    match tokio::time::timeout(limits.execution_timeout, reading).await {
        Ok(body) => body.map_err(|error| {
            let limit_error = error.source().and_then(|source| source.downcast_ref::<LengthLimitError>());
            if limit_error.is_some() {
                return too_large();
            }
            let message = "The request body is incomplete.";
            GraphqlResponse::http_error(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
        }),
        Err(_) => {
            let message = format!(
                "The request body was not received within {} s.",
                limits.execution_timeout.as_secs_f32()
            );
            Err(GraphqlResponse::http_error(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadRequest, message))
        }
    }
}

/// Returns status 406.
fn not_acceptable() -> HttpResponse {
    to_http(
        &GraphqlResponse::http_error(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, NOT_ACCEPTABLE),
        MediaType::Json,
    )
}
