//! Access of a request to documents, their diagnostics and the problems of the content folder.

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
