//! What a client is told when something fails: the one place where errors become codes.
//!
//! A resolver returns [`ApiError`]. An argument that cannot be used: [`ApiError::BadInput`]. Something that is not
//! there is no error but null. A failure of ours: [`ApiError::Internal`], whose words stay in the log.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError};
use passerelle_search::SearchError;
use passerelle_storage::StorageError;
use thiserror::Error;

use crate::code::Code;

/// An error of a resolver.
#[derive(Clone, Debug, Error)]
pub enum ApiError {
    /// An argument that cannot be used; the sentence says why.
    #[error("{0}")]
    BadInput(String),
    /// A cursor that this list did not give.
    #[error("the cursor is not one of this list in this order")]
    InvalidCursor,
    /// The search index is not built yet.
    #[error("the search index is being built: try again in a moment")]
    SearchNotReady,
    /// Anything else. Never shown.
    #[error("internal error: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// The code that a client is told.
    pub fn code(&self) -> Code {
        match self {
            Self::BadInput(_) => Code::BadUserInput,
            Self::InvalidCursor => Code::InvalidCursor,
            Self::SearchNotReady => Code::SearchNotReady,
            Self::Internal(_) => Code::Internal,
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

/// A defect of ours that is no error of another crate.
#[derive(Clone, Copy, Debug, Error)]
#[error("{0}")]
pub struct Defect(pub &'static str);

impl From<Defect> for ApiError {
    fn from(defect: Defect) -> Self {
        Self::Internal(Arc::new(defect))
    }
}

/// Makes an error of the engine fit to be sent: gives it a code, and takes the words out of what is internal, which
/// are logged here, once.
pub fn tell(mut error: ServerError, otherwise: Code) -> ServerError {
    let told = error.source::<ApiError>();
    let code = told.map_or(otherwise, ApiError::code);
    if let Some(ApiError::Internal(source)) = told {
        tracing::error!(error = %source, graphql.path = ?error.path, "a field failed");
        "The server failed to answer this field.".clone_into(&mut error.message);
    }
    error.source = None;
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.name());
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Error, Pos};

    fn told(error: ApiError) -> (String, String) {
        let error = tell(Error::from(error).into_server_error(Pos::default()), Code::ValidationFailed);
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code")).cloned();
        (error.message, code.map(|code| code.to_string()).unwrap_or_default())
    }

    #[test]
    fn what_is_internal_stays_inside() {
        let storage = StorageError::Unusable("secret table".to_owned());
        let (message, code) = told(ApiError::from(storage));
        assert!(!message.contains("secret"));
        assert_eq!(code, "\"INTERNAL_SERVER_ERROR\"");
    }

    #[test]
    fn what_the_client_did_is_told() {
        let (message, code) = told(ApiError::BadInput("`first` is at most 100".to_owned()));
        assert_eq!((message.as_str(), code.as_str()), ("`first` is at most 100", "\"BAD_USER_INPUT\""));
        assert_eq!(told(ApiError::InvalidCursor).1, "\"INVALID_CURSOR\"");
    }
}
