//! One request to `/graphql` and its response.

mod stream;

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::rejection::ExtensionRejection;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{GraphqlResponse, IdentifiedRequest, Operation, OperationType, RequestParams};
use passerelle_storage::ReadView;
use tracing::{Instrument, Span};

use super::AppState;
use super::accept::MediaType;
use super::cache::{CacheKey, CacheStatus, RenderedResponse};
use super::cors::EXPLAIN_HEADER;
use super::encoding::ContentEncoding;
use super::live::AcceptedFormats;
use super::rate_limit;
use super::request_id::{self, RequestId};

/// The address of whoever is at the other end, if the server tells.
pub(super) type PeerAddress = Result<ConnectInfo<SocketAddr>, ExtensionRejection>;

/// What a response costs that is there.
const CACHE_HIT_COST: usize = 1;
/// How many digits of a document's checksum are told: enough to tell two apart.
const DOCUMENT_ID_DIGITS: usize = 16;

/// A request whose answer has a format that its client accepts.
pub(super) struct Exchange<'a> {
    shared: &'a AppState,
    headers: &'a HeaderMap,
    peer: Option<IpAddr>,
    method: Method,
    media_type: MediaType,
    accepted: AcceptedFormats,
    id: RequestId,
    started: Instant,
    /// What was executed, if anything was.
    operation_fields: OnceLock<OperationLogFields>,
}

/// What is told of an operation.
struct OperationLogFields {
    name: Option<String>,
    document: String,
    cost: usize,
}

