//! State of the search for tags.

use std::collections::HashSet;

use super::code_spans::CodeSpans;
use super::tag::Tags;

/// State of the search for the tags of a body.
pub(super) struct Tokenizer<'a> {
    pub(super) body: &'a str,
    pub(super) spans: CodeSpans,
    pub(super) found: Tags<'a>,
    /// A search found no `%}` before this offset. It is not repeated, which keeps the time linear.
    pub(super) no_end_before: usize,
    /// A search found no `#}` before this offset. It is not repeated.
    pub(super) no_comment_end_before: usize,
    /// Remaining number of bytes for failed searches for the end of a tag with strings.
    pub(super) scan_budget: usize,
    /// Ends such as `</style>` that do not occur in the rest of the body. They are not searched again.
    pub(super) missing_ends: HashSet<String>,
}
