//! One request to `/graphql` and its response: cache, rate limit, execution, ETag and log.

mod stream;

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{
    DocumentAccess, GraphqlResponse, IdentifiedRequest, Operation, OperationKind, RequestParams,
};
use passerelle_http_common::encoding::ContentEncoding;
use passerelle_http_common::etag::is_known_to_client;
pub(super) use passerelle_http_common::rate_limit::PeerAddress;
use passerelle_http_common::rate_limit::{CACHE_HIT_COST, retry_after_seconds};
use passerelle_http_common::response_cache::{CacheKey, CacheStatus};
use passerelle_storage::ReadView;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::accept::MediaType;
use super::cors::EXPLAIN_HEADER;
use super::document_id::document_id;
use super::rendered::{RenderedResponse, rate_limited_response};
use super::request_id::{self, RequestId};
use super::state::AppState;
use super::streaming::AcceptedFormats;

/// Bit of the cache variant of requests with the token of the desk. No media type uses it.
const GRANTED_VARIANT: u8 = 0x80;

/// GraphQL request after content negotiation.
pub(super) struct Exchange<'a> {
    state: &'a AppState,
    headers: &'a HeaderMap,
    peer: Option<IpAddr>,
    method: Method,
    media_type: MediaType,
    accepted: AcceptedFormats,
    id: RequestId,
    started: Instant,
    /// Set when an operation is executed. Empty for cached and rejected requests.
    operation_fields: OnceLock<OperationLogFields>,
}

struct OperationLogFields {
    name: Option<String>,
    document: String,
    cost: usize,
}

impl<'a> Exchange<'a> {
    /// Starts an exchange. Returns `None` if the client accepts no supported format.
    pub(super) fn negotiate(
        state: &'a AppState,
        method: Method,
        headers: &'a HeaderMap,
        peer: PeerAddress,
        accepted: AcceptedFormats,
    ) -> Option<Self> {
        let media_type = accepted.response_media_type()?;
        let id = state.request_ids().read_or_create(headers);
        let peer = peer.ok().map(|info| info.0.ip());
        Some(Self {
            state,
            headers,
            peer,
            method,
            media_type,
            accepted,
            id,
            started: Instant::now(),
            operation_fields: OnceLock::new(),
        })
    }

    /// Answers with a single response, from the cache if possible.
    ///
    /// Switches to a stream if the client asks for one. `check_operation_type` rejects operation types that
    /// the method or the accepted formats do not allow.
    pub(super) async fn respond(
        self,
        params: RequestParams,
        check_operation_type: impl Fn(OperationKind) -> Result<(), GraphqlResponse>,
    ) -> HttpResponse {
        let request = match self.state.engine().find(params) {
            Ok(request) => request,
            Err(response) => return self.respond_uncached(response),
        };
        // The whole response reads this revision.
        let view = self.state.storage().cached_latest();
        let access = self.document_access();
        let variant = cache_variant(self.media_type, access);
        let key = CacheKey::new(request.checksum, view.revision(), variant, self.state.cache_key_salt());
        if self.is_cacheable_method()
            && let Some(etag) = self.matching_etag(&key)
        {
            return self.not_modified(etag);
        }
        if self.state.settings().is_development && is_explain_requested(self.headers) {
            return self.explain(request, key, view, check_operation_type).await;
        }
        let encoding = ContentEncoding::negotiate(self.headers);
        if let Some(rendered) = self.state.response_cache().get(key, encoding).await {
            return match self.charge_rate_limit(CACHE_HIT_COST) {
                Ok(()) => self.finish(RenderedResponse::clone(&rendered), CacheStatus::Hit),
                Err(retry_after) => self.too_many_requests(retry_after),
            };
        }
        let operation = match self.validate(request, check_operation_type) {
            Ok(operation) => operation,
            Err(response) => return self.respond_uncached(response),
        };
        if let Some(format) = self.accepted.stream_format_for(operation.operation_type) {
            return self.respond_stream(format, Ok(operation));
        }
        if let Err(retry_after) = self.charge_rate_limit(operation.complexity.cost) {
            return self.too_many_requests(retry_after);
        }
        let span = self.span(&operation);
        let client = self.client();
        let rendering = async {
            let response = self.state.engine().execute(operation, view, client).await;
            RenderedResponse::of(&self.count_errors(response), self.media_type, || key.etag())
        };
        let rendering = Box::pin(rendering.instrument(span));
        let (rendered, cache_status) =
            self.state.response_cache().get_or_render(key, encoding, rendering).await;
        self.finish(RenderedResponse::clone(&rendered), cache_status)
    }

    /// Answers with execution details in `extensions`. The response is not cached.
    async fn explain(
        self,
        request: IdentifiedRequest,
        key: CacheKey,
        view: ReadView,
        check_operation_type: impl Fn(OperationKind) -> Result<(), GraphqlResponse>,
    ) -> HttpResponse {
        let operation = match self.validate(request, check_operation_type) {
            Ok(operation) => operation,
            Err(response) => return self.respond_uncached(response),
        };
        if let Some(format) = self.accepted.stream_format_for(operation.operation_type) {
            return self.respond_stream(format, Ok(operation));
        }
        let span = self.span(&operation);
        let is_cached = self.state.response_cache().contains(&key);
        let cache = move |is_cacheable| match (is_cacheable, is_cached) {
            (false, _) => CacheStatus::Bypass.name(),
            (true, true) => CacheStatus::Hit.name(),
            (true, false) => CacheStatus::Miss.name(),
        };
        let execution = self.state.engine().explain(operation, view, self.client(), Box::new(cache));
        let response = execution.instrument(span).await;
        self.respond_uncached(response)
    }

