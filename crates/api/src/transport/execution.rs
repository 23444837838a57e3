//! An operation, executed at one revision.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures_util::FutureExt;
use passerelle_storage::{View, recorded};

use super::Shared;
use super::answer::Answer;
use super::cache::Outcome;
use super::explanation::Explanation;
use super::request::Operation;
use crate::code::Code;
use crate::context::Scopes;
use crate::loader::{Batches, drive};

/// Answers an operation from a view.
pub(super) async fn execute(shared: &Shared, operation: Operation, view: View) -> Answer {
    execute_in(shared, operation, view, Batches::default()).await
}

async fn execute_in(shared: &Shared, operation: Operation, view: View, batches: Batches) -> Answer {
    let Operation { request, name, .. } = operation;
    let time = shared.state.settings.limits.time;
    let revision = view.revision().number;
    let scopes = Arc::new(Scopes::new(view, batches.clone()));
    let executing = shared.schema.execute(request.data(Arc::clone(&scopes)));
    let driven = AssertUnwindSafe(drive(executing, batches)).catch_unwind();
    match tokio::time::timeout(time, driven).await {
        Ok(Ok(response)) => {
            let answer = Answer::executed(response, revision);
            if scopes.says_how_things_are() { answer } else { answer.lasting() }
        }
        Ok(Err(_)) => {
            tracing::error!(graphql.operation = name, "a resolver panicked");
            let message = "The server failed to answer.";
            Answer::failed(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message)
        }
        Err(_) => too_late(time),
    }
}

fn too_late(time: Duration) -> Answer {
    let message = format!("The answer took more than {} s.", time.as_secs_f32());
    Answer::failed(StatusCode::SERVICE_UNAVAILABLE, Code::Timeout, message)
}

/// Answers an operation, and says how.
pub(super) async fn explain(shared: &Shared, operation: Operation, view: View, is_held: bool) -> Answer {
    let (started, tally) = (Instant::now(), operation.tally);
    let batches = Batches::default();
    let executing = Box::pin(execute_in(shared, operation, view, batches.clone()));
    let (answer, statements) = recorded(executing).await;
    let cache = match (answer.is_lasting(), is_held) {
        (false, _) => Outcome::Pass,
        (true, true) => Outcome::Hit,
        (true, false) => Outcome::Miss,
    };
    let explanation = Explanation::new(tally, cache.name(), batches.count(), statements, started.elapsed());
    answer.explained(explanation)
}
