//! One socket from its opening to its end: what is heard, said and done in which order, and when it is given up.

use std::collections::VecDeque;
use std::fmt::Display;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::Message;
use futures_util::{FutureExt, Sink, SinkExt, Stream, StreamExt};
use passerelle_api::{Answer, Params};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::close::Close;
use super::operations::Operations;
use super::protocol::{Connection, OperationId, Reaction, ServerMessage};
use super::{Answers, HEARTBEAT};

/// How long a client has to initialise the connection: as long as the reference server gives.
const INIT: Duration = Duration::from_secs(3);
/// A message of the client is refused that has more bytes: twice the largest document, for its variables.
pub(super) const MAX_MESSAGE: usize = 64_000;
/// So many messages may wait to be sent before no more is heard. A client makes one wait with each ping, and none of them
/// is an answer: the next answer is made when nothing waits.
const MAX_WAITING: usize = 16;
/// So long a client has to hear why it is closed, and to say that it did.
const LINGER: Duration = Duration::from_secs(1);
/// Operations that have one answer may be finished for so long when the service stops.
const DRAIN: Duration = Duration::from_secs(10);

/// A socket and what is under way on it.
pub(super) struct Session<S, B> {
    socket: S,
    /// Begins an operation, if it may be executed.
    begin: B,
    connection: Connection,
    operations: Operations,
    waiting: VecDeque<Message>,
    /// Whether something was handed to the socket that may not be on its way.
    is_unflushed: bool,
    timers: Timers,
    /// Whether the client was heard since it was last asked whether it is there.
    was_heard: bool,
}

/// What a session waits for but its client.
struct Timers {
    /// The end of the time for initialisation; none when that is done.
    init: Option<Pin<Box<Sleep>>>,
    heartbeat: Interval,
    /// The end of the service; none when it came.
    stop: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    /// The end of the time after it.
    drained: Option<Pin<Box<Sleep>>>,
}

/// What comes next.
enum Turn {
    Heard(Message),
    Came(OperationId, Option<Answer>),
    InitLate,
    Heartbeat,
    Stopped,
    Drained,
    /// The client cannot be heard; the words say why.
    Unheard(String),
    Gone,
}

