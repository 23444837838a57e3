//! What an operator may ask of a service that runs: `POST /admin/sync`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use passerelle_model::checksum::Checksum;
use passerelle_model::sync::{Revision, SyncOutcome, SyncProblem};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::Shared;

/// A look at the whole folder takes longer only where very much of it is new.
const TIMEOUT: Duration = Duration::from_mins(5);

/// What an operator may ask, and how they show that they are one.
#[derive(Clone)]
pub struct Admin {
    /// What follows `Authorization: Bearer`.
    pub token: String,
    /// Asks the worker for a look at the whole folder.
    pub ask: mpsc::Sender<oneshot::Sender<SyncOutcome>>,
}

impl std::fmt::Debug for Admin {
    /// Without the token, which is nobody's to read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admin")
    }
}

/// How the service stands to the folder after it was looked at.
#[derive(Serialize)]
struct Synced {
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<SyncedRevision>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct SyncedRevision {
    number: i64,
    at: String,
}

#[derive(Serialize)]
struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    message: String,
    advice: String,
    since: String,
}

impl From<SyncOutcome> for Synced {
    fn from(outcome: SyncOutcome) -> Self {
        let revision = |revision: Revision| SyncedRevision {
            number: revision.number.get(),
            at: revision.at.to_string(),
        };
        let problem = |problem: SyncProblem| Problem {
            path: problem.path,
            message: problem.message,
            advice: problem.advice,
            since: problem.since.to_string(),
        };
        Self {
            revision: outcome.revision.map(revision),
            problems: outcome.problems.into_iter().map(problem).collect(),
        }
    }
}

/// Looks at the whole folder, and answers with a revision that has everything that was written before the request.
pub(super) async fn sync(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let Some(admin) = &shared.state.admin else {
        return told(
            StatusCode::NOT_FOUND,
            "there is no /admin: start the service with PASSERELLE_ADMIN_TOKEN",
        );
    };
    if !is_admin(admin, &headers) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"passerelle\"")];
        let refused = told(StatusCode::UNAUTHORIZED, "send the token as `Authorization: Bearer TOKEN`");
        return (challenge, refused).into_response();
    }
    let (answer, answered) = oneshot::channel();
    if admin.ask.try_send(answer).is_err() {
        return told(StatusCode::SERVICE_UNAVAILABLE, "too many ask, or the service is about to stop");
    }
    match tokio::time::timeout(TIMEOUT, answered).await {
        Ok(Ok(outcome)) => {
            let status =
                if outcome.revision.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            (status, Json(Synced::from(outcome))).into_response()
        }
        Ok(Err(_)) => told(StatusCode::SERVICE_UNAVAILABLE, "the service is about to stop"),
        Err(_) => told(StatusCode::GATEWAY_TIMEOUT, "the folder was not settled within 5 minutes"),
    }
}

/// Whether a request shows the token. What is compared are checksums, which take as long to compare whatever differs.
fn is_admin(admin: &Admin, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.split_once(' '));
    let token =
        token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.is_some_and(|token| Checksum::of(token.as_bytes()) == Checksum::of(admin.token.as_bytes()))
}

fn told(status: StatusCode, message: &str) -> Response {
    (status, Json(serde_json::json!({ "message": message }))).into_response()
}
