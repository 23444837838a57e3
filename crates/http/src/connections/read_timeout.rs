//! Header timeout and idle timeout of a connection.
//!
//! hyper has a header timeout, but it also applies between two requests. A short header timeout would
//! therefore close the idle connections of a proxy.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt;
use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::limits::ConnectionLimits;
use super::phase::Phase;
use super::slots::ConnectionSlot;

/// Maximum time to read the rest of a rejected body after the response. The client reads the response
/// meanwhile.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum number of bytes of a rejected body that are read after the response.
const LINGER_BYTES: usize = 1024 * 1024;

/// Connection with a header timeout and an idle timeout. A read that times out fails with
/// [`io::ErrorKind::TimedOut`].
pub(super) struct ReadTimeoutStream<S> {
    inner: S,
    /// Holds the slot of the connection until the stream is dropped, also after the upgrade to a WebSocket.
    slot: ConnectionSlot,
    limits: ConnectionLimits,
    /// Number of connections that one of the timeouts has closed.
    closed_connections: Counter,
    /// Timer and the start of the phase for which it is set.
    deadline: Option<(Instant, Pin<Box<Sleep>>)>,
    /// Timer and the number of discarded bytes, once the connection is shut down with an unread body.
    linger: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> ReadTimeoutStream<S> {
    /// Starts the header timeout.
    pub(super) fn new(
        inner: S,
        slot: ConnectionSlot,
        limits: ConnectionLimits,
        closed_connections: Counter,
    ) -> Self {
        Self { inner, slot, limits, closed_connections, deadline: None, linger: None }
    }

    /// Returns an error if the timeout of the current phase is over.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (phase, since) = self.slot.state().phase();
        let timeout = match phase {
            Phase::Head => self.limits.header_timeout,
            Phase::Idle => self.limits.idle_timeout,
            Phase::Request => return Poll::Pending,
        };
        let (started, timer) =
            self.deadline.get_or_insert_with(|| (since, Box::pin(sleep_until(since + timeout))));
        if *started != since {
            *started = since;
            timer.as_mut().reset(since + timeout);
        }
        ready!(timer.poll_unpin(context));
        self.closed_connections.inc();
        tracing::debug!(connection.phase = ?phase, "connection closed by a read timeout");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> ReadTimeoutStream<S> {
    /// Reads and discards what the client sends until it closes the connection.
    ///
    /// The operating system resets a connection that is closed with unread input. The client might then lose
    /// the response that rejects its body.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let (timer, discarded) = self.linger.get_or_insert_with(|| (Box::pin(sleep(LINGER_TIMEOUT)), 0));
        let mut bytes = [0; 8 * 1024];
        while *discarded < LINGER_BYTES && timer.poll_unpin(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut bytes);
            let result = ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer));
            if result.is_err() || buffer.filled().is_empty() {
                break;
            }
            *discarded += buffer.filled().len();
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadTimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_read(context, buffer);
        if result.is_pending() {
            return self.poll_deadline(context);
        }
        self.slot.state().received_bytes();
        result
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for ReadTimeoutStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.slot.state().set_write_blocked(result.is_pending());
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.slot.state().set_write_blocked(result.is_pending());
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.inner).poll_shutdown(context))?;
            if !self.slot.state().has_unread_body() {
                return Poll::Ready(Ok(()));
            }
        }
        self.poll_linger(context).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::super::phase::ConnectionState;
    use super::super::slots::ConnectionSlots;
    use super::*;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    type Connection = (DuplexStream, ReadTimeoutStream<DuplexStream>, Arc<ConnectionState>, Counter);

    async fn connection() -> Connection {
        let (client, service) = duplex(64 * 1024);
        let slot = ConnectionSlots::new(1).assign().await.slot.unwrap();
        let (state, closed) = (Arc::clone(slot.state()), Counter::default());
        let limits = ConnectionLimits::default();
        (client, ReadTimeoutStream::new(service, slot, limits, closed.clone()), state, closed)
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_its_head_byte_by_byte_is_closed_after_8_seconds() {
        let (mut client, mut service, _, closed) = connection().await;
        let started = Instant::now();
        let sending = async {
            loop {
                sleep(Duration::from_secs(3)).await;
                client.write_all(b"G").await.unwrap();
            }
        };
        let reading = async {
            let mut byte = [0];
            loop {
                if let Err(error) = service.read_exact(&mut byte).await {
                    break error.kind();
                }
            }
        };
        let kind = tokio::select! { kind = reading => kind, () = sending => unreachable!() };
        assert_eq!((kind, started.elapsed().as_secs(), closed.get()), (io::ErrorKind::TimedOut, 8, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_closed_after_75_seconds_and_a_request_has_no_timeout() {
        let (_client, mut service, state, closed) = connection().await;
        state.enter(Phase::Request);
        let mut byte = [0];
        let request = tokio::time::timeout(Duration::from_hours(1), service.read(&mut byte)).await;
        assert!(request.is_err());
        state.enter(Phase::Idle);
        let started = Instant::now();
        assert_eq!(service.read(&mut byte).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!((started.elapsed().as_secs(), closed.get()), (75, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_byte_after_an_idle_time_starts_the_header_timeout() {
        let (mut client, mut service, state, _) = connection().await;
        state.enter(Phase::Idle);
        sleep(Duration::from_mins(1)).await;
        client.write_all(b"G").await.unwrap();
        let mut byte = [0];
        service.read_exact(&mut byte).await.unwrap();
        let started = Instant::now();
        assert_eq!(service.read(&mut byte).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn at_most_a_mebibyte_and_2_seconds_of_a_rejected_body_are_read() {
        let (mut client, mut service, state, _) = connection().await;
        state.leave_body_unread();
        state.enter(Phase::Request);
        let started = Instant::now();
        service.shutdown().await.unwrap();
        assert_eq!(started.elapsed(), LINGER_TIMEOUT);

        let (mut endless, mut service, state, _) = connection().await;
        state.leave_body_unread();
        let sending = async {
            let mut sent = 0;
            while endless.write_all(&[0; 1024]).await.is_ok() {
                sent += 1024;
            }
            sent
        };
        let closing = async {
            service.shutdown().await.unwrap();
            drop(service);
        };
        let (sent, ()) = tokio::join!(sending, closing);
        assert!((LINGER_BYTES..LINGER_BYTES + 128 * 1024).contains(&sent), "{sent}");
        client.shutdown().await.unwrap();
    }
}
