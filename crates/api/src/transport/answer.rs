//! Answers as JSON, with the status codes of the GraphQL-over-HTTP text.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response as HttpResponse;
use passerelle_model::sync::RevisionNumber;
use serde::Serialize;
use serde::ser::SerializeMap;

use super::accept::MediaType;
use super::cache::Rendered;
use super::encoding::Encoding;
use super::explanation::Explanation;
use super::request_id::RequestId;
use crate::code::Code;
use crate::error::{ApiError, tell};

/// An answer on its way to bytes.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status under `application/graphql-response+json`.
    status: StatusCode,
    /// Whether the request was GraphQL at all: under `application/json` only then is the status 200.
    is_graphql: bool,
    errors: Vec<ServerError>,
    /// None for a request that was not executed: then the answer has no `data`.
    data: Option<Box<Value>>,
    revision: Option<RevisionNumber>,
    /// Whether it is the answer of its revision for good.
    is_lasting: bool,
    /// How it was made, where somebody wants to know.
    explanation: Option<Box<Explanation>>,
}

impl Answer {
    /// What the engine answered, read at a revision.
    pub(super) fn executed(response: Response, revision: RevisionNumber) -> Self {
        // The engine marks what it did not execute by errors without a path and no data.
        let was_executed =
            response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        let status = if was_executed { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        let errors = response.errors.into_iter().map(|error| tell(error, Code::ValidationFailed)).collect();
        let data = was_executed.then(|| Box::new(response.data));
        let revision = Some(revision);
        Self { status, is_graphql: true, errors, data, revision, is_lasting: false, explanation: None }
    }

    /// One that tells nothing but what its revision holds.
    pub(super) fn lasting(self) -> Self {
        let is_lasting = self.errors.is_empty();
        Self { is_lasting, ..self }
    }

    /// Whether it is the answer of its revision for good.
    pub(super) fn is_lasting(&self) -> bool {
        self.is_lasting
    }

    /// With how it was made: for this moment.
    pub(super) fn explained(self, explanation: Explanation) -> Self {
        Self { explanation: Some(Box::new(explanation)), is_lasting: false, ..self }
    }

    /// The codes of its errors.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        let extensions = self.errors.iter().filter_map(|error| error.extensions.as_ref());
        extensions.filter_map(|extensions| match extensions.get("code") {
            Some(Value::String(code)) => Some(code.as_str()),
            _ => None,
        })
    }

    /// With the id of the request wherever a failure of ours is told, by which its operator finds it in the log.
    pub(super) fn of_request(mut self, id: &RequestId) -> Self {
        for error in &mut self.errors {
            let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
            if extensions.get("code") == Some(&Value::from(Code::Internal.name())) {
                extensions.set("requestId", id.as_str());
            }
        }
        self
    }

    /// A request that is GraphQL and is not executed.
    pub(super) fn refused(code: Code, error: ServerError) -> Self {
        let errors = vec![tell(error, code)];
        Self {
            status: StatusCode::BAD_REQUEST,
            is_graphql: true,
            errors,
            data: None,
            revision: None,
            is_lasting: false,
            explanation: None,
        }
    }

    /// A request that is not GraphQL, or that could not be answered.
    pub(super) fn failed(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        let errors = vec![tell(ServerError::new(message, None), code)];
        Self {
            status,
            is_graphql: false,
            errors,
            data: None,
            revision: None,
            is_lasting: false,
            explanation: None,
        }
    }

    /// The answer as JSON.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be written as JSON");
            "{}".to_owned()
        })
    }

    /// Whether the operation was executed: if not, the answer has errors only.
    pub(super) fn was_executed(&self) -> bool {
        self.data.is_some()
    }

    /// Whether the request was GraphQL at all.
    pub(super) fn is_graphql(&self) -> bool {
        self.is_graphql
    }

    /// What failed.
    pub(super) fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// What failed, where there is nothing else.
    pub(super) fn into_errors(self) -> Vec<ServerError> {
        self.errors
    }

    /// What failed where a file was asked for rather than fields. The words of what is internal go to the log.
    pub(super) fn fileless(error: &ApiError) -> Self {
        match error {
            ApiError::BadInput(_) | ApiError::InvalidCursor | ApiError::SearchNotReady => {
                Self::failed(StatusCode::BAD_REQUEST, error.code(), error.to_string())
            }
            ApiError::Internal(source) => {
                tracing::error!(error = %source, "a file could not be made");
                let message = "The content cannot be read at the moment.";
                Self::failed(StatusCode::SERVICE_UNAVAILABLE, error.code(), message)
            }
        }
    }

    /// The status that it is sent with.
    pub(super) fn status(&self, media: MediaType) -> StatusCode {
        if media == MediaType::Json && self.is_graphql { StatusCode::OK } else { self.status }
    }

    /// The answer as bytes, under a tag where it lasts.
    pub(super) fn rendered(self, media: MediaType, tag: impl FnOnce() -> String) -> Rendered {
        let (status, bytes) = match serde_json::to_vec(&self) {
            Ok(bytes) => (self.status(media), bytes),
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec())
            }
        };
        let tag = self.is_lasting.then(|| HeaderValue::try_from(tag()).ok()).flatten();
        let error_count = self.errors.len();
        // What is kept takes no more room than it has bytes: what was written to has room to grow.
        let bytes = if tag.is_some() { Bytes::copy_from_slice(&bytes) } else { bytes.into() };
        Rendered { status, bytes, encoding: Encoding::Identity, error_count, tag }
    }

    /// The answer as it goes out, for this moment.
    pub(super) fn into_http(self, media: MediaType) -> HttpResponse {
        self.rendered(media, String::new).into_http(media)
    }
}

impl Serialize for Answer {
    /// Errors first, as the specification asks.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Extensions<'a> {
            revision: i64,
            #[serde(skip_serializing_if = "Option::is_none")]
            explain: &'a Option<Box<Explanation>>,
        }
        let mut map = serializer.serialize_map(None)?;
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        if let Some(revision) = self.revision {
            map.serialize_entry(
                "extensions",
                &Extensions { revision: revision.get(), explain: &self.explanation },
            )?;
        }
        map.end()
    }
}