impl<'a> Exchange<'a> {
    /// Takes a request up. None for one whose client accepts no answer there is.
    pub(super) fn negotiate(
        shared: &'a AppState,
        method: Method,
        headers: &'a HeaderMap,
        peer: PeerAddress,
        accepted: AcceptedFormats,
    ) -> Option<Self> {
        let media_type = accepted.response_media_type()?;
        let id = shared.request_ids.from_headers(headers);
        let peer = peer.ok().map(|info| info.0.ip());
        Some(Self {
            shared,
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

    /// Answers once, if the kind of operation may be answered so.
    pub(super) async fn respond(
        self,
        params: RequestParams,
        check_operation_type: impl Fn(OperationType) -> Result<(), GraphqlResponse>,
    ) -> HttpResponse {
        let request = match self.shared.engine.find(params) {
            Ok(request) => request,
            Err(response) => return self.respond_uncached(response),
        };
        // All of the answer is read at this one.
        let view = self.shared.state.storage.cached_latest();
        let key =
            CacheKey::new(request.checksum, view.revision(), self.media_type, self.shared.cache_key_salt);
        if self.method == Method::GET
            && let Some(etag) = self.matching_etag(&key)
        {
            return self.not_modified(etag);
        }
        if self.shared.state.settings.is_development && explain_is_wanted(self.headers) {
            return self.explain(request, key, view, check_operation_type).await;
        }
        let encoding = ContentEncoding::negotiate(self.headers);
        if let Some(rendered) = self.shared.response_cache.get(key, encoding).await {
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
        let rendering = async {
            let response = self.shared.engine.execute(operation, view).await;
            RenderedResponse::of(&self.count_errors(response), self.media_type, || key.etag())
        };
        let rendering = Box::pin(rendering.instrument(span));
        let (rendered, cache_status) =
            self.shared.response_cache.get_or_render(key, encoding, rendering).await;
        self.finish(RenderedResponse::clone(&rendered), cache_status)
    }

    /// Answers and says how. What is told is of this execution: nothing is kept of it.
    async fn explain(
        self,
        request: IdentifiedRequest,
        key: CacheKey,
        view: ReadView,
        check_operation_type: impl Fn(OperationType) -> Result<(), GraphqlResponse>,
    ) -> HttpResponse {
        let operation = match self.validate(request, check_operation_type) {
            Ok(operation) => operation,
            Err(response) => return self.respond_uncached(response),
        };
        if let Some(format) = self.accepted.stream_format_for(operation.operation_type) {
            return self.respond_stream(format, Ok(operation));
        }
        let span = self.span(&operation);
        let is_cached = self.shared.response_cache.contains(&key);
        let cache = move |is_cacheable| match (is_cacheable, is_cached) {
            (false, _) => CacheStatus::Bypass.name(),
            (true, true) => CacheStatus::Hit.name(),
            (true, false) => CacheStatus::Miss.name(),
        };
        let execution = Box::pin(self.shared.engine.explain(operation, view, cache));
        let response = execution.instrument(span).await;
        self.respond_uncached(response)
    }

    /// The operation, if it may be executed.
    fn validate(
        &self,
        request: IdentifiedRequest,
        check_operation_type: impl Fn(OperationType) -> Result<(), GraphqlResponse>,
    ) -> Result<Operation, GraphqlResponse> {
        let operation = self.shared.validate(request)?;
        check_operation_type(operation.operation_type)?;
        Ok(operation)
    }

    /// Charges the client. An error says how long it must wait.
    fn charge_rate_limit(&self, cost: usize) -> Result<(), Duration> {
        self.shared.rate_limiter.charge(self.headers, self.peer, cost)
    }

    fn too_many_requests(self, retry_after: Duration) -> HttpResponse {
        let mut response = self.respond_uncached(rate_limit::rate_limited_response(retry_after));
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(rate_limit::retry_after_seconds(retry_after)));
        response
    }

    /// The etag of the answer of a key, if the client has that: it was told this etag, or would not know it.
    fn matching_etag(&self, key: &CacheKey) -> Option<String> {
        let if_none_match = self.headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
        let etag = key.etag();
        let matches = if_none_match
            .split(',')
            .any(|candidate| strip_weak_prefix(candidate) == strip_weak_prefix(&etag));
        matches.then_some(etag)
    }

    fn not_modified(self, etag: String) -> HttpResponse {
        let mut response = HttpResponse::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static(super::cache::VARY));
        if let Ok(etag) = HeaderValue::try_from(etag) {
            headers.insert(header::ETAG, etag);
        }
        headers.insert(header::CACHE_CONTROL, self.shared.cache_control.clone());
        self.log(StatusCode::NOT_MODIFIED, 0, CacheStatus::NotModified);
        self.with_request_id(response)
    }

    /// Answers for this moment only: what is refused, and what nobody is to keep.
    pub(super) fn respond_uncached(self, response: GraphqlResponse) -> HttpResponse {
        let rendered = RenderedResponse::of(&self.count_errors(response), self.media_type, String::new);
        self.finish(rendered, CacheStatus::Bypass)
    }

    /// The answer as this client is told, its errors counted.
    fn count_errors(&self, response: GraphqlResponse) -> GraphqlResponse {
        response.error_codes().for_each(|code| self.shared.http_metrics.count_error(code));
        response.with_request_id(self.id.as_str())
    }

    fn finish(self, rendered: RenderedResponse, cache_status: CacheStatus) -> HttpResponse {
        self.log(rendered.status, rendered.error_count, cache_status);
        let etag = rendered.etag.clone();
        let mut response = rendered.into_http(self.media_type);
        // Others keep answers to links only: RFC 9110, section 9.3.3, and RFC 9111, section 3.
        if let Some(etag) = etag.filter(|_| self.method == Method::GET) {
            let headers = response.headers_mut();
            headers.insert(header::ETAG, etag);
            headers.insert(header::CACHE_CONTROL, self.shared.cache_control.clone());
        }
        self.with_request_id(response)
    }

    /// The answer with the id of the request.
    fn with_request_id(&self, mut response: HttpResponse) -> HttpResponse {
        response.headers_mut().insert(request_id::HEADER, self.id.header_value());
        response
    }

    /// What is logged while an operation is executed says of which one.
    fn span(&self, operation: &Operation) -> Span {
        let document: String = operation.document.to_string().chars().take(DOCUMENT_ID_DIGITS).collect();
        let cost = operation.complexity.cost;
        let span = tracing::info_span!(
            "graphql",
            http.request_id = self.id.as_str(),
            graphql.operation = operation.name,
            graphql.document = document,
            graphql.cost = cost,
        );
        // It is set once: an exchange executes one operation.
        drop(self.operation_fields.set(OperationLogFields { name: operation.name.clone(), document, cost }));
        span
    }

    /// One line a request; answers that were there are told of only where everything is.
    fn log(&self, status: StatusCode, errors: usize, cache_status: CacheStatus) {
        let elapsed = self.started.elapsed();
        self.shared.http_metrics.record_request(cache_status, elapsed);
        let (took_us, cache) = (elapsed.as_micros(), cache_status.name());
        let (method, id, status) = (&self.method, self.id.as_str(), status.as_u16());
        let Some(OperationLogFields { name, document, cost }) = self.operation_fields.get() else {
            tracing::debug!(
                http.method = %method, http.status = status, http.request_id = id,
                graphql.errors = errors, graphql.cache = cache, took_us, "request completed"
            );
            return;
        };
        tracing::info!(
            http.method = %method, http.status = status, http.request_id = id,
            graphql.operation = name, graphql.document = document, graphql.cost = cost,
            graphql.errors = errors, graphql.cache = cache, took_us, "request completed"
        );
    }
}

/// A etag without the mark that it is weak, which does not count here (RFC 9110, section 13.1.2).
fn strip_weak_prefix(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/")
}

/// Whether a client wants to know how its answer was made.
fn explain_is_wanted(headers: &HeaderMap) -> bool {
    headers.get(EXPLAIN_HEADER).is_some_and(|value| value == "1")
}
