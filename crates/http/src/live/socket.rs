//! How a WebSocket is opened: who may, and with which subprotocol.

use std::net::IpAddr;

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{Answer, Code};

use super::super::Shared;
use super::super::accept::MediaType;
use super::super::exchange::Peer;
use super::super::rate::too_much;
use super::answers::answers;
use super::close::Close;
use super::figures::Transport;
use super::protocol::PROTOCOL;
use super::session::{MAX_MESSAGE, Session, part};
use crate::cache::to_http;

/// What is read at once, of each socket that is open: messages are small.
const READ: usize = 8 * 1024;
/// What is taken in of a message that is too large, so that its sender is there to hear that it was.
const MAX_HEARD: usize = 2 * MAX_MESSAGE;

/// Opens a WebSocket.
pub(in super::super) fn upgraded(
    shared: Shared,
    headers: &HeaderMap,
    peer: Peer,
    upgrade: WebSocketUpgrade,
) -> HttpResponse {
    if let Some(origin) = headers.get(header::ORIGIN)
        && !is_own(origin, headers)
        && !shared.state.settings.origins.allow(origin)
    {
        let message = "Pages of this origin may not open a WebSocket here.";
        let answer = Answer::failed(StatusCode::FORBIDDEN, Code::OriginNotAllowed, message);
        return to_http(&answer, MediaType::Json);
    }
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ)
        // Each message is handed over at once: one that waits here would be one more that is held for a slow client.
        .write_buffer_size(0)
        .max_message_size(MAX_HEARD)
        .max_frame_size(MAX_HEARD);
    let is_spoken = upgrade.selected_protocol().is_some();
    let client = shared.rates.client(headers, peer.ok().map(|info| info.0.ip()));
    // The service ends when the last socket did.
    let token = shared.sockets.token();
    upgrade.on_upgrade(async move |socket| {
        let _open = (token, shared.live.opened());
        if is_spoken {
            serve(shared, client, socket).await;
        } else {
            part(socket, Some(Close::Subprotocol)).await;
        }
    })
}

/// Speaks with one client.
async fn serve(shared: Shared, client: Option<IpAddr>, socket: WebSocket) {
    let stop = shared.state.stop.clone();
    let begin = move |params| {
        let id = shared.request_ids.given();
        let operation = shared.operation(params).and_then(|operation| {
            shared.rates.charge_client(client, operation.tally.cost).map_err(too_much)?;
            Ok(operation)
        });
        match operation {
            Ok(operation) => Ok(answers(&shared, operation, Transport::WebSocket, id)),
            Err(answer) => {
                answer.codes().for_each(|code| shared.figures.told(code));
                tracing::debug!(http.request_id = id.as_str(), "an operation of a socket is refused");
                Err(answer.of_request(id.as_str()))
            }
        }
    };
    Session::new(socket, stop, begin).run().await;
}

/// Whether an origin is that of the service itself: the host that the request names. Behind a proxy that speaks TLS the
/// scheme cannot be known here.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let (Some(host), Ok(origin)) = (host, origin.to_str()) else { return false };
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let bare = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    bare(authority) == bare(host)
}

/// What a client hears that opens no WebSocket where there is nothing else.
pub(in super::super) fn not_upgraded() -> HttpResponse {
    let message = format!("Open a WebSocket here, with the subprotocol `{PROTOCOL}`.");
    let answer = Answer::failed(StatusCode::UPGRADE_REQUIRED, Code::BadRequest, message);
    let mut response = to_http(&answer, MediaType::Json);
    response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_origin_is_that_of_the_host_that_is_asked() {
        let own = |origin: &'static str, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_own(&HeaderValue::from_static(origin), &headers)
        };
        assert!(own("https://jardin.example", "jardin.example"));
        assert!(own("http://localhost:8080", "LOCALHOST:8080"));
        assert!(own("https://jardin.example", "jardin.example:443"));
        for foreign in [
            "https://autre.example",
            "https://jardin.example:444",
            "null",
            "",
            "file://",
            "ftp://jardin.example",
        ] {
            assert!(!own(foreign, "jardin.example"), "{foreign}");
        }
        assert!(!own("https://jardin.example", "jardin.example.evil.example"));
        assert!(!is_own(&HeaderValue::from_static("https://a"), &HeaderMap::new()));
    }
}
