//! The codes of errors that a client can meet: the one list, from which the table in `docs/errors.md` is written.

/// What stands under `extensions.code`. Apollo's names where Apollo has one.
/// <https://www.apollographql.com/docs/apollo-server/data/errors>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// No operation, or several and none named.
    OperationResolutionFailure,
    /// An argument or variable that cannot be used.
    BadUserInput,
    /// A cursor that the list did not give.
    InvalidCursor,
    /// The document has too many bytes or tokens.
    DocumentTooLarge,
    /// The document nests too deep.
    QueryTooDeep,
    /// The document selects or costs too much.
    QueryTooComplex,
    /// The document has too many aliases.
    TooManyAliases,
    /// The operation has too many fields at its top.
    TooManyRootFields,
    /// The document has too many directives.
    TooManyDirectives,
    /// The client asked for too much within a minute.
    RateLimited,
    /// A socket has too many operations under way.
    TooManyOperations,
    /// A document of a hash or id that the service does not have.
    PersistedQueryNotFound,
    /// Only trusted documents are answered, and none was named.
    PersistedQueryIdRequired,
    /// The HTTP request is no GraphQL request.
    BadRequest,
    /// A page of another origin that may not open a socket.
    OriginNotAllowed,
    /// The search index is not built yet.
    SearchNotReady,
    /// A failure of the service.
    Internal,
    /// The answer took too long.
    Timeout,
}

impl Code {
    /// All of them, in the order of the documentation.
    #[cfg(test)]
    pub const ALL: [Self; 20] = [
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
        Self::RateLimited,
        Self::TooManyOperations,
        Self::PersistedQueryNotFound,
        Self::PersistedQueryIdRequired,
        Self::BadRequest,
        Self::OriginNotAllowed,
        Self::SearchNotReady,
        Self::Internal,
        Self::Timeout,
    ];

    /// The code as it is sent.
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
            Self::RateLimited => "RATE_LIMITED",
            Self::TooManyOperations => "TOO_MANY_OPERATIONS",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryIdRequired => "PERSISTED_QUERY_ID_REQUIRED",
            Self::BadRequest => "BAD_REQUEST",
            Self::OriginNotAllowed => "ORIGIN_NOT_ALLOWED",
            Self::SearchNotReady => "SEARCH_NOT_READY",
            Self::Internal => "INTERNAL_SERVER_ERROR",
            Self::Timeout => "TIMEOUT",
        }
    }

    /// What it means, for the documentation.
    #[cfg(test)]
    fn meaning(self) -> &'static str {
        match self {
            Self::ParseFailed => "The document is not GraphQL. The message says where and what was expected.",
            Self::ValidationFailed => {
                "The document does not fit the schema, a literal or variable is of another type than its argument, or \
                 fragments are inside themselves."
            }
            Self::OperationResolutionFailure => {
                "There is no operation of the name that was given, or there are several and none was named."
            }
            Self::BadUserInput => {
                "An argument has the right type and a value that cannot be used, or a variable that is required was \
                 not given."
            }
            Self::InvalidCursor => "`after` or `before` is not a cursor of this list in this order.",
            Self::DocumentTooLarge => "The document has more bytes or tokens than are read.",
            Self::QueryTooDeep => {
                "The document has fields in fields, or brackets in brackets, deeper than is answered."
            }
            Self::QueryTooComplex => {
                "With its fragments in their places the document selects more than is answered, or the operation costs \
                 more: a field 1, and what is inside a page of a list as often as the page has nodes."
            }
            Self::TooManyAliases => "The document gives more fields another name than is answered.",
            Self::TooManyRootFields => "The operation has more fields at its top than are answered.",
            Self::TooManyDirectives => "The document has more directives than are read.",
            Self::RateLimited => {
                "The client's operations cost more within a minute than they may. Status 429."
            }
            Self::TooManyOperations => {
                "A WebSocket has as many operations under way as are answered at once: 50."
            }
            Self::PersistedQueryNotFound => "No document is known by the hash or id that was given.",
            Self::PersistedQueryIdRequired => {
                "The service answers the documents of its list only, and the request brought one of its own."
            }
            Self::BadRequest => {
                "The HTTP request is no GraphQL request: its method, media type, size or form."
            }
            Self::OriginNotAllowed => {
                "A page of another origin wants to open a WebSocket, and the service does not know the origin. Status 403."
            }
            Self::SearchNotReady => {
                "The search index is being built, as it is once after the service started. Everything else is answered."
            }
            Self::Internal => {
                "The service failed. What failed stands in its log under the `requestId` of the error, never in the \
                 answer."
            }
            Self::Timeout => "The answer took longer than it may and was given up.",
        }
    }

    /// What a client can do, for the documentation.
    #[cfg(test)]
    fn remedy(self) -> &'static str {
        match self {
            Self::ParseFailed | Self::ValidationFailed => "Correct the document.",
            Self::OperationResolutionFailure => "Send `operationName`.",
            Self::BadUserInput => "Correct the value that the message names.",
            Self::InvalidCursor => "Begin again without it.",
            Self::DocumentTooLarge
            | Self::QueryTooDeep
            | Self::QueryTooComplex
            | Self::TooManyAliases
            | Self::TooManyRootFields
            | Self::TooManyDirectives => "Ask for less at a time; the message names the limit.",
            Self::RateLimited => "Wait for as many seconds as `Retry-After`, or the message, says.",
            Self::TooManyOperations => "Complete one, or open another socket.",
            Self::PersistedQueryNotFound => {
                "Send the document with its hash once (Apollo Client does so of itself); register a trusted one with \
                 the operator."
            }
            Self::PersistedQueryIdRequired => "Send the `documentId` of a document of the list.",
            Self::BadRequest => "Correct the request.",
            Self::OriginNotAllowed => "Have the operator add the origin with `--origin`.",
            Self::SearchNotReady => "Try again in a moment; `/readyz` says when.",
            Self::Internal => "Try again; tell the operator the `requestId`.",
            Self::Timeout => "Ask for less at a time, or try again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    const BEGIN: &str = "| `extensions.code` | What it means | What to do |\n| --- | --- | --- |\n";

    #[test]
    fn the_table_of_the_documentation_is_this_list() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
        let text = fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let after = rest.find("\n\n").map_or("", |end| &rest[end..]);
        let row = |code: Code| format!("| `{}` | {} | {} |", code.name(), code.meaning(), code.remedy());
        let table = Code::ALL.map(row).join("\n");
        let wanted = format!("{before}{BEGIN}{table}{after}");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, wanted).unwrap();
            return;
        }
        assert!(text == wanted, "docs/errors.md: UPDATE_DOCS=1 cargo test -p passerelle-api the_table");
    }

    #[test]
    fn no_two_codes_have_one_name() {
        for (at, code) in Code::ALL.iter().enumerate() {
            assert!(Code::ALL[..at].iter().all(|other| other.name() != code.name()), "{code:?}");
        }
    }
}
