//! Operations that answer more than once: over Server-Sent Events and over WebSocket.
//!
//! SSE by the protocol of `graphql-sse` in distinct connections mode
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>), WebSocket by `graphql-transport-ws`
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::http::{WebSocket as Protocol, WebSocketProtocols, WsMessage};
use async_graphql::{Data, Executor, Request, Response};
use axum::body::{Body, Bytes};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response as HttpResponse;
use futures_util::future::Either;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use futures_util::{SinkExt, future};

use super::Shared;
use super::accept::MediaType;
use super::answer::Answer;
use super::execution::unreadable;
use super::request::{Operation, Params};
use crate::code::Code;
use crate::context::Scopes;
use crate::loader::{Batches, drive};

/// A stream in which nothing happens says so this often, so that nobody on the way takes it for dead.
const HEARTBEAT: Duration = Duration::from_secs(12);
/// The name of the protocol over WebSocket.
const PROTOCOL: &str = "graphql-transport-ws";
/// The close code of an endpoint that goes away (RFC 6455, section 7.4.1).
const GOING_AWAY: u16 = 1001;

/// Whether a client asks for Server-Sent Events.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

/// The answers to an operation, each read at the newest revision there is.
pub(super) fn answers(
    shared: &Shared,
    operation: Operation,
) -> impl Stream<Item = Answer> + Send + 'static + use<> {
    let shared = shared.clone();
    let opening = async move {
        let view = match shared.state.storage.latest().await {
            Ok(view) => view,
            Err(error) => return Either::Left(stream::iter([unreadable(&error)])),
        };
        let batches = Batches::default();
        let scopes = Arc::new(Scopes::new(view, batches.clone()));
        let request = operation.request.data(Arc::clone(&scopes));
        let responses: BoxStream<'static, Response> = Box::pin(shared.schema.execute_stream(request));
        Either::Right(stream::unfold(responses, move |mut responses| {
            let (batches, scopes) = (batches.clone(), Arc::clone(&scopes));
            async move {
                let response = drive(responses.next(), batches).await?;
                Some((Answer::executed(response, scopes.revision()), responses))
            }
        }))
    };
    stream::once(opening).flatten()
}

/// Answers an operation as a stream of events.
pub(super) fn events(shared: &Shared, operation: Operation) -> HttpResponse {
    let next = |answer: Answer| Bytes::from(format!("event: next\ndata: {}\n\n", answer.to_json()));
    let complete = stream::once(future::ready(Bytes::from_static(b"event: complete\ndata: \n\n")));
    let events = Box::pin(answers(shared, operation).map(next).chain(complete));
    let alive = stream::unfold(events, |mut events| async move {
        match tokio::time::timeout(HEARTBEAT, events.next()).await {
            Ok(event) => event.map(|event| (event, events)),
            // A comment, which clients pass over.
            Err(_) => Some((Bytes::from_static(b":\n\n"), events)),
        }
    });
    let mut response = HttpResponse::new(Body::from_stream(alive.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Proxies such as nginx hold streams back otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Opens a WebSocket, for the one protocol that is spoken.
pub(super) fn upgraded(shared: Shared, upgrade: WebSocketUpgrade) -> HttpResponse {
    let upgrade = upgrade.protocols([PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Answer::failed(StatusCode::BAD_REQUEST, Code::BadRequest, expectation())
            .into_http(MediaType::Json);
    }
    upgrade.on_upgrade(move |socket| serve(shared, socket))
}

/// What a client hears that opens no WebSocket where there is nothing else.
pub(super) fn not_upgraded() -> HttpResponse {
    Answer::failed(StatusCode::UPGRADE_REQUIRED, Code::BadRequest, expectation()).into_http(MediaType::Json)
}

fn expectation() -> String {
    format!("Open a WebSocket here, with the subprotocol `{PROTOCOL}`.")
}

/// Speaks with one client until it goes or the service stops.
async fn serve(shared: Shared, socket: WebSocket) {
    let (mut sender, receiver) = socket.split();
    let messages = receiver.filter_map(|message| {
        future::ready(match message {
            Ok(Message::Text(text)) => Some(text.as_bytes().to_vec()),
            Ok(Message::Binary(bytes)) => Some(bytes.to_vec()),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) | Err(_) => None,
        })
    });
    let mut stopping = shared.state.sync.clone();
    let executor = LiveExecutor(shared);
    let mut answers = Box::pin(Protocol::new(executor, messages, WebSocketProtocols::GraphQLWS));
    loop {
        let message = tokio::select! {
            message = answers.next() => message,
            // The worker ends when the service is told to stop.
            () = ended(&mut stopping) => Some(WsMessage::Close(GOING_AWAY, "the service stops".to_owned())),
        };
        let sent = match message {
            None => break,
            Some(WsMessage::Text(text)) => sender.send(Message::Text(text.into())).await,
            Some(WsMessage::Close(code, reason)) => {
                let frame = CloseFrame { code, reason: reason.into() };
                drop(sender.send(Message::Close(Some(frame))).await);
                break;
            }
        };
        if sent.is_err() {
            break;
        }
    }
}

async fn ended<T>(channel: &mut tokio::sync::watch::Receiver<T>) {
    while channel.changed().await.is_ok() {}
}

/// Runs the operations of a WebSocket as those of requests are run: guarded, each with its own revision and loaders.
#[derive(Clone)]
struct LiveExecutor(Shared);

impl Executor for LiveExecutor {
    async fn execute(&self, request: Request) -> Response {
        let mut answers = Box::pin(self.execute_stream(request, None));
        answers.next().await.unwrap_or_default()
    }

    fn execute_stream(&self, request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        match self.0.operation(Params::of(request)) {
            Ok(operation) => Box::pin(answers(&self.0, operation).map(Answer::into_response)),
            Err(answer) => Box::pin(stream::iter([answer.into_response()])),
        }
    }
}
