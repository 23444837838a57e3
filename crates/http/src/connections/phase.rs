//! State of one connection: whether it waits for a request or answers one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Step of the request cycle of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The connection is new, or the head of a request is incomplete.
    Head,
    /// The last response is sent, and no byte of another request has arrived.
    Idle,
    /// A request is answered, or the connection is a WebSocket.
    Request,
}

/// State of one connection. The service, the stream and the connection limit share it.
#[derive(Debug)]
pub(super) struct ConnectionState {
    /// Phase and its start.
    phase: Mutex<(Phase, Instant)>,
    /// Cancelled to close the connection if it waits for a request.
    pub(super) evicted: CancellationToken,
    /// True if the client still sends a body that is not read.
    has_unread_body: AtomicBool,
    /// True if a part of a response waits until the client reads.
    is_write_blocked: AtomicBool,
}

impl ConnectionState {
    /// Returns the state of a new connection.
    pub(super) fn new() -> Self {
        Self {
            phase: Mutex::new((Phase::Head, Instant::now())),
            evicted: CancellationToken::new(),
            has_unread_body: AtomicBool::new(false),
            is_write_blocked: AtomicBool::new(false),
        }
    }

    /// Returns the phase and its start.
    pub(super) fn phase(&self) -> (Phase, Instant) {
        *lock(&self.phase)
    }

    /// Starts a phase.
    pub(super) fn enter(&self, phase: Phase) {
        *lock(&self.phase) = (phase, Instant::now());
    }

    /// Starts the phase [`Phase::Head`] if the connection is idle.
    pub(super) fn received_bytes(&self) {
        let mut phase = lock(&self.phase);
        if phase.0 == Phase::Idle {
            *phase = (Phase::Head, Instant::now());
        }
    }

    /// Returns the start of the wait for a request. `None` until the response to the last request is written.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let (phase, since) = self.phase();
        let is_waiting = phase != Phase::Request && !self.is_write_blocked.load(Ordering::Relaxed);
        is_waiting.then_some(since)
    }

    /// Records whether a part of a response waits until the client reads.
    pub(super) fn set_write_blocked(&self, is_write_blocked: bool) {
        self.is_write_blocked.store(is_write_blocked, Ordering::Relaxed);
    }

    /// Marks the connection: the body of its request is not read.
    pub(super) fn leave_body_unread(&self) {
        self.has_unread_body.store(true, Ordering::Relaxed);
    }

    /// Returns true if the body of the last request is not read.
    pub(super) fn has_unread_body(&self) -> bool {
        self.has_unread_body.load(Ordering::Relaxed)
    }
}

/// Locks a value. A panic of another holder cannot leave it half written, because it is assigned as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
