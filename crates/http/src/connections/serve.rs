//! Serves the connections of one listener.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::accept::Acceptor;
use super::guarded_body::GuardedBody;
use super::head::check_host;
use super::limits::ConnectionLimits;
use super::metrics::ConnectionMetrics;
use super::phase::{ConnectionState, Phase};
use super::read_timeout::ReadTimeoutStream;
use super::slots::{ConnectionSlot, ConnectionSlots};
use super::write_timeout::{WriteTimeout, WriteTimeoutStream};

/// Maximum size of a request head in bytes, and of the write buffer of a connection.
///
/// hyper accepts a URL of at most 64 KiB. The rest is for the header fields.
const MAX_HEAD_BYTES: usize = 80 * 1024;

/// Everything that the connections of a listener share.
#[derive(Clone)]
pub(crate) struct ConnectionContext {
    pub(crate) router: Router,
    pub(crate) limits: ConnectionLimits,
    pub(crate) write_timeout: WriteTimeout,
    pub(crate) metrics: ConnectionMetrics,
    pub(crate) shutdown: CancellationToken,
}

/// Serves the connections of a listener until the shutdown, then finishes their running requests.
pub(crate) async fn serve_connections(
    listener: TcpListener,
    slots: ConnectionSlots,
    context: ConnectionContext,
) {
    let mut acceptor = Acceptor::new(listener, slots, context.metrics.clone());
    let tasks = TaskTracker::new();
    while let Some((stream, address, slot)) = context.shutdown.run_until_cancelled(acceptor.accept()).await {
        // Heartbeats and single changes are small. Nagle's algorithm would delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        drop(tasks.spawn(serve_connection(context.clone(), stream, address, slot)));
    }
    drop(acceptor);
    tasks.close();
    tasks.wait().await;
}

/// Serves one connection until it is closed, evicted, or upgraded to a WebSocket.
async fn serve_connection(
    context: ConnectionContext,
    stream: TcpStream,
    address: SocketAddr,
    slot: ConnectionSlot,
) {
    let state = Arc::clone(slot.state());
    let stream = WriteTimeoutStream::new(stream, context.write_timeout.clone());
    let stream = ReadTimeoutStream::new(stream, slot, context.limits, context.metrics.read_timeouts.clone());
    let router = TowerToHyperService::new(context.router);
    let connection = Arc::clone(&state);
    let service =
        service_fn(move |request| answer(router.clone(), address, Arc::clone(&connection), request));
    let mut builder = http1::Builder::new();
    // The header timeout of hyper also applies between two requests. `ReadTimeoutStream` replaces it.
    builder.header_read_timeout(None).max_buf_size(MAX_HEAD_BYTES);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let (mut shutdown, mut evicted) = (pin!(context.shutdown.cancelled()), pin!(state.evicted.cancelled()));
    let (mut is_stopping, mut is_evicted) = (false, false);
    loop {
        tokio::select! {
            served = serving.as_mut() => {
                if let Err(error) = served {
                    tracing::debug!(%error, "connection ended with an error");
                }
                return;
            }
            () = &mut shutdown, if !is_stopping => {
                is_stopping = true;
                serving.as_mut().graceful_shutdown();
                // hyper waits for the rest of a request whose head is incomplete. Nobody has its response
                // yet.
                if state.waiting_since().is_some() {
                    return;
                }
            }
            () = &mut evicted, if !is_evicted => {
                is_evicted = true;
                // A request may have arrived since the connection was chosen. It is answered.
                if state.waiting_since().is_some() {
                    return;
                }
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Answers one request and keeps the phase of its connection.
async fn answer(
    router: TowerToHyperService<Router>,
    address: SocketAddr,
    connection: Arc<ConnectionState>,
    mut request: Request<Incoming>,
) -> Result<Response, std::convert::Infallible> {
    connection.enter(Phase::Request);
    let mut response = match check_host(request.version(), request.headers()) {
        Ok(()) => {
            request.extensions_mut().insert(ConnectInfo(address));
            router.call(request).await?
        }
        Err(rejected) => *rejected,
    };
    match response.status() {
        // The connection becomes a WebSocket and never waits for a request again.
        StatusCode::SWITCHING_PROTOCOLS => return Ok(response),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
            connection.leave_body_unread();
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    Ok(response.map(|body| Body::new(GuardedBody::new(body, connection))))
}
