//! GraphQL responses as JSON, with the status codes of the GraphQL-over-HTTP specification.

use std::io;
use std::sync::Arc;

use async_graphql::{Response, ServerError, Value};
use http::StatusCode;
use passerelle_model::revision::RevisionNumber;
use serde::Serialize;
use serde::ser::SerializeMap;

use crate::error::{ApiError, ClientError};
use crate::error_code::ErrorCode;
use crate::execution_queue::Permit;
use crate::explanation::Explanation;
use crate::response_bytes::ResponseBytes;

/// Response to a GraphQL request, before it is serialized.
#[derive(Debug)]
pub struct GraphqlResponse {
    /// Status code for the media type `application/graphql-response+json`.
    status: StatusCode,
    /// True if the request was a GraphQL request. Then the status code for `application/json` is 200.
    is_graphql: bool,
    errors: Vec<ClientError>,
    /// `None` if the operation was not executed. Then the response has no `data`.
    data: Option<Box<Value>>,
    revision: Option<RevisionNumber>,
    /// True if the response stays the same for its revision.
    is_cacheable: bool,
    /// Report on the execution. `None` if the client did not request it.
    explanation: Option<Box<Explanation>>,
    /// Counted bytes of the response. `None` if it was not executed.
    bytes: Option<Arc<ResponseBytes>>,
    /// Right to execute, held until the response is serialized.
    _permit: Option<Permit>,
}

impl GraphqlResponse {
    /// Creates the response to an executed operation, read at a revision.
    pub(crate) fn from_execution(response: Response, revision: RevisionNumber) -> Self {
        // An operation that was not executed has no data, and its errors have no path.
        let was_executed =
            response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        let status = if was_executed { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        let errors = response
            .errors
            .into_iter()
            .map(|error| ClientError::of_engine(error, ErrorCode::ValidationFailed))
            .collect();
        let data = was_executed.then(|| Box::new(response.data));
        Self { data, revision: Some(revision), ..Self::without_data(status, true, errors) }
    }

    /// Creates the response to an executed operation from its data. Tests of the transports send it.
    pub fn of_data(data: serde_json::Value, revision: RevisionNumber) -> Self {
        Self::from_execution(Response::new(Value::from_json(data).unwrap_or_default()), revision)
    }

    fn without_data(status: StatusCode, is_graphql: bool, errors: Vec<ClientError>) -> Self {
        Self {
            status,
            is_graphql,
            errors,
            data: None,
            revision: None,
            is_cacheable: false,
            explanation: None,
            bytes: None,
            _permit: None,
        }
    }

    /// Creates the response to an operation that exceeded a limit while it was executed.
    pub(crate) fn of_error(error: &ApiError) -> Self {
        match error {
            ApiError::Overloaded | ApiError::DatabaseUnavailable => {
                Self::http_error(StatusCode::SERVICE_UNAVAILABLE, error.code(), error.to_string())
            }
            _ => Self::rejected(error.code(), ServerError::new(error.to_string(), None)),
        }
    }

    /// Adds what the response holds until it is serialized.
    #[must_use]
    pub(crate) fn holding(self, bytes: Arc<ResponseBytes>, permit: Permit) -> Self {
        Self { bytes: Some(bytes), _permit: Some(permit), ..self }
    }

    /// Adds the counted bytes of an event.
    #[must_use]
    pub(crate) fn counted_by(self, bytes: Arc<ResponseBytes>) -> Self {
        Self { bytes: Some(bytes), ..self }
    }

    /// Lets the next operation start. A streamed response calls it, because its client may read it much
    /// later.
    #[must_use]
    pub fn without_permit(self) -> Self {
        Self { _permit: None, ..self }
    }

    /// Returns the counted bytes. The memory of the response is reserved until they are dropped.
    pub fn bytes(&self) -> Option<&Arc<ResponseBytes>> {
        self.bytes.as_ref()
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
        self.errors.iter().filter_map(ClientError::code)
    }

    /// Adds the id of the request to every internal error. An operator finds the error in the log by this id.
    #[must_use]
    pub fn with_request_id(mut self, id: &str) -> Self {
        for error in &mut self.errors {
            if error.code() == Some(ErrorCode::Internal.name()) {
                error.set_extension("requestId", id);
            }
        }
        self
    }

    /// Creates the response to a GraphQL request that is not executed.
    pub(crate) fn rejected(code: ErrorCode, error: ServerError) -> Self {
        let errors = vec![ClientError::of_engine(error, code)];
        Self::without_data(StatusCode::BAD_REQUEST, true, errors)
    }

    /// Creates the response to a request that cannot be read.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::http_error(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
    }

    /// Creates the response to a request that is not a GraphQL request, or that failed.
    pub fn http_error(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let errors = vec![ClientError::new(code, message)];
        Self::without_data(status, false, errors)
    }

    /// Serializes the response, or the error that replaces it.
    pub fn to_json(&self) -> String {
        let json = self.serialize_bounded().or_else(|error| error.serialize_bounded());
        json.ok().and_then(|json| String::from_utf8(json).ok()).unwrap_or_default()
    }

    /// Serializes the response and reserves its exact size.
    ///
    /// # Errors
    /// The response to send instead, if this one exceeds the limit of its bytes.
    pub fn serialize_bounded(&self) -> Result<Vec<u8>, Box<Self>> {
        let mut writer = BoundedWriter { written: Vec::new(), bytes: self.bytes.as_deref(), checked: 0 };
        if let Err(error) = serde_json::to_writer(&mut writer, self) {
            let failure = self.bytes.as_ref().and_then(|bytes| bytes.failure());
            return Err(Box::new(match failure {
                Some(failure) => Self::of_error(&failure),
                None => {
                    tracing::error!(%error, "response serialization failed");
                    let message = "Internal server error.";
                    Self::http_error(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
                }
            }));
        }
        if let Some(bytes) = &self.bytes {
            bytes.settle(writer.written.len());
        }
        writer.written.shrink_to_fit();
        Ok(writer.written)
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
    pub fn errors(&self) -> &[ClientError] {
        &self.errors
    }

    /// Returns the errors of a response without data.
    pub fn into_errors(self) -> Vec<ClientError> {
        self.errors
    }
}

/// Output of the serializer that stops at the limit of a response.
struct BoundedWriter<'a> {
    written: Vec<u8>,
    bytes: Option<&'a ResponseBytes>,
    /// Size that is checked already. A check of each part would slow down small responses.
    checked: usize,
}

impl io::Write for BoundedWriter<'_> {
    #[inline]
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let size = self.written.len() + part.len();
        if size > self.checked
            && let Some(bytes) = self.bytes
        {
            self.checked = bytes.check(size).map_err(io::Error::other)?;
        }
        self.written.extend_from_slice(part);
        Ok(part.len())
    }

    /// A response has thousands of parts, so the loop of the default is measurable.
    #[inline]
    fn write_all(&mut self, part: &[u8]) -> io::Result<()> {
        self.write(part).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
