//! GraphQL responses as JSON, with the status codes of the GraphQL-over-HTTP specification.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use http::StatusCode;
use passerelle_model::sync::RevisionNumber;
use serde::Serialize;
use serde::ser::SerializeMap;

use crate::error::to_client_error;
use crate::error_code::ErrorCode;
use crate::explanation::Explanation;

/// Response to a GraphQL request, before it is serialized.
#[derive(Debug)]
pub struct GraphqlResponse {
    /// Status code for the media type `application/graphql-response+json`.
    status: StatusCode,
    /// True if the request was a GraphQL request. Then the status code for `application/json` is 200.
    is_graphql: bool,
    errors: Vec<ServerError>,
    /// `None` if the operation was not executed. Then the response has no `data`.
    data: Option<Box<Value>>,
    revision: Option<RevisionNumber>,
    /// True if the response stays the same for its revision.
    is_cacheable: bool,
    /// Report on the execution. `None` if the client did not request it.
    explanation: Option<Box<Explanation>>,
}

impl GraphqlResponse {
    /// Creates the response to an executed operation, read at a revision.
    pub fn from_execution(response: Response, revision: RevisionNumber) -> Self {
        // An operation that was not executed has no data, and its errors have no path.
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

    /// Marks the response as cacheable, unless it has errors.
    #[must_use]
    pub fn cacheable(self) -> Self {
        let is_cacheable = self.errors.is_empty();
        Self { is_cacheable, ..self }
    }

    /// Returns true if the response stays the same for its revision.
    pub fn is_cacheable(&self) -> bool {
        self.is_cacheable
    }

    /// Adds the report on the execution. The response is then not cacheable.
    #[must_use]
    pub fn with_explanation(self, explanation: Explanation) -> Self {
        Self { explanation: Some(Box::new(explanation)), is_cacheable: false, ..self }
    }

    /// Returns the codes of the errors.
    pub fn error_codes(&self) -> impl Iterator<Item = &str> {
        let extensions = self.errors.iter().filter_map(|error| error.extensions.as_ref());
        extensions.filter_map(|extensions| match extensions.get("code") {
            Some(Value::String(code)) => Some(code.as_str()),
            _ => None,
        })
    }

    /// Adds the id of the request to every internal error. An operator finds the error in the log by this id.
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

    /// Creates the response to a GraphQL request that is not executed.
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

    /// Creates the response to a request that is not a GraphQL request, or that failed.
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

    /// Serializes the response.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            tracing::error!(%error, "response serialization failed");
            "{}".to_owned()
        })
    }

    /// Returns true if the operation was executed. If not, the response has only errors.
    pub fn was_executed(&self) -> bool {
        self.data.is_some()
    }

    /// Returns the status code for the media type `application/graphql-response+json`.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns true if the request was a GraphQL request.
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
    /// Writes the errors first, as the specification recommends.
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
