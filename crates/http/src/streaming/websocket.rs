//! WebSocket handshake: checks the origin and the subprotocol, then runs a session.

use std::net::IpAddr;

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{DocumentAccess, ErrorCode, EventPosition, GraphqlResponse};

use super::close_reason::CloseReason;
use super::protocol::SUBPROTOCOL;
use super::response_stream::response_stream;
use super::session::{MAX_MESSAGE_BYTES, Session, close_socket};
use super::stream_limiter::RETRY_AFTER_SECONDS;
use super::stream_metrics::Transport;
use crate::accept::MediaType;
use crate::exchange::PeerAddress;
use crate::rendered::rate_limited_response;
use crate::rendered::to_http;
use crate::state::AppState;

/// Read buffer per WebSocket in bytes. Messages of clients are small, and each open WebSocket has its own
/// buffer.
const READ_BUFFER_BYTES: usize = 8 * 1024;
/// Maximum message size of the WebSocket library in bytes.
///
/// Larger than [`MAX_MESSAGE_BYTES`], so that a message that is slightly too large is read completely and the
/// client receives the close code 1009.
const MAX_READ_BYTES: usize = 2 * MAX_MESSAGE_BYTES;

/// Accepts a WebSocket. Answers 403 if the origin is neither the own origin nor an allowed one.
pub(crate) fn accept_websocket(
    state: AppState,
    headers: &HeaderMap,
    peer: PeerAddress,
    upgrade: WebSocketUpgrade,
) -> HttpResponse {
    if let Some(origin) = headers.get(header::ORIGIN)
        && !is_same_origin(origin, headers)
        && !state.settings().allowed_origins.allows(origin)
    {
        let message = "WebSocket connections from this origin are not allowed.";
        let response =
            GraphqlResponse::http_error(StatusCode::FORBIDDEN, ErrorCode::OriginNotAllowed, message);
        return to_http(&response, MediaType::Json);
    }
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        // Messages are written without a buffer. A buffer would hold one more message per slow client.
        .write_buffer_size(0)
        .max_message_size(MAX_READ_BYTES)
        .max_frame_size(MAX_READ_BYTES);
    let is_subprotocol_supported = upgrade.selected_protocol().is_some();
    let client = state.rate_limiter().client_address(headers, peer.ok().map(|info| info.0.ip()));
    let access = state.settings().document_access(headers);
    let permit = match state.stream_limiter().acquire(client) {
        Ok(permit) => permit,
        Err(rejected) => {
            let mut response = to_http(&rejected.response(), MediaType::Json);
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
            return response;
        }
    };
    // Shutdown waits until this token is dropped.
    let token = state.websocket_tasks().token();
    upgrade.on_upgrade(async move |socket| {
        let _open = (permit, token, state.stream_metrics().track_websocket());
        if is_subprotocol_supported {
            run_session(state, (client, access), socket).await;
        } else {
            close_socket(socket, Some(CloseReason::SubprotocolNotAcceptable)).await;
        }
    })
}

async fn run_session(state: AppState, (client, access): (Option<IpAddr>, DocumentAccess), socket: WebSocket) {
    let shutdown = state.shutdown().clone();
    let start_operation = move |params| {
        let id = state.request_ids().generate();
        let operation = state.prepare_operation(params, access).and_then(|operation| {
            state
                .rate_limiter()
                .charge_client(client, operation.complexity.cost)
                .map_err(rate_limited_response)?;
            Ok(operation)
        });
        let started = operation.and_then(|operation| {
            let client = (client, id.clone());
            // The protocol has no ids of events.
            response_stream(&state, operation, Transport::WebSocket, client, EventPosition::default())
        });
        match started {
            Ok(responses) => Ok(responses),
            Err(response) => {
                response.error_codes().for_each(|code| state.http_metrics().count_error(code));
                tracing::debug!(http.request_id = id.as_str(), "websocket operation rejected");
                Err(response.with_request_id(id.as_str()))
            }
        }
    };
    Session::new(socket, shutdown, start_operation).run().await;
}

/// Returns true if the origin has the host and port of the `Host` header.
///
/// The scheme is not compared: behind a proxy that terminates TLS it is unknown here.
fn is_same_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let (Some(host), Ok(origin)) = (host, origin.to_str()) else { return false };
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let without_default_port =
        |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    without_default_port(authority) == without_default_port(host)
}

/// Returns the response to a request to `/graphql/ws` that is not a WebSocket handshake (status 426).
pub(crate) fn upgrade_required() -> HttpResponse {
    let message = format!("Open a WebSocket with the subprotocol `{SUBPROTOCOL}`.");
    let response = GraphqlResponse::http_error(StatusCode::UPGRADE_REQUIRED, ErrorCode::BadRequest, message);
    let mut response = to_http(&response, MediaType::Json);
    response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_origin_compares_the_host_and_default_port() {
        let is_same = |origin: &'static str, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_same_origin(&HeaderValue::from_static(origin), &headers)
        };
        assert!(is_same("https://jardin.example", "jardin.example"));
        assert!(is_same("http://localhost:8080", "LOCALHOST:8080"));
        assert!(is_same("https://jardin.example", "jardin.example:443"));
        for foreign in [
            "https://autre.example",
            "https://jardin.example:444",
            "null",
            "",
            "file://",
            "ftp://jardin.example",
        ] {
            assert!(!is_same(foreign, "jardin.example"), "{foreign}");
        }
        assert!(!is_same("https://jardin.example", "jardin.example.evil.example"));
        assert!(!is_same_origin(&HeaderValue::from_static("https://a"), &HeaderMap::new()));
    }
}
