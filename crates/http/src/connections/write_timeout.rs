//! Write timeout: closes a connection whose client does not read.
//!
//! Neither hyper nor the operating system has such a timeout, so a client that does not read could keep its
//! connection forever. The buffers of hyper and of the socket bound the memory until the timeout. The timeout
//! applies to all protocols on the connection, including WebSocket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Write timeout after the start of the shutdown. Shorter than the total time for the shutdown.
const SHUTDOWN_WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// Settings of the write timeout.
#[derive(Clone, Debug)]
pub(crate) struct WriteTimeout {
    /// Maximum time without progress while bytes wait to be written.
    pub(crate) timeout: Duration,
    /// Cancelled when the service shuts down.
    pub(crate) shutdown: CancellationToken,
    /// Number of connections that the timeout has closed.
    pub(crate) closed_connections: Counter,
}

/// Connection with a write timeout. A write that times out fails with [`io::ErrorKind::TimedOut`].
pub(super) struct WriteTimeoutStream<S> {
    inner: S,
    write_timeout: WriteTimeout,
    /// `None` while the client reads.
    deadline: Option<BoxFuture<'static, Duration>>,
}

impl<S> WriteTimeoutStream<S> {
    pub(super) fn new(inner: S, write_timeout: WriteTimeout) -> Self {
        Self { inner, write_timeout, deadline: None }
    }

    /// Starts the timeout if none runs. Returns an error if it is over.
    fn poll_deadline<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let WriteTimeout { timeout, shutdown, .. } = &self.write_timeout;
        let (timeout, shutdown) = (*timeout, shutdown.clone());
        let deadline = self.deadline.get_or_insert_with(|| {
            let started = Instant::now();
            Box::pin(async move {
                tokio::select! {
                    () = sleep(timeout) => {}
                    () = async { shutdown.cancelled().await; sleep(SHUTDOWN_WRITE_TIMEOUT).await } => {}
                }
                started.elapsed()
            })
        });
        let waited = ready!(deadline.poll_unpin(context));
        self.deadline = None;
        self.write_timeout.closed_connections.inc();
        tracing::info!(elapsed_ms = waited.as_secs_f64() * 1_000.0, "connection closed by the write timeout");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn check_progress<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_pending() {
            return self.poll_deadline(context);
        }
        self.deadline = None;
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeoutStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.check_progress(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.check_progress(context, result)
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

    fn write_timeout() -> WriteTimeout {
        WriteTimeout {
            timeout: Duration::from_secs(30),
            shutdown: CancellationToken::new(),
            closed_connections: Counter::default(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connection_is_closed_when_nothing_is_written_for_30_seconds() {
        let (_client, service) = duplex(64);
        let write_timeout = write_timeout();
        let mut service = WriteTimeoutStream::new(service, write_timeout.clone());
        let started = Instant::now();
        let error = service.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!((error.kind(), started.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));
        assert_eq!(write_timeout.closed_connections.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_but_steady_client_stays_connected() {
        let (mut client, service) = duplex(64);
        let write_timeout = write_timeout();
        let mut service = WriteTimeoutStream::new(service, write_timeout.clone());
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
        assert_eq!(write_timeout.closed_connections.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn blocked_connection_is_closed_5_seconds_after_shutdown() {
        let (_client, service) = duplex(64);
        let write_timeout = write_timeout();
        let mut service = WriteTimeoutStream::new(service, write_timeout.clone());
        let started = Instant::now();
        let stopping = async {
            sleep(Duration::from_secs(2)).await;
            write_timeout.shutdown.cancel();
        };
        let (written, ()) = tokio::join!(service.write_all(&[0; 100]), stopping);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), 7);
    }
}
