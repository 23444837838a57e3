//! Connections whose clients take nothing of what they are sent are closed, whatever is spoken over them.
//!
//! Neither hyper nor the system does so: a client that stays, and does not read, would be written to for as long as it
//! likes. What is held for it until then is bounded: by hyper, by the socket and by the system.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Once the service stops, a client has so long to take something. Shorter than the time that all has to end.
const LAST: Duration = Duration::from_secs(5);

/// How long a client is waited for that takes nothing.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    /// So long.
    pub(super) unread: Duration,
    /// Cancelled when the service is to stop.
    pub(super) stop: CancellationToken,
    /// Counts those that were closed.
    pub(super) closed: Counter,
}

/// Accepts connections that are patient.
#[derive(Debug)]
pub(super) struct PatientListener {
    /// What accepts them.
    pub(super) inner: TcpListener,
    /// How long they wait.
    pub(super) patience: Patience,
}

impl Listener for PatientListener {
    type Io = Patient<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.inner).await;
        // Heartbeats and single changes are small, and are not to wait for more to come.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection cannot be told to send at once");
        }
        (Patient::new(stream, self.patience.clone()), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// A connection that is given up when it takes nothing for a while.
pub(super) struct Patient<S> {
    inner: S,
    patience: Patience,
    /// The end of the wait; none while the client takes what it is sent.
    end: Option<BoxFuture<'static, Duration>>,
}

impl<S> Patient<S> {
    fn new(inner: S, patience: Patience) -> Self {
        Self { inner, patience, end: None }
    }

    /// Waits on, unless that took too long already.
    fn poll_blocked<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let Patience { unread, stop, .. } = &self.patience;
        let (unread, stop) = (*unread, stop.clone());
        let end = self.end.get_or_insert_with(|| {
            let started = Instant::now();
            Box::pin(async move {
                tokio::select! {
                    () = sleep(unread) => {}
                    () = async { stop.cancelled().await; sleep(LAST).await } => {}
                }
                started.elapsed()
            })
        });
        let waited = ready!(end.poll_unpin(context));
        self.end = None;
        self.patience.closed.inc();
        tracing::info!(waited_ms = waited.as_millis(), "a client that takes nothing is closed");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn waited<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_pending() {
            return self.poll_blocked(context);
        }
        self.end = None;
        done
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.waited(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.waited(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    fn patience() -> Patience {
        Patience {
            unread: Duration::from_secs(30),
            stop: CancellationToken::new(),
            closed: Counter::default(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_closed_after_a_while() {
        let (_client, service) = duplex(64);
        let patience = patience();
        let mut service = Patient::new(service, patience.clone());
        let started = Instant::now();
        let error = service.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!((error.kind(), started.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));
        assert_eq!(patience.closed.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_a_little_at_a_time_is_waited_for() {
        let (mut client, service) = duplex(64);
        let patience = patience();
        let mut service = Patient::new(service, patience.clone());
        let started = Instant::now();
        let reading = async {
            let mut taken = [0; 16];
            for _ in 0..20 {
                sleep(Duration::from_secs(29)).await;
                client.read_exact(&mut taken).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(service.write_all(&[0; 320]), reading);
        written.unwrap();
        assert!(started.elapsed() > Duration::from_mins(8));
        assert_eq!(patience.closed.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_does_not_keep_the_service_from_stopping() {
        let (_client, service) = duplex(64);
        let patience = patience();
        let mut service = Patient::new(service, patience.clone());
        let started = Instant::now();
        let stopping = async {
            sleep(Duration::from_secs(2)).await;
            patience.stop.cancel();
        };
        let (written, ()) = tokio::join!(service.write_all(&[0; 100]), stopping);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), 7);
    }
}