impl<S, B, E> Session<S, B>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message, Error = E> + Unpin,
    B: FnMut(Params) -> Result<Answers, Answer>,
    E: Display,
{
    /// Opens a session.
    pub(super) fn new(socket: S, stop: CancellationToken, begin: B) -> Self {
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            begin,
            connection: Connection::default(),
            operations: Operations::new(),
            waiting: VecDeque::new(),
            is_unflushed: false,
            timers: Timers {
                init: Some(Box::pin(sleep(INIT))),
                heartbeat,
                stop: Some(Box::pin(stop.cancelled_owned())),
                drained: None,
            },
            was_heard: true,
        }
    }

    /// Speaks with the client until it goes, says something that is not of the protocol, or the service stops.
    pub(super) async fn run(mut self) {
        let close = loop {
            let turn = poll_fn(|context| self.poll_turn(context)).await;
            match self.take(turn) {
                Ok(()) => {}
                Err(close) => break close,
            }
        };
        drop(self.operations);
        part(self.socket, close).await;
    }

    /// Does what follows from what came. An error is the end: with a reason that the client is told, or none where it is
    /// gone.
    fn take(&mut self, turn: Turn) -> Result<(), Option<Close>> {
        match turn {
            Turn::Heard(message) => return self.hear(message),
            Turn::Came(id, Some(answer)) => {
                let message = self.connection.answered(id.clone(), answer);
                if matches!(message, ServerMessage::Error { .. }) {
                    self.operations.end(&id);
                }
                self.say(&message)?;
            }
            Turn::Came(id, None) => {
                if let Some(message) = self.connection.completed(id) {
                    self.say(&message)?;
                }
            }
            Turn::InitLate => return Err(Some(Close::InitTimeout)),
            Turn::Heartbeat => return self.ask_whether_it_is_there(),
            // Subscriptions end by themselves; what has one answer is finished.
            Turn::Stopped => self.timers.drained = Some(Box::pin(sleep(DRAIN))),
            Turn::Drained => return Err(Some(Close::GoingAway)),
            Turn::Unheard(why) => {
                tracing::debug!(error = why, "a socket cannot be read");
                // The words are those of the library, whose type is not public.
                let is_large = why.contains("too long") || why.contains("too big");
                return Err(Some(if is_large { Close::TooLarge } else { Close::Broken }));
            }
            Turn::Gone => return Err(None),
        }
        Ok(())
    }

    fn hear(&mut self, message: Message) -> Result<(), Option<Close>> {
        self.was_heard = true;
        let text = match message {
            Message::Text(text) if text.len() > MAX_MESSAGE => return Err(Some(Close::TooLarge)),
            Message::Text(text) => text,
            Message::Binary(_) => {
                return Err(Some(Close::Invalid("messages are text".to_owned())));
            }
            Message::Close(_) => return Err(None),
            // A ping is answered by the library.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        match self.connection.hear(&text) {
            Reaction::Pass => {}
            Reaction::Say(message) => self.say(&message)?,
            Reaction::Begin(id, params) => match (self.begin)(params) {
                Ok(answers) => self.operations.begin(id, answers),
                Err(answer) => {
                    let message = self.connection.answered(id, answer);
                    self.say(&message)?;
                }
            },
            Reaction::End(id) => self.operations.end(&id),
            Reaction::Close(close) => return Err(Some(close)),
        }
        if self.connection.is_acknowledged() {
            self.timers.init = None;
        }
        Ok(())
    }

    fn say(&mut self, message: &ServerMessage) -> Result<(), Option<Close>> {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(%error, "an answer could not be written as JSON");
            Some(Close::Internal)
        })?;
        self.waiting.push_back(Message::Text(text.into()));
        Ok(())
    }

    fn ask_whether_it_is_there(&mut self) -> Result<(), Option<Close>> {
        // What waits to be sent stands before the question, and whoever does not take it is given up elsewhere.
        if !self.waiting.is_empty() || self.is_unflushed {
            return Ok(());
        }
        if !std::mem::take(&mut self.was_heard) {
            tracing::debug!("a socket's client is gone without a word");
            return Err(None);
        }
        self.waiting.push_back(Message::Ping(Bytes::new()));
        Ok(())
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Turn> {
        let sent = self.poll_sent(context);
        if let Poll::Ready(Err(error)) = sent {
            tracing::debug!(%error, "a socket cannot be written to");
            return Poll::Ready(Turn::Gone);
        }
        let is_stopping = self.timers.stop.is_none();
        if let Some(stop) = &mut self.timers.stop
            && stop.poll_unpin(context).is_ready()
        {
            self.timers.stop = None;
            return Poll::Ready(Turn::Stopped);
        }
        if is_stopping && sent.is_ready() && self.operations.is_empty() {
            return Poll::Ready(Turn::Drained);
        }
        if !is_stopping && self.waiting.len() < MAX_WAITING {
            match self.socket.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(message))) => return Poll::Ready(Turn::Heard(message)),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Turn::Unheard(error.to_string())),
                Poll::Ready(None) => return Poll::Ready(Turn::Gone),
                Poll::Pending => {}
            }
        }
        if sent.is_ready()
            && let Poll::Ready((id, answer)) = self.operations.poll_next(context)
        {
            return Poll::Ready(Turn::Came(id, answer));
        }
        self.timers.poll(context)
    }

    /// Hands over what waits. Ready when all of it is on its way.
    fn poll_sent(&mut self, context: &mut Context<'_>) -> Poll<Result<(), E>> {
        let mut socket = Pin::new(&mut self.socket);
        while !self.waiting.is_empty() {
            ready!(socket.as_mut().poll_ready(context))?;
            if let Some(message) = self.waiting.pop_front() {
                self.is_unflushed = true;
                socket.as_mut().start_send(message)?;
            }
        }
        if self.is_unflushed {
            ready!(socket.as_mut().poll_flush(context))?;
            self.is_unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}

/// Parts from a client: says why, and waits a moment for it to have heard. Whoever closes with something unheard makes the
/// system drop what was said.
pub(super) async fn part<S, E>(mut socket: S, close: Option<Close>)
where
    S: Stream<Item = Result<Message, E>> + Sink<Message, Error = E> + Unpin,
{
    let is_unheard = matches!(close, Some(Close::TooLarge | Close::Broken));
    let parting = async {
        let said = match close {
            Some(close) => {
                tracing::debug!(websocket.code = close.code(), "a socket is closed");
                socket.send(Message::Close(Some(close.frame()))).await
            }
            None => socket.flush().await,
        };
        while said.is_ok() && matches!(socket.next().await, Some(Ok(_))) {}
        if said.is_ok() && is_unheard {
            // What cannot be heard ends the stream of messages, and not the connection.
            pending::<()>().await;
        }
    };
    drop(timeout(LINGER, parting).await);
}

impl Timers {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Turn> {
        if let Some(init) = &mut self.init
            && init.poll_unpin(context).is_ready()
        {
            return Poll::Ready(Turn::InitLate);
        }
        if let Some(drained) = &mut self.drained
            && drained.poll_unpin(context).is_ready()
        {
            return Poll::Ready(Turn::Drained);
        }
        self.heartbeat.poll_tick(context).map(|_| Turn::Heartbeat)
    }
}

#[cfg(test)]
mod tests;