    /// Validates a request and checks its operation type.
    fn validate(
        &self,
        request: IdentifiedRequest,
        check_operation_type: impl Fn(OperationKind) -> Result<(), GraphqlResponse>,
    ) -> Result<Operation, GraphqlResponse> {
        let operation = self.state.engine().operation(request, self.document_access())?;
        check_operation_type(operation.operation_type)?;
        Ok(operation)
    }

    /// Returns the access to documents.
    fn document_access(&self) -> DocumentAccess {
        self.state.settings().document_access(self.headers)
    }

    /// Returns the address of the client. `None` if it is unknown.
    fn client(&self) -> Option<IpAddr> {
        self.state.rate_limiter().client_address(self.headers, self.peer)
    }

    /// Charges the client. The error is the time until the client may retry.
    fn charge_rate_limit(&self, cost: usize) -> Result<(), Duration> {
        self.state.rate_limiter().charge(self.headers, self.peer, cost)
    }

    fn too_many_requests(self, retry_after: Duration) -> HttpResponse {
        let mut response = self.respond_uncached(rate_limited_response(retry_after));
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds(retry_after)));
        response
    }

    /// Returns the ETag of a key if `If-None-Match` contains it.
    ///
    /// No cache lookup is needed: the client can know the ETag only from an earlier response of this key.
    fn matching_etag(&self, key: &CacheKey) -> Option<String> {
        let etag = key.etag();
        is_known_to_client(self.headers, &etag).then_some(etag)
    }

    fn not_modified(self, etag: String) -> HttpResponse {
        let mut response = HttpResponse::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static(super::rendered::VARY));
        if let Ok(etag) = HeaderValue::try_from(etag) {
            headers.insert(header::ETAG, etag);
        }
        headers.insert(header::CACHE_CONTROL, self.state.cache_control().clone());
        self.log(StatusCode::NOT_MODIFIED, 0, CacheStatus::NotModified);
        self.with_request_id(response)
    }

    /// Answers with a response that must not be cached, for example a rejection.
    pub(super) fn respond_uncached(self, response: GraphqlResponse) -> HttpResponse {
        let rendered = RenderedResponse::of(&self.count_errors(response), self.media_type, String::new);
        self.finish(rendered, CacheStatus::Bypass)
    }

    /// Counts the errors of a response and adds the request id to them.
    fn count_errors(&self, response: GraphqlResponse) -> GraphqlResponse {
        response.error_codes().for_each(|code| self.state.http_metrics().count_error(code));
        response.with_request_id(self.id.as_str())
    }

    fn finish(self, rendered: RenderedResponse, cache_status: CacheStatus) -> HttpResponse {
        self.log(rendered.status, rendered.error_count, cache_status);
        let etag = rendered.etag.clone();
        let mut response = rendered.into_http(self.media_type);
        // Only responses to GET are cacheable by others (RFC 9110, section 9.3.3; RFC 9111, section 3).
        if let Some(etag) = etag.filter(|_| self.is_cacheable_method()) {
            let headers = response.headers_mut();
            headers.insert(header::ETAG, etag);
            headers.insert(header::CACHE_CONTROL, self.state.cache_control().clone());
        }
        self.with_request_id(response)
    }

    /// Returns true for GET, and for HEAD, which has the headers of GET.
    fn is_cacheable_method(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// Adds the request id header.
    fn with_request_id(&self, mut response: HttpResponse) -> HttpResponse {
        response.headers_mut().insert(request_id::HEADER, self.id.header_value());
        response
    }

    /// Returns the span that adds the operation to all log lines of its execution.
    fn span(&self, operation: &Operation) -> Span {
        let document = document_id(&operation.document);
        let cost = operation.complexity.cost;
        let span = tracing::info_span!(
            "graphql",
            http.request_id = self.id.as_str(),
            graphql.operation = operation.name,
            graphql.document = document,
            graphql.cost = cost,
        );
        // Never set twice, because an exchange executes one operation.
        drop(self.operation_fields.set(OperationLogFields { name: operation.name.clone(), document, cost }));
        span
    }

    /// Writes one log line per request: level info for executed operations, debug for all others.
    fn log(&self, status: StatusCode, errors: usize, cache_status: CacheStatus) {
        let elapsed = self.started.elapsed();
        self.state.http_metrics().record_request(cache_status, elapsed);
        let (elapsed_ms, cache) = (elapsed.as_secs_f64() * 1_000.0, cache_status.name());
        let (method, id, status) = (&self.method, self.id.as_str(), status.as_u16());
        let Some(OperationLogFields { name, document, cost }) = self.operation_fields.get() else {
            tracing::debug!(
                http.method = %method, http.status = status, http.request_id = id,
                graphql.errors = errors, graphql.cache = cache, elapsed_ms, "request completed"
            );
            return;
        };
        tracing::info!(
            http.method = %method, http.status = status, http.request_id = id,
            graphql.operation = name, graphql.document = document, graphql.cost = cost,
            graphql.errors = errors, graphql.cache = cache, elapsed_ms, "request completed"
        );
    }
}

/// Returns the variant of the cache key.
///
/// Requests with the token of the desk have keys of their own. Otherwise a client without the token that
/// sends the same request at the same time would get the response of one with it.
fn cache_variant(media_type: MediaType, access: DocumentAccess) -> u8 {
    let granted = if access == DocumentAccess::Granted { GRANTED_VARIANT } else { 0 };
    media_type.cache_variant() | granted
}

/// Returns true if the request has `GraphQL-Explain: 1`.
fn is_explain_requested(headers: &HeaderMap) -> bool {
    headers.get(EXPLAIN_HEADER).is_some_and(|value| value == "1")
}
