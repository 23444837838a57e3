//! One request to `/graphql` and its answer.

use std::sync::OnceLock;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use tracing::{Instrument, Span};

use super::Shared;
use super::accept::{MediaType, negotiate};
use super::answer::Answer;
use super::cache::{Key, Outcome, Rendered};
use super::encoding::Encoding;
use super::execution::execute;
use super::graphql::not_acceptable;
use super::live::events;
use super::request::{Asked, Operation, Params};
use super::request_id::{self, RequestId};

/// How many digits of a document's checksum are told: enough to tell two apart.
const SHORT: usize = 16;

/// A request whose answer has a form that its client accepts.
pub(super) struct Exchange<'a> {
    shared: &'a Shared,
    headers: &'a HeaderMap,
    method: Method,
    media: MediaType,
    id: RequestId,
    started: Instant,
    /// What was executed, if anything was.
    executed: OnceLock<Executed>,
}

/// What is told of an operation.
struct Executed {
    name: Option<String>,
    document: String,
    cost: usize,
}

impl<'a> Exchange<'a> {
    /// Takes a request up, or refuses one whose client accepts no answer there is.
    pub(super) fn begin(
        shared: &'a Shared,
        method: Method,
        headers: &'a HeaderMap,
        is_live: bool,
    ) -> Result<Self, HttpResponse> {
        let media = negotiate(headers).or(is_live.then_some(MediaType::Json));
        let Some(media) = media else { return Err(not_acceptable()) };
        let id = shared.request_ids.of(headers);
        Ok(Self { shared, headers, method, media, id, started: Instant::now(), executed: OnceLock::new() })
    }

    /// Answers once, if the kind of operation may be answered so.
    pub(super) async fn answer(
        self,
        params: Params,
        assert_kind: impl Fn(OperationType) -> Result<(), Answer>,
    ) -> HttpResponse {
        let asked = match params.asked(&self.shared.documents) {
            Ok(asked) => asked,
            Err(answer) => return self.refuse(answer),
        };
        // All of the answer is read at this one.
        let view = self.shared.state.storage.newest();
        let key = Key::new(asked.key, view.revision(), self.media, self.shared.salt);
        if self.method == Method::GET && self.knows(&key) {
            return self.not_modified(&key);
        }
        let making = async {
            let answer = match self.admitted(asked, assert_kind) {
                Ok(operation) => {
                    let span = self.span(&operation);
                    execute(self.shared, operation, view).instrument(span).await
                }
                Err(answer) => answer,
            };
            answer.of_request(&self.id).rendered(self.media, || key.tag())
        };
        let encoding = Encoding::negotiate(self.headers);
        let (rendered, outcome) = self.shared.responses.answer(key, encoding, making).await;
        self.end(Rendered::clone(&rendered), outcome)
    }

    /// Answers as a stream of events, if the kind of operation may be answered so.
    pub(super) fn events(
        self,
        params: Params,
        assert_kind: impl Fn(OperationType) -> Result<(), Answer>,
    ) -> HttpResponse {
        let asked = params.asked(&self.shared.documents);
        match asked.and_then(|asked| self.admitted(asked, assert_kind)) {
            Ok(operation) => {
                tracing::debug!(http.method = %self.method, graphql.operation = operation.name, "answering as events");
                self.named(events(self.shared, operation))
            }
            Err(answer) => self.refuse(answer),
        }
    }

    /// The operation, if it may be executed.
    fn admitted(
        &self,
        asked: Asked,
        assert_kind: impl Fn(OperationType) -> Result<(), Answer>,
    ) -> Result<Operation, Answer> {
        let operation = self.shared.admitted(asked)?;
        assert_kind(operation.kind)?;
        Ok(operation)
    }

    /// Whether the client has the answer of a key: it was told this tag, or would not know it.
    fn knows(&self, key: &Key) -> bool {
        let Some(known) = self.headers.get(header::IF_NONE_MATCH) else { return false };
        let tag = key.tag();
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        known.to_str().is_ok_and(|known| known.split(',').any(|known| bare(known) == bare(&tag)))
    }

    fn not_modified(self, key: &Key) -> HttpResponse {
        let mut response = HttpResponse::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static(super::cache::VARY));
        if let Ok(tag) = HeaderValue::try_from(key.tag()) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, self.shared.cache_control.clone());
        self.log(StatusCode::NOT_MODIFIED, 0, "known");
        self.named(response)
    }

    /// Answers a request that is not executed.
    pub(super) fn refuse(self, answer: Answer) -> HttpResponse {
        let rendered = answer.of_request(&self.id).rendered(self.media, String::new);
        self.end(rendered, Outcome::Pass)
    }

    fn end(self, rendered: Rendered, outcome: Outcome) -> HttpResponse {
        self.log(rendered.status, rendered.error_count, outcome.name());
        let tag = rendered.tag.clone();
        let mut response = rendered.into_http(self.media);
        // Others keep answers to links only: RFC 9110, section 9.3.3, and RFC 9111, section 3.
        if let Some(tag) = tag.filter(|_| self.method == Method::GET) {
            let headers = response.headers_mut();
            headers.insert(header::ETAG, tag);
            headers.insert(header::CACHE_CONTROL, self.shared.cache_control.clone());
        }
        self.named(response)
    }

    /// The answer with the id of the request.
    fn named(&self, mut response: HttpResponse) -> HttpResponse {
        response.headers_mut().insert(request_id::HEADER, self.id.header());
        response
    }

    /// What is logged while an operation is executed says of which one.
    fn span(&self, operation: &Operation) -> Span {
        let document: String = operation.document.to_string().chars().take(SHORT).collect();
        let cost = operation.tally.cost;
        let span = tracing::info_span!(
            "graphql",
            http.request_id = self.id.as_str(),
            graphql.operation = operation.name,
            graphql.document = document,
            graphql.cost = cost,
        );
        // It is set once: an exchange executes one operation.
        drop(self.executed.set(Executed { name: operation.name.clone(), document, cost }));
        span
    }

    /// One line a request; answers that were there are told of only where everything is.
    fn log(&self, status: StatusCode, errors: usize, cache: &str) {
        let took_us = self.started.elapsed().as_micros();
        let (method, id, status) = (&self.method, self.id.as_str(), status.as_u16());
        let Some(Executed { name, document, cost }) = self.executed.get() else {
            tracing::debug!(
                http.method = %method, http.status = status, http.request_id = id,
                graphql.errors = errors, graphql.cache = cache, took_us, "answered"
            );
            return;
        };
        tracing::info!(
            http.method = %method, http.status = status, http.request_id = id,
            graphql.operation = name, graphql.document = document, graphql.cost = cost,
            graphql.errors = errors, graphql.cache = cache, took_us, "answered"
        );
    }
}
