//! Operations that are answered for as long as somebody listens: over WebSocket, Server-Sent Events and multipart.
//!
//! | Transport | Text |
//! | --- | --- |
//! | [`websocket`] | <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md> |
//! | [`sse`] | <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>, distinct connections mode |
//! | [`multipart`] | <https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol> |
//!
//! What all of them send is made by [`response_stream`], which is asked for the next answer only when the one before it is on its
//! way. So a client that reads slowly holds its place in the log of changes and one response, however much is published.

mod accepted_formats;
mod close_reason;
mod multipart;
mod protocol;
mod response_stream;
mod running_operations;
mod session;
mod sse;
mod stream_metrics;
mod streaming_body;
mod websocket;

use std::time::Duration;

use axum::response::Response as HttpResponse;
use futures_util::stream::BoxStream;
use passerelle_api::GraphqlResponse;
use thiserror::Error;

pub(super) use accepted_formats::{AcceptedFormats, StreamFormat};
pub(super) use response_stream::response_stream;
pub(super) use stream_metrics::{StreamMetrics, Transport};
pub(super) use websocket::{accept_websocket, upgrade_required};

/// Where nothing happens that is said so often, so that nobody on the way takes the connection for dead. Proxies wait for
/// a minute, clients for 15 s.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(12);

/// The responses to one operation. The operation is complete when the stream ends without an error.
pub(super) type ResponseStream = BoxStream<'static, Result<GraphqlResponse, Interrupted>>;

/// The service stops while a subscription runs.
///
/// The client gets no `complete` and no closing boundary: clients take those for the end of the subscription and never
/// come back. A broken connection makes them subscribe again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the service stops")]
pub(super) struct Interrupted;

/// Answers over HTTP, in the form that was asked for.
pub(super) fn stream_response(form: StreamFormat, responses: ResponseStream) -> HttpResponse {
    match form {
        StreamFormat::Events => sse::event_stream_response(responses),
        StreamFormat::Multipart => multipart::multipart_response(responses),
    }
}
