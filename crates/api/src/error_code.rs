//! Codes of the errors that a client can receive.
//!
//! This list is the source of the table in `docs/errors.md`. A test compares the two.

/// Value of `extensions.code`.
///
/// Clients compare codes, so a code keeps its name. The names of Apollo Server are used for the cases that it
/// knows: <https://www.apollographql.com/docs/apollo-server/data/errors>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The document has a syntax error.
    ParseFailed,
    /// The document does not match the schema.
    ValidationFailed,
    /// `operationName` selects no operation of the document.
    OperationResolutionFailure,
    /// An argument or variable has an unusable value.
    BadUserInput,
    /// A cursor belongs to another list or sort order.
    InvalidCursor,
    /// The document exceeds the maximum number of bytes or tokens.
    DocumentTooLarge,
    /// The document exceeds the maximum depth.
    QueryTooDeep,
    /// The document exceeds the maximum number of selected fields or the maximum cost.
    QueryTooComplex,
    /// The document exceeds the maximum number of aliases.
    TooManyAliases,
    /// The operation exceeds the maximum number of root fields.
    TooManyRootFields,
    /// The document exceeds the maximum number of directives.
    TooManyDirectives,
    /// The response exceeds the maximum number of bytes.
    ResponseTooLarge,
    /// The client exceeded its cost limit per minute.
    RateLimited,
    /// Too many operations run or wait, or the responses of all clients need too much memory.
    Overloaded,
    /// A WebSocket exceeds the maximum number of running operations.
    TooManyOperations,
    /// The service has the maximum number of active subscriptions.
    TooManySubscriptions,
    /// No stored document has the requested hash or id.
    PersistedQueryNotFound,
    /// The service executes trusted documents only, and the request names none.
    PersistedQueryIdRequired,
    /// The HTTP request is not a valid GraphQL request.
    BadRequest,
    /// The origin of the page may not open a WebSocket.
    OriginNotAllowed,
    /// The field needs the token of the desk.
    Forbidden,
    /// The search index is not built yet.
    SearchNotReady,
    /// The database does not respond.
    DatabaseUnavailable,
    /// The service failed. The cause is in its log.
    Internal,
    /// The execution exceeded its timeout.
    Timeout,
}

impl ErrorCode {
    /// All codes, in the order of `docs/errors.md`.
    #[cfg(test)]
    pub const ALL: [Self; 25] = [
        Self::ParseFailed,
        Self::ValidationFailed,
        Self::OperationResolutionFailure,
        Self::BadUserInput,
        Self::InvalidCursor,
        Self::DocumentTooLarge,
        Self::QueryTooDeep,
        Self::QueryTooComplex,
        Self::TooManyAliases,
        Self::TooManyRootFields,
        Self::TooManyDirectives,
        Self::ResponseTooLarge,
        Self::RateLimited,
        Self::Overloaded,
        Self::TooManyOperations,
        Self::TooManySubscriptions,
        Self::PersistedQueryNotFound,
        Self::PersistedQueryIdRequired,
        Self::BadRequest,
        Self::OriginNotAllowed,
        Self::Forbidden,
        Self::SearchNotReady,
        Self::DatabaseUnavailable,
        Self::Internal,
        Self::Timeout,
    ];

