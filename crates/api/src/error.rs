//! Errors of resolvers and their conversion to errors that a client receives.
//!
//! Use [`ApiError::BadInput`] for an argument with an unusable value. Return null for an object that does not
//! exist. A client may retry after [`ApiError::Overloaded`], [`ApiError::DatabaseUnavailable`] and
//! [`ApiError::SearchNotReady`], and receives their messages. Any other failure of the service is
//! [`ApiError::Internal`]: its message is logged and never sent.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use passerelle_search::SearchError;
use passerelle_storage::StorageError;
use serde::Serialize;
use thiserror::Error;

use crate::error_code::ErrorCode;

/// Value of `Retry-After` for a client that was rejected because the service is overloaded, in seconds.
///
/// An execution usually takes at most a tenth of a second, so places are free again by then.
pub const RETRY_AFTER_SECONDS: u64 = 1;

/// Error of a resolver.
#[derive(Clone, Debug, Error)]
pub enum ApiError {
    /// An argument has an unusable value. The message names the argument and the allowed values.
    #[error("{0}")]
    BadInput(String),
    /// A cursor is malformed, or belongs to another list or sort order.
    #[error("the cursor does not belong to this list and sort order")]
    InvalidCursor,
    /// The search index is not built yet. The client can retry.
    #[error("the search index is being built, try again later")]
    SearchNotReady,
    /// The response exceeds this number of bytes.
    #[error("the response exceeds {0} bytes, request less at a time")]
    ResponseTooLarge(usize),
    /// The field needs the token of the desk.
    #[error("this field needs the token of the desk, send it as `Authorization: Bearer TOKEN`")]
    Forbidden,
    /// The service has too much to do. The client can retry.
    #[error("the service is overloaded, retry in {RETRY_AFTER_SECONDS} s")]
    Overloaded,
    /// The database does not respond. The client can retry.
    #[error("the database does not respond, retry in {RETRY_AFTER_SECONDS} s")]
    DatabaseUnavailable,
    /// Failure of the service. The client receives a fixed message instead of this one.
    #[error("internal error: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// Returns the code for `extensions.code`.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::BadInput(_) => ErrorCode::BadUserInput,
            Self::InvalidCursor => ErrorCode::InvalidCursor,
            Self::SearchNotReady => ErrorCode::SearchNotReady,
            Self::ResponseTooLarge(_) => ErrorCode::ResponseTooLarge,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::Overloaded => ErrorCode::Overloaded,
            Self::DatabaseUnavailable => ErrorCode::DatabaseUnavailable,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        Self::Internal(Arc::new(error))
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        if error.is_overload() {
            Self::Overloaded
        } else if error.is_unavailable() {
            Self::DatabaseUnavailable
        } else {
            Self::Internal(Arc::new(error))
        }
    }
}

/// Violated invariant of this crate, for example a reference to a row that does not exist.
#[derive(Clone, Copy, Debug, Error)]
#[error("{0}")]
pub struct InvariantError(pub &'static str);

impl From<InvariantError> for ApiError {
    fn from(error: InvariantError) -> Self {
        Self::Internal(Arc::new(error))
    }
}

/// Converts an error of the engine to the error that is sent to the client.
///
/// Sets `extensions.code`: the code of the [`ApiError`] inside, or `default_code` for an error of the engine
/// itself. Replaces the message of an internal error and logs the original one. This is the only place that
/// logs it.
pub(crate) fn to_client_error(mut error: ServerError, default_code: ErrorCode) -> ServerError {
    let source = error.source::<ApiError>();
    let code = source.map_or(default_code, ApiError::code);
    if let Some(ApiError::Internal(source)) = source {
        tracing::error!(error = %source, graphql.path = ?error.path, "resolver failed");
        "Internal server error. Send the requestId to the operator.".clone_into(&mut error.message);
    }
    error.source = None;
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.name());
    error
}

/// Error as a client receives it: without the text of an internal error, and with a documented code.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct ClientError(ServerError);

impl ClientError {
    /// Creates an error from its code and message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::of_engine(ServerError::new(message, None), code)
    }

    /// Converts an error of the engine. `default_code` is that of an error without an [`ApiError`] inside.
    pub(crate) fn of_engine(error: ServerError, default_code: ErrorCode) -> Self {
        Self(to_client_error(error, default_code))
    }

    /// Returns the code.
    pub(crate) fn code(&self) -> Option<&str> {
        match self.0.extensions.as_ref()?.get("code") {
            Some(Value::String(code)) => Some(code.as_str()),
            _ => None,
        }
    }

    /// Adds an entry to `extensions`.
    pub(crate) fn set_extension(&mut self, name: &str, value: &str) {
        self.0.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Error, Pos};

    /// Returns the message and the code that a client receives.
    fn sent(error: ApiError) -> (String, String) {
        let error = to_client_error(
            Error::from(error).into_server_error(Pos::default()),
            ErrorCode::ValidationFailed,
        );
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code")).cloned();
        (error.message, code.map(|code| code.to_string()).unwrap_or_default())
    }

    #[test]
    fn internal_message_is_not_sent() {
        let storage = StorageError::Unusable("secret table".to_owned());
        let (message, code) = sent(ApiError::from(storage));
        assert!(!message.contains("secret"));
        assert_eq!(code, "\"INTERNAL_SERVER_ERROR\"");
    }

    #[test]
    fn bad_input_is_sent_with_its_code() {
        let (message, code) = sent(ApiError::BadInput("`first` must be at most 100".to_owned()));
        assert_eq!((message.as_str(), code.as_str()), ("`first` must be at most 100", "\"BAD_USER_INPUT\""));
        assert_eq!(sent(ApiError::InvalidCursor).1, "\"INVALID_CURSOR\"");
    }
}
