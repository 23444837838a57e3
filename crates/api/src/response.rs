//! Answers as JSON, with the status codes of the GraphQL-over-HTTP text.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use http::StatusCode;
use passerelle_model::sync::RevisionNumber;
use serde::Serialize;
use serde::ser::SerializeMap;

use crate::error::to_client_error;
use crate::error_code::ErrorCode;
use crate::explanation::Explanation;

/// a response on its way to bytes.
#[derive(Debug)]
pub struct GraphqlResponse {
    /// The status under `application/graphql-response+json`.
    status: StatusCode,
    /// Whether the request was GraphQL at all: under `application/json` only then is the status 200.
    is_graphql: bool,
    errors: Vec<ServerError>,
    /// None for a request that was not executed: then the answer has no `data`.
    data: Option<Box<Value>>,
    revision: Option<RevisionNumber>,
    /// Whether it is the answer of its revision for good.
    is_cacheable: bool,
    /// Report on the execution. `None` if the client did not request it.
    explanation: Option<Box<Explanation>>,
}

impl GraphqlResponse {
    /// Creates the response to an executed operation, read at a revision.
    pub fn from_execution(response: Response, revision: RevisionNumber) -> Self {
        // The engine marks what it did not execute by errors without a path and no data.
        let was_executed =
            response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        let status = if was_executed { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        let errors = response
            .errors
            .into_iter()
            .map(|error| to_client_error(error, ErrorCode::ValidationFailed))
            .collect();
        let data = was_executed.then(|| Box::new(response.data));
        let revision = Some(revision);
        Self { status, is_graphql: true, errors, data, revision, is_cacheable: false, explanation: None }
    }

    /// One that tells nothing but what its revision holds.
    #[must_use]
    pub fn cacheable(self) -> Self {
        let is_cacheable = self.errors.is_empty();
        Self { is_cacheable, ..self }
    }

    /// Whether it is the answer of its revision for good.
    pub fn is_cacheable(&self) -> bool {
        self.is_cacheable
    }

    /// With how it was made: for this moment.
    #[must_use]
    pub fn with_explanation(self, explanation: Explanation) -> Self {
        Self { explanation: Some(Box::new(explanation)), is_cacheable: false, ..self }
    }

    /// The codes of its errors.
    pub fn error_codes(&self) -> impl Iterator<Item = &str> {
        let extensions = self.errors.iter().filter_map(|error| error.extensions.as_ref());
        extensions.filter_map(|extensions| match extensions.get("code") {
            Some(Value::String(code)) => Some(code.as_str()),
            _ => None,
        })
    }

    /// With the id of the request wherever a failure of ours is told, by which its operator finds it in the log.
    #[must_use]
    pub fn with_request_id(mut self, id: &str) -> Self {
        for error in &mut self.errors {
            let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
            if extensions.get("code") == Some(&Value::from(ErrorCode::Internal.name())) {
                extensions.set("requestId", id);
            }
        }
        self
    }

    /// A request that is GraphQL and is not executed.
    pub fn rejected(code: ErrorCode, error: ServerError) -> Self {
        let errors = vec![to_client_error(error, code)];
        Self {
            status: StatusCode::BAD_REQUEST,
            is_graphql: true,
            errors,
            data: None,
            revision: None,
            is_cacheable: false,
            explanation: None,
        }
    }

    /// A request that is not GraphQL, or that could not be answered.
    pub fn http_error(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let errors = vec![to_client_error(ServerError::new(message, None), code)];
        Self {
            status,
            is_graphql: false,
            errors,
            data: None,
            revision: None,
            is_cacheable: false,
            explanation: None,
        }
    }

    /// The answer as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            tracing::error!(%error, "response serialization failed");
            "{}".to_owned()
        })
    }

    /// Whether the operation was executed: if not, the answer has errors only.
    pub fn was_executed(&self) -> bool {
        self.data.is_some()
    }

    /// The status under `application/graphql-response+json`.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether the request was GraphQL at all.
    pub fn is_graphql(&self) -> bool {
        self.is_graphql
    }

    /// Returns the errors.
    pub fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// Returns the errors of a response without data.
    pub fn into_errors(self) -> Vec<ServerError> {
        self.errors
    }
}

impl Serialize for GraphqlResponse {
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
