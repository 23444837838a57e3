//! Session of one WebSocket: reads messages, sends responses in order, and enforces timeouts.

use std::collections::VecDeque;
use std::fmt::Display;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::Message;
use futures_util::{FutureExt, Sink, SinkExt, Stream, StreamExt};
use passerelle_api::{GraphqlResponse, RequestParams};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::close_reason::CloseReason;
use super::protocol::{Action, ProtocolState, ServerMessage};
use super::running_operations::{OperationEvent, RunningOperations};
use super::types::{HEARTBEAT_INTERVAL, Interrupted, ResponseStream};

/// Maximum time until `connection_init`. The reference server uses the same value.
const INIT_TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum size of a client message in bytes: twice the document limit, which leaves room for variables.
pub(super) const MAX_MESSAGE_BYTES: usize = 64_000;
/// Maximum number of queued messages. The session reads no more from the client while the queue is full.
///
/// The queue fills with replies to pings and with rejections. The next response is produced only when the
/// queue is empty.
const MAX_QUEUED_MESSAGES: usize = 16;
/// Maximum time for the closing handshake.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum time to finish queries and mutations after the start of the shutdown.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// WebSocket with its protocol state and running operations.
pub(super) struct Session<S, B> {
    socket: S,
    /// Validates and starts an operation.
    start_operation: B,
    protocol: ProtocolState,
    operations: RunningOperations,
    send_queue: VecDeque<Message>,
    /// True if the socket may contain messages that are not flushed.
    needs_flush: bool,
    timers: Timers,
    /// True if a message arrived since the last ping.
    seen_since_ping: bool,
}

struct Timers {
    /// `None` after `connection_init`.
    init_deadline: Option<Pin<Box<Sleep>>>,
    heartbeat: Interval,
    /// `None` after the shutdown has started.
    shutdown: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    /// `None` before the shutdown.
    drain_deadline: Option<Pin<Box<Sleep>>>,
}

enum SessionEvent {
    Message(Message),
    Response(OperationEvent),
    InitTimedOut,
    Heartbeat,
    ShutdownRequested,
    Drained,
    /// Reading from the socket failed. The text is the error.
    ReadFailed(String),
    Disconnected,
}