    /// Returns the value of `extensions.code`, for example `BAD_USER_INPUT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::OperationResolutionFailure => "OPERATION_RESOLUTION_FAILURE",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::InvalidCursor => "INVALID_CURSOR",
            Self::DocumentTooLarge => "DOCUMENT_TOO_LARGE",
            Self::QueryTooDeep => "QUERY_TOO_DEEP",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::TooManyAliases => "TOO_MANY_ALIASES",
            Self::TooManyRootFields => "TOO_MANY_ROOT_FIELDS",
            Self::TooManyDirectives => "TOO_MANY_DIRECTIVES",
            Self::ResponseTooLarge => "RESPONSE_TOO_LARGE",
            Self::RateLimited => "RATE_LIMITED",
            Self::Overloaded => "OVERLOADED",
            Self::TooManyOperations => "TOO_MANY_OPERATIONS",
            Self::TooManySubscriptions => "TOO_MANY_SUBSCRIPTIONS",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryIdRequired => "PERSISTED_QUERY_ID_REQUIRED",
            Self::BadRequest => "BAD_REQUEST",
            Self::OriginNotAllowed => "ORIGIN_NOT_ALLOWED",
            Self::Forbidden => "FORBIDDEN",
            Self::SearchNotReady => "SEARCH_NOT_READY",
            Self::DatabaseUnavailable => "DATABASE_UNAVAILABLE",
            Self::Internal => "INTERNAL_SERVER_ERROR",
            Self::Timeout => "TIMEOUT",
        }
    }

    /// Column "Meaning" of the table in `docs/errors.md`.
    #[cfg(test)]
    fn meaning(self) -> &'static str {
        match self {
            Self::ParseFailed => {
                "The document has a syntax error. The message names the position and the expected token."
            }
            Self::ValidationFailed => {
                "The document does not match the schema, a value has another type than its argument, or a fragment \
                 contains itself."
            }
            Self::OperationResolutionFailure => {
                "The document has no operation named `operationName`, or it has several operations and \
                 `operationName` is missing."
            }
            Self::BadUserInput => {
                "An argument has the right type but an unusable value, or a required variable is missing."
            }
            Self::InvalidCursor => "`after` or `before` is not a cursor of this list with these arguments.",
            Self::DocumentTooLarge => "The document exceeds the maximum number of bytes or tokens.",
            Self::QueryTooDeep => "Fields or brackets of the document are nested deeper than the maximum.",
            Self::QueryTooComplex => {
                "The document selects more fields than the maximum, including those of its fragments, or the operation \
                 exceeds the maximum cost or number of searches. A field costs 1; fields inside a paginated list cost 1 per requested item."
            }
            Self::TooManyAliases => "The document has more aliases than the maximum.",
            Self::TooManyRootFields => "The operation has more root fields than the maximum.",
            Self::TooManyDirectives => "The document has more directives than the maximum.",
            Self::ResponseTooLarge => {
                "The response exceeds the maximum number of bytes. Nothing of it is sent."
            }
            Self::Overloaded => {
                "Too many operations run or wait, or the responses of all clients need too much memory. Status 503."
            }
            Self::RateLimited => {
                "The operations of the client exceed the maximum cost per minute. Status 429."
            }
            Self::TooManyOperations => {
                "The WebSocket already has 50 running operations, which is the maximum."
            }
            Self::TooManySubscriptions => {
                "All clients together have the maximum number of active subscriptions. Status 503."
            }
            Self::PersistedQueryNotFound => "No stored document has the requested hash or id.",
            Self::PersistedQueryIdRequired => {
                "The service executes trusted documents only, and the request contains another document."
            }
            Self::BadRequest => {
                "The HTTP request is not a GraphQL request: its method, media type, size or body is wrong."
            }
            Self::OriginNotAllowed => "A page of this origin may not open a WebSocket. Status 403.",
            Self::Forbidden => {
                "The service runs with `--desk token`, and the field shows documents, diagnostics or problems of the folder."
            }
            Self::SearchNotReady => {
                "The search index is being built after a start of the service. All other fields are available."
            }
            Self::DatabaseUnavailable => {
                "The database does not respond, and the response is not cached. Status 503."
            }
            Self::Internal => "The service failed. Its log has the cause, with the `requestId` of the error.",
            Self::Timeout => "The operation exceeded its timeout and was cancelled.",
        }
    }

    /// Column "Remedy" of the table in `docs/errors.md`.
    #[cfg(test)]
    fn action(self) -> &'static str {
        match self {
            Self::ParseFailed | Self::ValidationFailed => "Correct the document.",
            Self::OperationResolutionFailure => "Set `operationName` to an operation of the document.",
            Self::BadUserInput => "Correct the value that the message names.",
            Self::InvalidCursor => "Start again from the first items, without the cursor.",
            Self::DocumentTooLarge
            | Self::QueryTooDeep
            | Self::QueryTooComplex
            | Self::TooManyAliases
            | Self::TooManyRootFields
            | Self::TooManyDirectives
            | Self::ResponseTooLarge => "Request less at a time. The message names the limit.",
            Self::RateLimited | Self::Overloaded | Self::TooManySubscriptions | Self::DatabaseUnavailable => {
                "Retry after the number of seconds in `Retry-After` or in the message."
            }
            Self::TooManyOperations => "Complete an operation, or open another WebSocket.",
            Self::PersistedQueryNotFound => {
                "Send the document together with its hash once, as Apollo Client does automatically. Ask the operator to \
                 register a trusted document."
            }
            Self::PersistedQueryIdRequired => "Send the `documentId` of a trusted document.",
            Self::BadRequest => "Correct the HTTP request that the message describes.",
            Self::OriginNotAllowed => "Ask the operator to allow the origin with `--origin`.",
            Self::Forbidden => {
                "Send the token of the desk as `Authorization: Bearer TOKEN`, or sign in at `/desk` with the browser."
            }
            Self::SearchNotReady => "Retry later. `/readyz` returns 200 when the index is ready.",
            Self::Internal => "Retry. If it fails again, send the `requestId` to the operator.",
            Self::Timeout => "Request less at a time, or retry.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    const BEGIN: &str = "| `extensions.code` | Meaning | Remedy |\n| --- | --- | --- |\n";

    #[test]
    fn documentation_table_lists_all_codes() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
        let text = fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let after = rest.find("\n\n").map_or("", |end| &rest[end..]);
        let row = |code: ErrorCode| format!("| `{}` | {} | {} |", code.name(), code.meaning(), code.action());
        let table = ErrorCode::ALL.map(row).join("\n");
        let expected = format!("{before}{BEGIN}{table}{after}");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, expected).unwrap();
            return;
        }
        assert!(
            text == expected,
            "docs/errors.md is stale: UPDATE_DOCS=1 cargo test -p passerelle-api documentation_table"
        );
    }

    #[test]
    fn code_names_are_unique() {
        for (at, code) in ErrorCode::ALL.iter().enumerate() {
            assert!(ErrorCode::ALL[..at].iter().all(|other| other.name() != code.name()), "{code:?}");
        }
    }
}
