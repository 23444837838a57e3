//! One request to `/graphql` and its answer.

mod stream;

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::rejection::ExtensionRejection;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response as HttpResponse;
use passerelle_api::{Answer, Asked, Operation, OperationType, Params};
use passerelle_storage::View;
use tracing::{Instrument, Span};

use super::Shared;
use super::accept::MediaType;
use super::cache::{Key, Outcome, Rendered};
use super::encoding::Encoding;
use super::live::Wanted;
use super::origins::EXPLAIN;
use super::rate;
use super::request_id::{self, RequestId};

/// The address of whoever is at the other end, if the server tells.
pub(super) type Peer = Result<ConnectInfo<SocketAddr>, ExtensionRejection>;

/// What an answer costs that is there.
const HELD_COST: usize = 1;
/// How many digits of a document's checksum are told: enough to tell two apart.
const SHORT: usize = 16;

/// A request whose answer has a form that its client accepts.
pub(super) struct Exchange<'a> {
    shared: &'a Shared,
    headers: &'a HeaderMap,
    peer: Option<IpAddr>,
    method: Method,
    media: MediaType,
    wanted: Wanted,
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
    /// Takes a request up. None for one whose client accepts no answer there is.
    pub(super) fn begin(
        shared: &'a Shared,
        method: Method,
        headers: &'a HeaderMap,
        peer: Peer,
        wanted: Wanted,
    ) -> Option<Self> {
        let media = wanted.media()?;
        let id = shared.request_ids.of(headers);
        let peer = peer.ok().map(|info| info.0.ip());
        Some(Self {
            shared,
            headers,
            peer,
            method,
            media,
            wanted,
            id,
            started: Instant::now(),
            executed: OnceLock::new(),
        })
    }

    /// Answers once, if the kind of operation may be answered so.
    pub(super) async fn answer(
        self,
        params: Params,
        assert_kind: impl Fn(OperationType) -> Result<(), Answer>,
    ) -> HttpResponse {
        let asked = match self.shared.engine.find(params) {
            Ok(asked) => asked,
            Err(answer) => return self.for_now(answer),
        };
        // All of the answer is read at this one.
        let view = self.shared.state.storage.newest();
        let key = Key::new(asked.key, view.revision(), self.media, self.shared.salt);
        if self.method == Method::GET
            && let Some(tag) = self.known(&key)
        {
            return self.not_modified(tag);
        }
        if self.shared.state.settings.is_development && explain_is_wanted(self.headers) {
            return self.explain(asked, key, view, assert_kind).await;
        }
        let encoding = Encoding::negotiate(self.headers);
        if let Some(rendered) = self.shared.responses.get(key, encoding).await {
            return match self.charge(HELD_COST) {
                Ok(()) => self.end(Rendered::clone(&rendered), Outcome::Hit),
                Err(wait) => self.slow_down(wait),
            };
        }
        let operation = match self.admitted(asked, assert_kind) {
            Ok(operation) => operation,
            Err(answer) => return self.for_now(answer),
        };
        if let Some(form) = self.wanted.form_of(operation.kind) {
            return self.stream(form, Ok(operation));
        }
        if let Err(wait) = self.charge(operation.tally.cost) {
            return self.slow_down(wait);
        }
        let span = self.span(&operation);
        let making = async {
            let answer = self.shared.engine.execute(operation, view).await;
            Rendered::of(&self.told(answer), self.media, || key.tag())
        };
        let making = Box::pin(making.instrument(span));
        let (rendered, outcome) = self.shared.responses.make(key, encoding, making).await;
        self.end(Rendered::clone(&rendered), outcome)
    }

    /// Answers and says how. What is told is of this execution: nothing is kept of it.
    async fn explain(
        self,
        asked: Asked,
        key: Key,
        view: View,
        assert_kind: impl Fn(OperationType) -> Result<(), Answer>,
    ) -> HttpResponse {
        let operation = match self.admitted(asked, assert_kind) {
            Ok(operation) => operation,
            Err(answer) => return self.for_now(answer),
        };
        if let Some(form) = self.wanted.form_of(operation.kind) {
            return self.stream(form, Ok(operation));
        }
        let span = self.span(&operation);
        let is_held = self.shared.responses.has(&key);
        let cache = move |is_lasting| match (is_lasting, is_held) {
            (false, _) => Outcome::Pass.name(),
            (true, true) => Outcome::Hit.name(),
            (true, false) => Outcome::Miss.name(),
        };
        let explaining = Box::pin(self.shared.engine.explain(operation, view, cache));
        let answer = explaining.instrument(span).await;
        self.for_now(answer)
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

    /// Charges the client. An error says how long it must wait.
    fn charge(&self, cost: usize) -> Result<(), Duration> {
        self.shared.rates.charge(self.headers, self.peer, cost)
    }

    fn slow_down(self, wait: Duration) -> HttpResponse {
        let mut response = self.for_now(rate::too_much(wait));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(rate::seconds(wait)));
        response
    }

    /// The tag of the answer of a key, if the client has that: it was told this tag, or would not know it.
    fn known(&self, key: &Key) -> Option<String> {
        let known = self.headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
        let tag = key.tag();
        let is_it = known.split(',').any(|known| bare(known) == bare(&tag));
        is_it.then_some(tag)
    }

    fn not_modified(self, tag: String) -> HttpResponse {
        let mut response = HttpResponse::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static(super::cache::VARY));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, self.shared.cache_control.clone());
        self.log(StatusCode::NOT_MODIFIED, 0, Outcome::Known);
        self.named(response)
    }

    /// Answers for this moment only: what is refused, and what nobody is to keep.
    pub(super) fn for_now(self, answer: Answer) -> HttpResponse {
        let rendered = Rendered::of(&self.told(answer), self.media, String::new);
        self.end(rendered, Outcome::Pass)
    }

    /// The answer as this client is told, its errors counted.
    fn told(&self, answer: Answer) -> Answer {
        answer.codes().for_each(|code| self.shared.figures.told(code));
        answer.of_request(self.id.as_str())
    }

    fn end(self, rendered: Rendered, outcome: Outcome) -> HttpResponse {
        self.log(rendered.status, rendered.error_count, outcome);
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
    fn log(&self, status: StatusCode, errors: usize, outcome: Outcome) {
        let took = self.started.elapsed();
        self.shared.figures.answered(outcome, took);
        let (took_us, cache) = (took.as_micros(), outcome.name());
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

/// A tag without the mark that it is weak, which does not count here (RFC 9110, section 13.1.2).
fn bare(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

/// Whether a client wants to know how its answer was made.
fn explain_is_wanted(headers: &HeaderMap) -> bool {
    headers.get(EXPLAIN).is_some_and(|value| value == "1")
}