impl<S, B, E> Session<S, B>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message, Error = E> + Unpin,
    B: FnMut(RequestParams) -> Result<ResponseStream, GraphqlResponse>,
    E: Display,
{
    /// Creates a session and starts the timeout for `connection_init`.
    pub(super) fn new(socket: S, shutdown: CancellationToken, start_operation: B) -> Self {
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_INTERVAL, HEARTBEAT_INTERVAL);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            start_operation,
            protocol: ProtocolState::default(),
            operations: RunningOperations::new(),
            send_queue: VecDeque::new(),
            needs_flush: false,
            timers: Timers {
                init_deadline: Some(Box::pin(sleep(INIT_TIMEOUT))),
                heartbeat,
                shutdown: Some(Box::pin(shutdown.cancelled_owned())),
                drain_deadline: None,
            },
            seen_since_ping: true,
        }
    }

    /// Runs until the client disconnects, violates the protocol, or the service shuts down.
    pub(super) async fn run(mut self) {
        let close = loop {
            let event = poll_fn(|context| self.poll_event(context)).await;
            match self.handle_event(event) {
                Ok(()) => {}
                Err(close) => break close,
            }
        };
        drop(self.operations);
        close_socket(self.socket, close).await;
    }

    /// Handles an event. An error ends the session: `Some` is sent to the client, `None` means that it has
    /// disconnected.
    fn handle_event(&mut self, event: SessionEvent) -> Result<(), Option<CloseReason>> {
        match event {
            SessionEvent::Message(message) => return self.handle_message(message),
            SessionEvent::Response((id, Some(Ok(response)))) => {
                let message = self.protocol.response_message(id.clone(), response);
                if matches!(message, ServerMessage::Error { .. }) {
                    self.operations.abort(&id);
                }
                self.enqueue(&message)?;
            }
            // No `complete` is sent, because the client would not subscribe again.
            SessionEvent::Response((id, Some(Err(Interrupted)))) => self.operations.abort(&id),
            SessionEvent::Response((id, None)) => {
                if let Some(message) = self.protocol.complete_message(id) {
                    self.enqueue(&message)?;
                }
            }
            SessionEvent::InitTimedOut => return Err(Some(CloseReason::ConnectionInitTimeout)),
            SessionEvent::Heartbeat => return self.send_ping(),
            // Subscription streams end with `Interrupted`. Queries and mutations are finished.
            SessionEvent::ShutdownRequested => {
                self.timers.drain_deadline = Some(Box::pin(sleep(DRAIN_TIMEOUT)));
            }
            SessionEvent::Drained => return Err(Some(CloseReason::GoingAway)),
            SessionEvent::ReadFailed(reason) => {
                tracing::debug!(error = reason, "websocket read failed");
                // The error type of the library is not public, so only its text can be matched. The test
                // `oversized_and_binary_messages_close_the_socket` fails if the library changes the text.
                let is_too_large = reason.contains("too long") || reason.contains("too big");
                return Err(Some(if is_too_large {
                    CloseReason::MessageTooLarge
                } else {
                    CloseReason::ProtocolError
                }));
            }
            SessionEvent::Disconnected => return Err(None),
        }
        Ok(())
    }

    fn handle_message(&mut self, message: Message) -> Result<(), Option<CloseReason>> {
        self.seen_since_ping = true;
        let text = match message {
            Message::Text(text) if text.len() > MAX_MESSAGE_BYTES => {
                return Err(Some(CloseReason::MessageTooLarge));
            }
            Message::Text(text) => text,
            Message::Binary(_) => {
                return Err(Some(CloseReason::InvalidMessage("messages must be text".to_owned())));
            }
            Message::Close(_) => return Err(None),
            // The library answers pings.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        match self.protocol.handle_message(&text) {
            Action::Ignore => {}
            Action::Send(message) => self.enqueue(&message)?,
            Action::StartOperation(id, params) => match (self.start_operation)(params) {
                Ok(responses) => self.operations.start(id, responses),
                Err(response) => {
                    let message = self.protocol.response_message(id, response);
                    self.enqueue(&message)?;
                }
            },
            Action::StopOperation(id) => self.operations.abort(&id),
            Action::Close(close) => return Err(Some(close)),
        }
        if self.protocol.is_acknowledged() {
            self.timers.init_deadline = None;
        }
        Ok(())
    }

    fn enqueue(&mut self, message: &ServerMessage) -> Result<(), Option<CloseReason>> {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(%error, "response serialization failed");
            Some(CloseReason::Internal)
        })?;
        self.send_queue.push_back(Message::Text(text.into()));
        Ok(())
    }

    fn send_ping(&mut self) -> Result<(), Option<CloseReason>> {
        // While messages are queued, the write timeout of the connection detects a client that does not read.
        if !self.send_queue.is_empty() || self.needs_flush {
            return Ok(());
        }
        if !std::mem::take(&mut self.seen_since_ping) {
            tracing::debug!("websocket client did not reply to a ping");
            return Err(None);
        }
        self.send_queue.push_back(Message::Ping(Bytes::new()));
        Ok(())
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<SessionEvent> {
        let sent = self.poll_send_queue(context);
        if let Poll::Ready(Err(error)) = sent {
            tracing::debug!(%error, "websocket write failed");
            return Poll::Ready(SessionEvent::Disconnected);
        }
        let is_shutting_down = self.timers.shutdown.is_none();
        if let Some(shutdown) = &mut self.timers.shutdown
            && shutdown.poll_unpin(context).is_ready()
        {
            self.timers.shutdown = None;
            return Poll::Ready(SessionEvent::ShutdownRequested);
        }
        if is_shutting_down && sent.is_ready() && self.operations.is_empty() {
            return Poll::Ready(SessionEvent::Drained);
        }
        if !is_shutting_down && self.send_queue.len() < MAX_QUEUED_MESSAGES {
            match self.socket.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(message))) => return Poll::Ready(SessionEvent::Message(message)),
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(SessionEvent::ReadFailed(error.to_string()));
                }
                Poll::Ready(None) => return Poll::Ready(SessionEvent::Disconnected),
                Poll::Pending => {}
            }
        }
        if sent.is_ready()
            && let Poll::Ready(event) = self.operations.poll_next(context)
        {
            return Poll::Ready(SessionEvent::Response(event));
        }
        self.timers.poll(context)
    }

    /// Writes the queue to the socket. Ready when the queue is empty and flushed.
    fn poll_send_queue(&mut self, context: &mut Context<'_>) -> Poll<Result<(), E>> {
        let mut socket = Pin::new(&mut self.socket);
        while !self.send_queue.is_empty() {
            ready!(socket.as_mut().poll_ready(context))?;
            if let Some(message) = self.send_queue.pop_front() {
                self.needs_flush = true;
                socket.as_mut().start_send(message)?;
            }
        }
        if self.needs_flush {
            ready!(socket.as_mut().poll_flush(context))?;
            self.needs_flush = false;
        }
        Poll::Ready(Ok(()))
    }
}

/// Closes a socket. Sends the close frame, then reads until the client closes or [`CLOSE_TIMEOUT`] is over.
///
/// The operating system resets a connection that is closed with unread input. The client might then lose the
/// close frame.
pub(super) async fn close_socket<S, E>(mut socket: S, close: Option<CloseReason>)
where
    S: Stream<Item = Result<Message, E>> + Sink<Message, Error = E> + Unpin,
{
    let has_unread_input = matches!(close, Some(CloseReason::MessageTooLarge | CloseReason::ProtocolError));
    let closing = async {
        let sent = match close {
            Some(close) => {
                tracing::debug!(websocket.code = close.code(), "websocket closed");
                socket.send(Message::Close(Some(close.frame()))).await
            }
            None => socket.flush().await,
        };
        while sent.is_ok() && matches!(socket.next().await, Some(Ok(_))) {}
        if sent.is_ok() && has_unread_input {
            // After a read error the stream of messages ends, but input is still unread. Wait for the
            // timeout.
            pending::<()>().await;
        }
    };
    drop(timeout(CLOSE_TIMEOUT, closing).await);
}

impl Timers {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<SessionEvent> {
        if let Some(init_deadline) = &mut self.init_deadline
            && init_deadline.poll_unpin(context).is_ready()
        {
            return Poll::Ready(SessionEvent::InitTimedOut);
        }
        if let Some(drain_deadline) = &mut self.drain_deadline
            && drain_deadline.poll_unpin(context).is_ready()
        {
            return Poll::Ready(SessionEvent::Drained);
        }
        self.heartbeat.poll_tick(context).map(|_| SessionEvent::Heartbeat)
    }
}

#[cfg(test)]
mod tests;
