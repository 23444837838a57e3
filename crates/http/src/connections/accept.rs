//! Accept loop of a listener.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::metrics::ConnectionMetrics;
use super::refusals::RefusalLog;
use super::slots::{ConnectionSlot, ConnectionSlots};

/// Back-off after an error such as "too many open files". A descriptor is free again when a connection
/// closes.
const ACCEPT_BACK_OFF: Duration = Duration::from_millis(250);

/// Accepts connections and assigns slots to them.
pub(super) struct Acceptor {
    listener: TcpListener,
    slots: ConnectionSlots,
    metrics: ConnectionMetrics,
    refusals: RefusalLog,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener, slots: ConnectionSlots, metrics: ConnectionMetrics) -> Self {
        Self { listener, slots, metrics, refusals: RefusalLog::default() }
    }

    /// Waits for the next connection that gets a slot.
    ///
    /// Refused connections are closed at once, counted, and logged once a minute.
    pub(super) async fn accept(&mut self) -> (TcpStream, SocketAddr, ConnectionSlot) {
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = self.refusals.is_due() => {
                    self.log_refusals();
                    continue;
                }
            };
            match accepted {
                Ok((stream, address)) => {
                    let assigned = self.slots.assign().await;
                    self.count_evicted(assigned.evicted);
                    match assigned.slot {
                        Some(slot) => return (stream, address, slot),
                        None => self.count_refused(),
                    }
                }
                Err(error) if is_connection_error(&error) => {}
                Err(error) => {
                    self.metrics.accept_errors.inc();
                    self.refusals.count_accept_error(&error);
                    let evicted = self.slots.evict();
                    self.count_evicted(evicted);
                    sleep(ACCEPT_BACK_OFF).await;
                }
            }
        }
    }

    fn count_evicted(&mut self, evicted: usize) {
        self.metrics.evicted.inc_by(evicted as u64);
        self.refusals.count_evicted(evicted);
    }

    fn count_refused(&mut self) {
        self.metrics.refused.inc();
        self.refusals.count_refused();
    }

    fn log_refusals(&mut self) {
        let counts = self.refusals.take();
        tracing::warn!(
            connections.open = self.slots.open(),
            connections.refused = counts.refused,
            connections.evicted = counts.evicted,
            connections.accept_errors = counts.accept_errors,
            error = counts.last_error,
            "connections were refused or closed early: the connection limit is reached"
        );
    }
}

/// Returns true if the error concerns only the connection that was about to be accepted.
fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
