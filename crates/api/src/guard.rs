//! What is refused before the engine sees it, counted in linear time.
//!
//! The engine's own limits look at a document after expanding its fragments, which 870 bytes can make cost gigabytes.
//! Here each fragment is counted once.

mod prices;
mod tally;
mod tokens;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{ServerError, Variables};

use crate::answer::Answer;
use crate::code::Code;
use crate::limits::Limits;
use crate::schema::MAX_BRACKETS;
pub(crate) use prices::Prices;
pub use tally::Tally;
use tally::{Counter, Endless};

/// Refuses a document that is too large to be parsed.
pub(crate) fn assert_small(document: &str, limits: &Limits) -> Result<(), Answer> {
    if document.len() > limits.document_bytes {
        let (has, most) = (document.len(), limits.document_bytes);
        return refused(
            Code::DocumentTooLarge,
            format!("The document has {has} bytes; {most} are answered."),
        );
    }
    let counted = tokens::counted(document);
    if counted.tokens > limits.tokens {
        let (has, most) = (counted.tokens, limits.tokens);
        return refused(
            Code::DocumentTooLarge,
            format!("The document has {has} tokens; {most} are answered."),
        );
    }
    if counted.brackets > MAX_BRACKETS {
        let has = counted.brackets;
        return refused(
            Code::QueryTooDeep,
            format!("The document nests {has} brackets; {MAX_BRACKETS} are answered."),
        );
    }
    Ok(())
}

/// Refuses a document that is too large once its fragments are put in their places, or whose fragments go round in
/// circles. Returns what the operation that is asked for comes to.
pub(crate) fn assert_bounded(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    prices: &Prices,
    limits: &Limits,
) -> Result<Tally, Answer> {
    let mut counter = Counter::new(document, prices, variables, operation);
    let tallies = counter.operation(operation).and_then(|own| Ok((own, counter.document()?)));
    let (own, all) = tallies.map_err(|endless| match endless {
        Endless::Circle => {
            refusal(Code::ValidationFailed, "The fragments of the document go round in circles.".to_owned())
        }
        Endless::Depth => {
            let message = format!(
                "The document has selections in selections; {MAX_BRACKETS} levels of them are answered."
            );
            refusal(Code::QueryTooDeep, message)
        }
    })?;
    let rules = [
        (all.selections, limits.selections, Code::QueryTooComplex, "selections"),
        (all.aliases, limits.aliases, Code::TooManyAliases, "aliases"),
        (all.directives, limits.directives, Code::TooManyDirectives, "directives"),
        (all.depth, limits.depth, Code::QueryTooDeep, "levels of fields"),
        (own.root_fields, limits.root_fields, Code::TooManyRootFields, "fields at its top"),
        (own.cost, limits.cost, Code::QueryTooComplex, "points of cost"),
    ];
    for (has, most, code, what) in rules {
        if has > most {
            return Err(refusal(code, format!("The document has {has} {what}; {most} are answered.")));
        }
    }
    Ok(own)
}

fn refused(code: Code, message: String) -> Result<(), Answer> {
    Err(refusal(code, message))
}

