//! Access of a request to documents, their diagnostics and the problems of the content folder.

use async_graphql::Context;

use crate::context::{mark_uncacheable, request_context};
use crate::error::ApiError;

/// Access of a request to documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentAccess {
    /// Every client has access.
    Public,
    /// Access needs a token, and the request has it.
    Granted,
    /// Access needs a token, and the request does not have it.
    Denied,
}

/// Checks that the request may read documents. A field calls it before it returns what the desk shows.
///
/// A response that needs the token is never cached, neither here nor by a shared cache in front.
///
/// # Errors
/// [`ApiError::Forbidden`] without the token.
pub(crate) fn require_document_access(ctx: &Context<'_>) -> Result<(), ApiError> {
    match request_context(ctx)?.document_access() {
        DocumentAccess::Public => Ok(()),
        DocumentAccess::Granted => {
            mark_uncacheable(ctx);
            Ok(())
        }
        DocumentAccess::Denied => Err(ApiError::Forbidden),
    }
}
