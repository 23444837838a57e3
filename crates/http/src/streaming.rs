//! Streamed responses, mainly for subscriptions, over three transports.
//!
//! | Transport | Specification |
//! | --- | --- |
//! | [`mod@websocket`] | <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md> |
//! | [`mod@sse`] | <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>, distinct connections mode |
//! | [`mod@multipart`] | <https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol> |
//!
//! [`fn@response_stream`] produces the responses for all three. A transport polls it only after the previous
//! response is written. A slow client therefore costs one response and a position in the change log,
//! independent of the number of published changes.

mod accepted_formats;
mod close_reason;
mod multipart;
mod protocol;
mod response_stream;
mod running_operations;
mod session;
mod sse;
mod stream_limiter;
mod stream_metrics;
mod streaming_body;
mod subscription_limiter;
mod types;
mod websocket;

use axum::response::Response as HttpResponse;
use passerelle_api::EventPosition;

pub(super) use accepted_formats::{AcceptedFormats, StreamFormat};
pub(super) use response_stream::response_stream;
pub(super) use stream_limiter::{RETRY_AFTER_SECONDS, StreamLimiter};
pub(super) use stream_metrics::{StreamMetrics, Transport};
pub(super) use subscription_limiter::SubscriptionLimiter;
pub(super) use types::ResponseStream;
pub(super) use websocket::{accept_websocket, upgrade_required};

/// Returns a streamed HTTP response in the negotiated format. Events have the ids of their position, if it
/// has any.
pub(super) fn stream_response(
    format: StreamFormat,
    responses: ResponseStream,
    position: EventPosition,
) -> HttpResponse {
    match format {
        StreamFormat::Events => sse::event_stream_response(responses, position),
        StreamFormat::Multipart => multipart::multipart_response(responses),
    }
}
