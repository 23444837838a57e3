//! Limits of a request.

use std::num::NonZeroU32;
use std::time::Duration;

/// Default number of nodes of a connection.
pub(crate) const DEFAULT_PAGE_SIZE: i32 = 20;
/// Maximum number of nodes of a connection.
pub(crate) const MAX_PAGE_SIZE: i32 = 100;

/// The limits of a request, each of which is refused beyond and answered at. What is counted in a document is counted in
/// linear time, before the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the body of a POST: three times the largest document, for its variables.
    pub body_bytes: usize,
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Names, numbers, strings and signs of a document, counted before it is parsed.
    pub tokens: usize,
    /// Fields in fields. Enough for the introspection that tools send, and for the tree of a plan.
    pub depth: usize,
    /// Selections of a document once every fragment is put in its place.
    pub selections: usize,
    /// Fields of a document under another name than their own, which ask for the same thing many times.
    pub aliases: usize,
    /// Fields of an operation that stand at its top.
    pub root_fields: usize,
    /// Fields `search` of an operation. A results page needs one; a page of suggestions by kind needs up to four.
    pub searches: usize,
    /// Directives of a document.
    pub directives: usize,
    /// What an operation costs: a field counts 1, and what is inside a page of a list as many times as the page has nodes. Each
    /// text that is searched for counts 100 more.
    pub cost: usize,
    /// Maximum execution time of an operation.
    pub execution_timeout: Duration,
    /// Maximum time that a client may read nothing before its connection is closed.
    pub write_timeout: Duration,
    /// Maximum cost of the operations of one client per minute. `None` for no limit.
    pub cost_per_minute: Option<NonZeroU32>,
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
            execution_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            cost_per_minute: None,
        }
    }
}
