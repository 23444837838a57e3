//! What an operator may sync_requests of a service that runs: `POST /admin/sync`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use passerelle_model::checksum::Checksum;
use passerelle_model::sync::{Revision, SyncOutcome, SyncProblem};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::AppState;

/// A look at the whole folder takes longer only where very much of it is new.
const SYNC_TIMEOUT: Duration = Duration::from_mins(5);

/// What an operator may sync_requests, and how they show that they are one.
#[derive(Clone)]
pub struct AdminAccess {
    /// What follows `Authorization: Bearer`.
    pub token: String,
    /// Asks the worker for a look at the whole folder.
    pub sync_requests: mpsc::Sender<oneshot::Sender<SyncOutcome>>,
}

impl std::fmt::Debug for AdminAccess {
    /// Without the token, which is nobody's to read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AdminAccess")
    }
}

/// How the service stands to the folder after it was looked at.
#[derive(Serialize)]
struct SyncResponseBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<RevisionBody>,
    problems: Vec<ProblemBody>,
}

#[derive(Serialize)]
struct RevisionBody {
    number: i64,
    at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProblemBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    message: String,
    suggestion: String,
    detected_at: String,
}

impl From<SyncOutcome> for SyncResponseBody {
    fn from(outcome: SyncOutcome) -> Self {
        let revision =
            |revision: Revision| RevisionBody { number: revision.number.get(), at: revision.at.to_string() };
        let problem = |problem: SyncProblem| ProblemBody {
            path: problem.path,
            message: problem.message,
            suggestion: problem.advice,
            detected_at: problem.since.to_string(),
        };
        Self {
            revision: outcome.revision.map(revision),
            problems: outcome.problems.into_iter().map(problem).collect(),
        }
    }
}

/// Looks at the whole folder, and answers with a revision that has everything that was written before the request.
pub(super) async fn sync(State(shared): State<AppState>, headers: HeaderMap) -> Response {
    let Some(admin) = &shared.state.admin else {
        return message_response(
            StatusCode::NOT_FOUND,
            "the admin API is disabled; start the service with PASSERELLE_ADMIN_TOKEN",
        );
    };
    if !is_authorized(admin, &headers) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"passerelle\"")];
        let rejected =
            message_response(StatusCode::UNAUTHORIZED, "send the token as `Authorization: Bearer TOKEN`");
        return (challenge, rejected).into_response();
    }
    let (reply_sender, reply_receiver) = oneshot::channel();
    if admin.sync_requests.try_send(reply_sender).is_err() {
        return message_response(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many pending sync requests, or the service is shutting down",
        );
    }
    match tokio::time::timeout(SYNC_TIMEOUT, reply_receiver).await {
        Ok(Ok(outcome)) => {
            let status =
                if outcome.revision.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            (status, Json(SyncResponseBody::from(outcome))).into_response()
        }
        Ok(Err(_)) => message_response(StatusCode::SERVICE_UNAVAILABLE, "the service is shutting down"),
        Err(_) => message_response(StatusCode::GATEWAY_TIMEOUT, "the sync did not finish within 5 minutes"),
    }
}

/// Whether a request shows the token. What is compared are checksums, which take as long to compare whatever differs.
fn is_authorized(admin: &AdminAccess, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.split_once(' '));
    let token =
        token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.is_some_and(|token| Checksum::of(token.as_bytes()) == Checksum::of(admin.token.as_bytes()))
}

fn message_response(status: StatusCode, message: &str) -> Response {
    (status, Json(serde_json::json!({ "message": message }))).into_response()
}