fn refusal(code: Code, message: String) -> Answer {
    Answer::refused(code, ServerError::new(message, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use std::fmt::Write;

    const SCHEMA: &str = "
        type Query { list(first: Int, last: Int): ListConnection! a: Query b(first: Int): Int c: Int }
        type ListConnection { nodes: [Query!]! }
        type Subscription { a: Query }";

    fn tally(document: &str, limits: &Limits) -> Result<Tally, String> {
        let parsed = parse_query(document).unwrap();
        let (_, operation) = parsed.operations.iter().next().unwrap();
        let variables = Variables::from_json(serde_json::json!({ "n": 7 }));
        let prices = Prices::of(SCHEMA);
        assert_bounded(&parsed, &operation.node, &variables, &prices, limits)
            .map_err(|answer| answer.to_json())
    }

    fn is_answered(document: &str) -> bool {
        tally(document, &Limits::default()).is_ok()
    }

    fn bomb(levels: usize, spreads: usize) -> String {
        let mut bomb = "{...F0}".to_owned();
        for level in 0..levels {
            let next = format!("...F{} ", level + 1).repeat(spreads);
            write!(bomb, " fragment F{level} on Query {{{next}}}").unwrap();
        }
        write!(bomb, " fragment F{levels} on Query {{__typename}}").unwrap();
        bomb
    }

    #[test]
    fn a_bomb_of_fragments_is_refused_in_linear_time() {
        let generous = Limits { tokens: usize::MAX, document_bytes: usize::MAX, ..Limits::default() };
        for (levels, spreads) in [(25, 2), (100, 5), (300, 3), (2, 600)] {
            let bomb = bomb(levels, spreads);
            let is_small = assert_small(&bomb, &Limits::default()).is_ok();
            assert!(assert_small(&bomb, &generous).is_ok());
            assert!(!is_answered(&bomb) || !is_small, "{levels} {spreads}");
        }
        // One that nobody spreads counts as well: the engine looks into it.
        let unused = bomb(25, 2).replacen("{...F0}", "{c}", 1);
        assert!(!is_answered(&unused));
        // Deep enough to exhaust the stack of whoever follows it to its end.
        assert!(!is_answered(&bomb(100_000, 1)));
    }

    #[test]
    fn fragments_in_circles_are_refused() {
        assert!(!is_answered("{...A} fragment A on Query {...B} fragment B on Query {...A}"));
        assert!(!is_answered("{c} fragment A on Query {...A}"));
        assert!(is_answered("{...A ...A} fragment A on Query {c}"));
    }

    #[test]
    fn a_cost_is_what_pages_multiply_it_to() {
        let cost = |document: &str| tally(document, &Limits::default()).unwrap().cost;
        assert_eq!(cost("{c}"), 1);
        assert_eq!(cost("{list {nodes {c}}}"), 5 + 20 * 2);
        assert_eq!(cost("{list(first: 100) {nodes {c}}}"), 5 + 100 * 2);
        assert_eq!(cost("{list(last: 3) {nodes {c}}}"), 5 + 3 * 2);
        assert_eq!(cost("query($n: Int) {list(first: $n) {nodes {c}}}"), 5 + 7 * 2);
        assert_eq!(cost("query($m: Int = 9) {list(first: $m) {nodes {c}}}"), 5 + 9 * 2);
        assert_eq!(cost("query($m: Int) {list(first: $m) {nodes {c}}}"), 5 + 20 * 2);
        // What is refused for another reason is not refused for its cost.
        assert_eq!(cost("{list(first: 2000000) {nodes {c}}}"), 5 + 100 * 2);
        assert_eq!(cost("{list(first: -1) {nodes {c}}}"), 5 + 2);
        assert_eq!(cost("{...F} fragment F on Query {list {nodes {...on Query {c}}}}"), 5 + 20 * 2);
        assert_eq!(cost("{list {nodes {list {nodes {c}}}}}"), 5 + 20 * (1 + 5 + 20 * 2));
    }

    /// Whether so many are answered, and one more is not.
    fn holds(document: impl Fn(usize) -> String, code: &str, most: impl Fn(&mut Limits) -> &mut usize) {
        for at in [3, 8] {
            let mut limits = Limits::default();
            *most(&mut limits) = at;
            let answer = |count| {
                let text: String = document(count);
                assert_small(&text, &limits).map_err(|answer| answer.to_json())?;
                tally(&text, &limits).map(|_| ())
            };
            assert_eq!(answer(at), Ok(()), "{code}");
            assert!(answer(at + 1).unwrap_err().contains(code), "{code}");
        }
    }

    #[test]
    fn limits_hold_at_their_edges() {
        let times = |count: usize, text: &str| format!("{{{}}}", text.repeat(count));
        let named = |count: usize| (0..count).map(|n| format!("a{n}: c ")).collect::<Vec<_>>().concat();
        holds(
            |n| format!("{{c{}}}", " ".repeat(n - 3)),
            "DOCUMENT_TOO_LARGE",
            |limits| &mut limits.document_bytes,
        );
        holds(|n| times(n - 2, "c "), "DOCUMENT_TOO_LARGE", |limits| &mut limits.tokens);
        holds(
            |n| format!("{}c{}", "{a".repeat(n - 1) + "{", "}".repeat(n)),
            "QUERY_TOO_DEEP",
            |limits| &mut limits.depth,
        );
        holds(|n| times(n, "c "), "QUERY_TOO_COMPLEX", |limits| &mut limits.selections);
        holds(|n| format!("{{{}}}", named(n)), "TOO_MANY_ALIASES", |limits| &mut limits.aliases);
        holds(|n| times(n, "c "), "TOO_MANY_ROOT_FIELDS", |limits| &mut limits.root_fields);
        holds(
            |n| format!("{{c {}}}", "@skip(if: false) ".repeat(n)),
            "TOO_MANY_DIRECTIVES",
            |limits| &mut limits.directives,
        );
        holds(|n| times(n, "c "), "QUERY_TOO_COMPLEX", |limits| &mut limits.cost);
        let brackets = |count: usize| format!("{}{}", "{a".repeat(count), "}".repeat(count));
        assert!(assert_small(&brackets(MAX_BRACKETS), &Limits::default()).is_ok());
        assert!(assert_small(&brackets(MAX_BRACKETS + 1), &Limits::default()).is_err());
    }
}
