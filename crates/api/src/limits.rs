//! Limits of a GraphQL request.

use std::num::NonZeroU32;
use std::time::Duration;

/// Default number of nodes of a connection.
pub(crate) const DEFAULT_PAGE_SIZE: i32 = 20;
/// Maximum number of nodes of a connection.
pub(crate) const MAX_PAGE_SIZE: i32 = 100;

/// Limits of a GraphQL request. A value at the limit is accepted, a value above it is rejected.
///
/// The properties of a document are counted in linear time before its execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of the body of a POST request in bytes. The default is three times the maximum size of a
    /// document, so that there is space for variables.
    pub body_bytes: usize,
    /// Maximum size of a document in bytes.
    pub document_bytes: usize,
    /// Maximum number of tokens of a document: names, numbers, strings and punctuators.
    pub tokens: usize,
    /// Maximum depth of fields. The default allows the introspection query of common tools, and the tree of a
    /// plan.
    pub depth: usize,
    /// Maximum number of selections, with all fragments expanded.
    pub selections: usize,
    /// Maximum number of aliases. Aliases can request the same field many times.
    pub aliases: usize,
    /// Maximum number of root fields of an operation.
    pub root_fields: usize,
    /// Maximum number of fields `search` of an operation. A results page needs one. Suggestions by kind need
    /// up to four.
    pub searches: usize,
    /// Maximum number of directives.
    pub directives: usize,
    /// Maximum cost of an operation. A field costs 1. The fields of a paginated list cost as many times as
    /// the list has nodes. Each text that is searched costs 100 more.
    pub cost: usize,
    /// Maximum size of a response in bytes, before compression. The largest legitimate response is a page
    /// with a text of 5 MiB in all formats.
    pub response_bytes: usize,
    /// Maximum size of all responses that are being made or sent, in bytes. The response cache is not
    /// included. Making a response takes about twice its size, so the default takes 128 MiB of memory.
    pub all_responses_bytes: usize,
    /// Maximum execution time of an operation. The time in the queue is included. The time that a shutdown
    /// gives to requests, `REQUEST_GRACE` in `crates/server/src/lifecycle.rs`, is longer than the default.
    pub execution_timeout: Duration,
    /// Maximum time that a client may read nothing before its connection is closed.
    pub write_timeout: Duration,
    /// Maximum cost of the operations of one client per minute. `None` for no limit.
    pub cost_per_minute: Option<NonZeroU32>,
}

impl Limits {
    /// Default of [`Self::execution_timeout`].
    pub const DEFAULT_EXECUTION_TIMEOUT: Duration = Duration::from_secs(10);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 100_000,
            document_bytes: 32_000,
            tokens: 2_000,
            depth: 15,
            selections: 2_000,
            aliases: 30,
            root_fields: 20,
            searches: 4,
            directives: 50,
            cost: 20_000,
            response_bytes: 16 * 1024 * 1024,
            all_responses_bytes: 64 * 1024 * 1024,
            execution_timeout: Self::DEFAULT_EXECUTION_TIMEOUT,
            write_timeout: Duration::from_secs(30),
            cost_per_minute: None,
        }
    }
}
