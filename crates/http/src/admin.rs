//! `POST /admin/sync`: full scan of the content folder on request of an operator.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use passerelle_model::revision::Revision;
use passerelle_model::sync::{SyncOutcome, SyncProblem};
use serde::Serialize;
use tokio::sync::oneshot;

use super::admin_access::AdminAccess;
use super::state::AppState;

/// Maximum time to wait for the scan. A scan takes longer only if very many documents are new.
const SYNC_TIMEOUT: Duration = Duration::from_mins(5);

/// Result of the scan.
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
            path: problem.place.path().map(str::to_owned),
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

/// Requests a full scan and waits for it. The revision in the response contains all changes made before the
/// request.
///
/// 404 if the admin API is disabled, 401 without the token, 503 if the scan failed or the service is busy,
/// 504 after 5 minutes.
pub(super) async fn sync(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let Some(admin) = state.admin() else {
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
        Ok(Err(_)) => message_response(
            StatusCode::SERVICE_UNAVAILABLE,
            "the scan was interrupted, because the process stops or another one leads; send the request again",
        ),
        Err(_) => message_response(StatusCode::GATEWAY_TIMEOUT, "the sync did not finish within 5 minutes"),
    }
}

/// Returns true if the request has the bearer token.
fn is_authorized(admin: &AdminAccess, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.split_once(' '));
    token.is_some_and(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && admin.token.matches(token.trim())
    })
}

fn message_response(status: StatusCode, message: &str) -> Response {
    (status, Json(serde_json::json!({ "message": message }))).into_response()
}
