//! What a client is reported when something fails: the one place where errors become codes.
//!
//! A resolver returns [`ApiError`]. An argument that cannot be used: [`ApiError::BadInput`]. Something that is not
//! there is no error but null. A failure of ours: [`ApiError::Internal`], whose words stay in the log.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError};
use passerelle_search::SearchError;
use passerelle_storage::StorageError;
use thiserror::Error;

use crate::error_code::ErrorCode;

/// An error of a resolver.
#[derive(Clone, Debug, Error)]
pub enum ApiError {
    /// An argument that cannot be used; the sentence says why.
    #[error("{0}")]
    BadInput(String),
    /// A cursor that this list did not give.
    #[error("the cursor does not belong to this list and order")]
    InvalidCursor,
    /// The search index is not built yet.
    #[error("the search index is being built: try again in a moment")]
    SearchNotReady,
    /// Anything else. Never shown.
    #[error("internal error: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// The code that a client is reported.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::BadInput(_) => ErrorCode::BadUserInput,
            Self::InvalidCursor => ErrorCode::InvalidCursor,
            Self::SearchNotReady => ErrorCode::SearchNotReady,
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
        Self::Internal(Arc::new(error))
    }
}

/// A error of ours that is no error of another crate.
#[derive(Clone, Copy, Debug, Error)]
#[error("{0}")]
pub struct InvariantError(pub &'static str);

impl From<InvariantError> for ApiError {
    fn from(error: InvariantError) -> Self {
        Self::Internal(Arc::new(error))
    }
}

/// Makes an error of the engine fit to be sent: gives it a code, and takes the words out of what is internal, which
/// are logged here, once.
pub fn to_client_error(mut error: ServerError, fallback: ErrorCode) -> ServerError {
    let reported = error.source::<ApiError>();
    let code = reported.map_or(fallback, ApiError::code);
    if let Some(ApiError::Internal(source)) = reported {
        tracing::error!(error = %source, graphql.path = ?error.path, "resolver failed");
        "Internal server error. Send the requestId to the operator.".clone_into(&mut error.message);
    }
    error.source = None;
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.name());
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Error, Pos};

    fn reported(error: ApiError) -> (String, String) {
        let error = to_client_error(
            Error::from(error).into_server_error(Pos::default()),
            ErrorCode::ValidationFailed,
        );
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code")).cloned();
        (error.message, code.map(|code| code.to_string()).unwrap_or_default())
    }

    #[test]
    fn internal_errors_are_masked() {
        let storage = StorageError::Unusable("secret table".to_owned());
        let (message, code) = reported(ApiError::from(storage));
        assert!(!message.contains("secret"));
        assert_eq!(code, "\"INTERNAL_SERVER_ERROR\"");
    }

    #[test]
    fn client_errors_keep_their_message_and_code() {
        let (message, code) = reported(ApiError::BadInput("`first` is at most 100".to_owned()));
        assert_eq!((message.as_str(), code.as_str()), ("`first` is at most 100", "\"BAD_USER_INPUT\""));
        assert_eq!(reported(ApiError::InvalidCursor).1, "\"INVALID_CURSOR\"");
    }
}
