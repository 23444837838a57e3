//! Streamed response to a request, as Server-Sent Events or multipart.

use std::pin::Pin;

use axum::http::header;
use axum::response::Response as HttpResponse;
use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use passerelle_api::{EventId, EventPosition, GraphqlResponse, Operation, OperationKind, RequestParams};

use super::Exchange;
use crate::rendered::RenderedResponse;
use crate::streaming::{
    RETRY_AFTER_SECONDS, ResponseStream, StreamFormat, Transport, response_stream, stream_response,
};
use passerelle_http_common::response_cache::CacheStatus;

/// Header in which a client that reconnects sends the `id` of the last event.
const LAST_EVENT_ID: &str = "last-event-id";
/// An id that no event has, in place of bytes that are no text.
const INVALID_EVENT_ID: &str = "invalid";

/// Keeps a value until a stream is dropped.
fn hold_until_dropped(responses: ResponseStream, held: impl Send + 'static) -> ResponseStream {
    Box::pin(responses.inspect(move |_| {
        let _ = &held;
    }))
}

impl Exchange<'_> {
    /// Answers with a stream.
    ///
    /// A GraphQL error in the request is sent as an event if the format is SSE. Multipart clients also accept
    /// JSON and get it as JSON. An HTTP error is always sent as JSON with its status.
    pub(crate) fn respond_stream(
        self,
        format: StreamFormat,
        operation: Result<Operation, GraphqlResponse>,
    ) -> HttpResponse {
        let operation = match operation {
            Ok(operation) => operation,
            Err(response) if format == StreamFormat::Events && response.is_graphql() => {
                let response = self.count_errors(response);
                let responses = Box::pin(stream::iter([Ok(response)]));
                return self.with_request_id(stream_response(format, responses, EventPosition::default()));
            }
            Err(response) => return self.respond_uncached(response),
        };
        if let Err(retry_after) = self.charge_rate_limit(operation.complexity.cost) {
            return self.too_many_requests(retry_after);
        }
        let client = self.state.rate_limiter().client_address(self.headers, self.peer);
        let permit = match self.state.stream_limiter().acquire(client) {
            Ok(permit) => permit,
            Err(rejected) => return self.reject_stream(rejected.response()),
        };
        let (transport, position) = match format {
            StreamFormat::Events => (Transport::Events, self.resumed_position()),
            StreamFormat::Multipart => (Transport::Multipart, EventPosition::default()),
        };
        let client = (self.client(), self.id.clone());
        let responses = match response_stream(self.state, operation, transport, client, position.clone()) {
            Ok(responses) => hold_until_dropped(responses, permit),
            Err(rejected) => return self.reject_stream(rejected),
        };
        match format {
            StreamFormat::Events => self.with_request_id(stream_response(format, responses, position)),
            StreamFormat::Multipart => self.respond_multipart(responses),
        }
    }

    /// Rejects a stream beyond a limit. The client may retry later.
    fn reject_stream(self, rejected: GraphqlResponse) -> HttpResponse {
        let mut response = self.respond_uncached(rejected);
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
        response
    }

    /// Returns the position after the last event that the client received, from `Last-Event-ID`.
    fn resumed_position(&self) -> EventPosition {
        let id = self.headers.get(LAST_EVENT_ID).map(|id| id.to_str().unwrap_or(INVALID_EVENT_ID));
        id.and_then(EventId::new).map_or_else(EventPosition::default, EventPosition::after_event)
    }

    /// Answers as multipart.
    ///
    /// The engine rejects an operation without delay. A rejection is sent as a single response with its HTTP
    /// status.
    fn respond_multipart(self, responses: ResponseStream) -> HttpResponse {
        let mut responses = responses.peekable();
        let first = Pin::new(&mut responses).peek().now_or_never().flatten();
        if first.is_some_and(|response| response.as_ref().is_ok_and(|response| !response.was_executed()))
            && let Some(Some(Ok(rejected))) = responses.next().now_or_never()
        {
            let rendered = RenderedResponse::of(&rejected, self.media_type, String::new);
            return self.finish(rendered, CacheStatus::Bypass);
        }
        let responses = Box::pin(responses);
        self.with_request_id(stream_response(StreamFormat::Multipart, responses, EventPosition::default()))
    }

    /// Answers a client that accepts only this stream format. Bypasses the response cache.
    pub(crate) fn respond_only_stream(
        self,
        format: StreamFormat,
        params: RequestParams,
        check_operation_type: impl Fn(OperationKind) -> Result<(), GraphqlResponse>,
    ) -> HttpResponse {
        let request = self.state.engine().find(params);
        let operation = request.and_then(|request| self.validate(request, check_operation_type));
        self.respond_stream(format, operation)
    }
}
