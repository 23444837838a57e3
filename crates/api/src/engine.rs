//! Runs GraphQL operations. Every transport uses this one entry.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};
use http::StatusCode;
use passerelle_model::sync::SyncStatus;
use passerelle_search::Search;
use passerelle_storage::{Storage, View, recorded};
use tokio::sync::watch;
use tracing::{Instrument, Span};

use crate::answer::Answer;
use crate::code::Code;
use crate::context::Scopes;
use crate::documents::Documents;
use crate::explanation::Explanation;
use crate::guard::Prices;
use crate::limits::Limits;
use crate::loader::{Batches, drive};
use crate::page_url::PageUrl;
use crate::request::{Asked, Operation, Params};
use crate::schema::{ContentSchema, builder, sdl};
use crate::trusted::TrustedDocuments;

/// The sources that the resolvers read.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The content.
    pub storage: Storage,
    /// The search index.
    pub search: Search,
    /// The pattern of the addresses of pages in front ends.
    pub page_url: PageUrl,
    /// The state of the worker.
    pub sync: watch::Receiver<SyncStatus>,
}

/// The settings of the engine.
#[derive(Clone, Debug, Default)]
pub struct EngineSettings {
    /// The limits of an operation.
    pub limits: Limits,
    /// The trusted documents.
    pub trusted: TrustedDocuments,
    /// Suggests names that are nearly right.
    pub suggestions: bool,
}

/// Parses, checks and executes operations.
pub struct Engine {
    schema: ContentSchema,
    documents: Documents,
    prices: Prices,
    limits: Limits,
    storage: Storage,
}

impl Engine {
    /// Makes an engine over these sources.
    pub fn new(sources: Sources, settings: EngineSettings) -> Self {
        let EngineSettings { limits, trusted, suggestions } = settings;
        let builder = if suggestions { builder() } else { builder().disable_suggestions() };
        let storage = sources.storage.clone();
        let schema = builder
            .data(sources.storage)
            .data(sources.search)
            .data(sources.sync)
            .data(sources.page_url)
            .finish();
        Self {
            documents: Documents::new(limits.clone(), trusted),
            prices: Prices::of(&sdl()),
            schema,
            limits,
            storage,
        }
    }

    /// The limits of an operation.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Finds the document that a request names. The result has the key for a response cache.
    pub fn find(&self, params: Params) -> Result<Asked, Answer> {
        params.asked(&self.documents)
    }

    /// Parses the document and checks it against the limits.
    pub fn operation(&self, asked: Asked) -> Result<Operation, Answer> {
        asked.operation(&self.documents, &self.prices, &self.limits)
    }

    /// Executes an operation at the revision of a view.
    pub async fn execute(&self, operation: Operation, view: View) -> Answer {
        self.execute_in(operation, view, Batches::default()).await
    }

    async fn execute_in(&self, operation: Operation, view: View, batches: Batches) -> Answer {
        let Operation { request, name, .. } = operation;
        let time = self.limits.time;
        let revision = view.revision().number;
        let scopes = Arc::new(Scopes::new(view, batches.clone()));
        let executing = self.schema.execute(request.data(Arc::clone(&scopes)));
        let driven = AssertUnwindSafe(drive(executing, batches)).catch_unwind();
        match tokio::time::timeout(time, driven).await {
            Ok(Ok(response)) => {
                let answer = Answer::executed(response, revision);
                if scopes.says_how_things_are() { answer } else { answer.lasting() }
            }
            Ok(Err(_)) => {
                tracing::error!(graphql.operation = name, "a resolver panicked");
                panicked()
            }
            Err(_) => too_late(time),
        }
    }

    /// Executes an operation and reports how. `cache` names what the response cache did, given whether the response may be
    /// cached.
    pub async fn explain(
        &self,
        operation: Operation,
        view: View,
        cache: impl FnOnce(bool) -> &'static str,
    ) -> Answer {
        let (started, tally) = (Instant::now(), operation.tally);
        let batches = Batches::default();
        let executing = Box::pin(self.execute_in(operation, view, batches.clone()));
        let (answer, statements) = recorded(executing).await;
        let cache = cache(answer.is_lasting());
        let explanation = Explanation::new(tally, cache, batches.count(), statements, started.elapsed());
        answer.explained(explanation)
    }

    /// Executes a subscription: one response an event. Each is logged under the span.
    pub fn subscribe(&self, operation: Operation, span: Span) -> BoxStream<'static, Answer> {
        let batches = Batches::default();
        let scopes = Arc::new(Scopes::new(self.storage.newest(), batches.clone()));
        let request = operation.request.data(Arc::clone(&scopes));
        let responses = Box::pin(self.schema.execute_stream(request));
        let next = move |responses| {
            let (batches, scopes) = (batches.clone(), Arc::clone(&scopes));
            let answering = async move {
                let mut responses: BoxStream<'static, _> = responses?;
                match AssertUnwindSafe(drive(responses.next(), batches)).catch_unwind().await {
                    Ok(response) => Some((Answer::executed(response?, scopes.revision()), Some(responses))),
                    Err(_) => {
                        tracing::error!("a resolver panicked");
                        Some((panicked(), None))
                    }
                }
            };
            answering.instrument(span.clone())
        };
        let responses: BoxStream<'static, _> = responses;
        Box::pin(stream::unfold(Some(responses), next))
    }
}

fn panicked() -> Answer {
    let message = "The server failed to answer.";
    Answer::failed(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message)
}

fn too_late(time: Duration) -> Answer {
    let message = format!("The answer took more than {} s.", time.as_secs_f32());
    Answer::failed(StatusCode::SERVICE_UNAVAILABLE, Code::Timeout, message)
}
