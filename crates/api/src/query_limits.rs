//! Rejects documents that exceed a limit, before the engine sees them. Counting is linear in the size of the
//! document.
//!
//! The limits of async-graphql apply after it expanded the fragments. A document of 870 bytes can then take
//! gigabytes. Here each fragment is counted once.

mod complexity;
mod cost_model;
mod tokens;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{ServerError, Variables};

use crate::error_code::ErrorCode;
use crate::limits::Limits;
use crate::response::GraphqlResponse;
use crate::schema::MAX_NESTING_DEPTH;
pub use complexity::QueryComplexity;
use complexity::{ComplexityCounter, CountError};
pub use cost_model::SEARCH_COST;
pub(crate) use cost_model::{CostModel, Prices};

/// Rejects a document with too many bytes or tokens, before it is parsed.
pub(crate) fn check_document_size(document: &str, limits: &Limits) -> Result<(), GraphqlResponse> {
    if document.len() > limits.document_bytes {
        let (actual, limit) = (document.len(), limits.document_bytes);
        return reject(
            ErrorCode::DocumentTooLarge,
            format!("The document has {actual} bytes. The limit is {limit}."),
        );
    }
    let counted = tokens::count_tokens(document);
    if counted.tokens > limits.tokens {
        let (actual, limit) = (counted.tokens, limits.tokens);
        return reject(
            ErrorCode::DocumentTooLarge,
            format!("The document has {actual} tokens. The limit is {limit}."),
        );
    }
    if counted.bracket_depth > MAX_NESTING_DEPTH {
        let actual = counted.bracket_depth;
        return reject(
            ErrorCode::QueryTooDeep,
            format!("The document nests brackets {actual} deep. The limit is {MAX_NESTING_DEPTH}."),
        );
    }
    Ok(())
}

/// Rejects a document that exceeds a limit after its fragments are expanded, or whose fragments form a cycle.
/// Returns the complexity of the selected operation.
pub(crate) fn check_complexity(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    prices: Prices<'_>,
    limits: &Limits,
) -> Result<QueryComplexity, GraphqlResponse> {
    let mut counter = ComplexityCounter::new(document, prices, variables, operation);
    let complexities = counter.operation(operation).and_then(|own| Ok((own, counter.document()?)));
    let (own, all) = complexities.map_err(|error| match error {
        CountError::FragmentCycle => {
            rejection(ErrorCode::ValidationFailed, "The fragments of the document form a cycle.".to_owned())
        }
        CountError::TooDeep => {
            let message = format!("The document nests selections deeper than {MAX_NESTING_DEPTH} levels.");
            rejection(ErrorCode::QueryTooDeep, message)
        }
    })?;
    // The engine would run all of them at once, and each would keep its own place in the change log.
    if operation.ty == OperationType::Subscription && own.root_fields > 1 {
        let message = "A subscription selects one root field.".to_owned();
        return Err(rejection(ErrorCode::ValidationFailed, message));
    }
    let rules = [
        (all.selections, limits.selections, ErrorCode::QueryTooComplex, "selections"),
        (all.aliases, limits.aliases, ErrorCode::TooManyAliases, "aliases"),
        (all.directives, limits.directives, ErrorCode::TooManyDirectives, "directives"),
        (all.depth, limits.depth, ErrorCode::QueryTooDeep, "levels of fields"),
        (own.root_fields, limits.root_fields, ErrorCode::TooManyRootFields, "root fields"),
        (own.searches, limits.searches, ErrorCode::QueryTooComplex, "searches"),
        (own.cost, limits.cost, ErrorCode::QueryTooComplex, "points of cost"),
    ];
    for (actual, limit, code, unit) in rules {
        if actual > limit {
            return Err(rejection(code, format!("The document has {actual} {unit}. The limit is {limit}.")));
        }
    }
    Ok(own)
}

fn reject(code: ErrorCode, message: String) -> Result<(), GraphqlResponse> {
    Err(rejection(code, message))
}

fn rejection(code: ErrorCode, message: String) -> GraphqlResponse {
    GraphqlResponse::rejected(code, ServerError::new(message, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::type_system;
    use async_graphql::parser::parse_query;
    use passerelle_storage::PlanSize;
    use std::fmt::Write;

    const SCHEMA: &str = "
        type Query { routes(first: Int): RouteConnection! list(first: Int, last: Int, filter: Filter): ListConnection! a: Query b(first: Int): Int c: Int
            search(query: String!, first: Int): SearchConnection!
        measures(first: Int, filter: Filter): MeasureConnection! curve: [ProgressPoint!]! content: RichText title: RichText nodes(ids: [ID!]!): [Query]!
            categories: [Category!]! }
        type RouteConnection { totalCount: Int nodes: [Route!]! pageInfo: PageInfo } type PageInfo { endCursor: String }
        type Route { url: String lang: String alternates: [Route!]! }
        type Category { title: String measures(first: Int): MeasureConnection!
            children: [Category!]! ancestors: [Category!]! parent: Category }
        type MeasureConnection { nodes: [Query!]! facets: MeasureFacets! }
        type MeasureFacets { status: Int priority: Int }
        type ProgressPoint { c: Int } type RichText { html: String }
        type SearchConnection { totalCount: Int! nodes: [Query!]! }
        type ListConnection { nodes: [Query!]! }
        type Subscription { a: Query }";

    const PLAN: PlanSize = PlanSize { measures: 500, categories: 30, levels: 2 };

    fn complexity(document: &str, limits: &Limits) -> Result<QueryComplexity, String> {
        let parsed = parse_query(document).unwrap();
        let (_, operation) = parsed.operations.iter().next().unwrap();
        let variables = Variables::from_json(serde_json::json!({ "n": 7 }));
        let prices = Prices { cost_model: &CostModel::of(&type_system::parse(SCHEMA)), largest_plan: PLAN };
        check_complexity(&parsed, &operation.node, &variables, prices, limits)
            .map_err(|response| response.to_json())
    }

    fn is_accepted(document: &str) -> bool {
        complexity(document, &Limits::default()).is_ok()
    }

    fn fragment_bomb(levels: usize, spreads: usize) -> String {
        let mut fragment_bomb = "{...F0}".to_owned();
        for level in 0..levels {
            let next = format!("...F{} ", level + 1).repeat(spreads);
            write!(fragment_bomb, " fragment F{level} on Query {{{next}}}").unwrap();
        }
        write!(fragment_bomb, " fragment F{levels} on Query {{__typename}}").unwrap();
        fragment_bomb
    }

    #[test]
    fn fragment_bombs_are_rejected_in_linear_time() {
        let generous = Limits { tokens: usize::MAX, document_bytes: usize::MAX, ..Limits::default() };
        for (levels, spreads) in [(25, 2), (100, 5), (300, 3), (2, 600)] {
            let fragment_bomb = fragment_bomb(levels, spreads);
            let is_small = check_document_size(&fragment_bomb, &Limits::default()).is_ok();
            assert!(check_document_size(&fragment_bomb, &generous).is_ok());
            assert!(!is_accepted(&fragment_bomb) || !is_small, "{levels} {spreads}");
        }
        // An unused fragment counts too, because the engine validates it.
        let unused = fragment_bomb(25, 2).replacen("{...F0}", "{c}", 1);
        assert!(!is_accepted(&unused));
        // A recursive function that follows this chain to its end overflows the stack.
        assert!(!is_accepted(&fragment_bomb(100_000, 1)));
    }

    #[test]
    fn fragment_cycles_are_rejected() {
        assert!(!is_accepted("{...A} fragment A on Query {...B} fragment B on Query {...A}"));
        assert!(!is_accepted("{c} fragment A on Query {...A}"));
        assert!(is_accepted("{...A ...A} fragment A on Query {c}"));
    }

    #[test]
    fn cost_is_multiplied_by_page_size() {
        let cost = |document: &str| complexity(document, &Limits::default()).unwrap().cost;
        assert_eq!(cost("{c}"), 1);
        assert_eq!(cost("{list {nodes {c}}}"), 5 + 20 * 2);
        assert_eq!(cost("{list(first: 100) {nodes {c}}}"), 5 + 100 * 2);
        assert_eq!(cost("{list(last: 3) {nodes {c}}}"), 5 + 3 * 2);
        assert_eq!(cost("query($n: Int) {list(first: $n) {nodes {c}}}"), 5 + 7 * 2);
        assert_eq!(cost("query($m: Int = 9) {list(first: $m) {nodes {c}}}"), 5 + 9 * 2);
        assert_eq!(cost("query($m: Int) {list(first: $m) {nodes {c}}}"), 5 + 20 * 2);
        // The cost must not be the reason: this case tests another limit.
        assert_eq!(cost("{list(first: 2000000) {nodes {c}}}"), 5 + 100 * 2);
        // The own fields of a route cost nothing, and its range can be larger.
        let routes = "{routes(first: 2000000) {totalCount nodes {url lang} pageInfo {endCursor}}}";
        assert_eq!(cost(routes), 5 + 10_000);
        assert_eq!(cost("{routes(first: 100) {nodes {url alternates {url}}}}"), 5 + 100 * 2);
        assert_eq!(cost("{list(first: -1) {nodes {c}}}"), 5 + 2);
        assert_eq!(cost("{...F} fragment F on Query {list {nodes {...on Query {c}}}}"), 5 + 20 * 2);
        assert_eq!(cost("{list {nodes {list {nodes {c}}}}}"), 5 + 20 * (1 + 5 + 20 * 2));
    }

    #[test]
    fn a_search_costs_what_it_takes() {
        let cost = |document: &str| complexity(document, &Limits::default()).unwrap().cost;
        assert_eq!(cost("{search(query: \"a\") {totalCount}}"), 100 + 5 + 20);
        let filtered = "list(filter: {text: \"a\", or: [{text: \"b\"}, {not: {text: \"c\"}}]}) {nodes {c}}";
        assert_eq!(cost(&format!("{{{filtered}}}")), 3 * 100 + 5 + 20 * 2);
        let variable = "query($f: Filter = {text: \"a\"}) {list(filter: $f) {nodes {c}}}";
        assert_eq!(cost(variable), 100 + 5 + 20 * 2);
        assert_eq!(cost("{list(filter: {text: null}) {nodes {c}}}"), 5 + 20 * 2);
    }

    #[test]
    fn one_operation_has_at_most_four_searches() {
        let searches = |count: usize| -> String {
            let search = |n: usize| format!("a{n}: search(query: \"a{n}\") {{totalCount}} ");
            (0..count).map(search).collect()
        };
        assert!(is_accepted(&format!("{{{}}}", searches(4))));
        let attack = complexity(&format!("{{{}}}", searches(19)), &Limits::default()).unwrap_err();
        assert!(
            attack.contains("QUERY_TOO_COMPLEX") && attack.contains("19 searches. The limit is 4."),
            "{attack}"
        );
        let fragments = "{...F ...G} fragment F on Query {";
        let hidden = format!("{fragments}{}}} fragment G on Query {{{}}}", searches(3), searches(2));
        assert!(!is_accepted(&hidden));
    }

    #[test]
    fn walks_texts_and_ids_are_priced_by_their_size() {
        let cost = |document: &str| complexity(document, &Limits::default()).unwrap().cost;
        // A plan of 500 measures costs 6 for each walk.
        assert_eq!(cost("{curve {c}}"), 2 + 6);
        let filter = "{or: [{status: A}, {not: {number: 1, status: B}}], number: null}";
        assert_eq!(cost(&format!("{{measures(first: 1, filter: {filter}) {{nodes {{c}}}}}}")), 5 + 2 + 3 * 6);
        assert_eq!(cost(&format!("{{list(first: 1, filter: {filter}) {{nodes {{c}}}}}}")), 5 + 2);
        // Each facet applies the three conditions once more.
        let facets =
            |facets: &str| format!("{{measures(first: 1, filter: {filter}) {{facets {{{facets}}}}}}}");
        assert_eq!(cost(&facets("status priority")), 5 + 3 + 3 * 3 * 6);
        assert_eq!(cost(&facets(&"status ".repeat(9))), 5 + 10 + 6 * 3 * 6);
        let attributes = "{attributes: [{name: \"a\"}, {name: \"b\", value: \"c\"}]}";
        assert_eq!(
            cost(&format!("{{measures(first: 1, filter: {attributes}) {{nodes {{c}}}}}}")),
            5 + 2 + 2 * 6
        );
        assert_eq!(cost("{title {html}}"), 2);
        assert_eq!(cost("{content {html}}"), 2 + 10);
        assert_eq!(cost("{nodes(ids: [1, 2, 3]) {content {html}}}"), 1 + 3 * 12);
    }

    #[test]
    fn lists_of_categories_are_priced_by_the_size_of_a_plan() {
        let cost = |document: &str| complexity(document, &Limits::default()).unwrap().cost;
        assert_eq!(cost("{categories {title}}"), 1 + 30);
        assert_eq!(cost("{categories {ancestors {title}}}"), 1 + 30 * 2);
        // A list inside a list has other categories of the same plan, not 30 for each of 30.
        assert_eq!(cost("{categories {title children {title}}}"), 1 + 30 + (1 + 30));
        // A list of a parent is another one: the lists of all parents can repeat the categories of the plan.
        assert_eq!(cost("{categories {parent {children {title}}}}"), 1 + 30 * (1 + (1 + 30)));
        // 30 pages of ten have fewer measures than the two levels of the plan.
        assert_eq!(cost("{categories {measures(first: 10) {nodes {c}}}}"), 1 + 30 * (5 + 10 * 2));
        assert_eq!(
            cost("{categories {title measures(first: 100) {nodes {c}}}}"),
            1 + 30 * (1 + 5) + 2 * 500 * 2
        );
        let nested = "{categories {children {measures(first: 100) {nodes {c}}}}}";
        assert_eq!(cost(nested), 1 + (1 + 30 * 5 + 2 * 500 * 2));
        let inside_a_page = "{list(first: 2) {nodes {categories {title}}}}";
        assert_eq!(cost(inside_a_page), 5 + 2 * (1 + 1 + 30));
    }

    #[test]
    fn a_subscription_has_one_root_field() {
        assert!(is_accepted("subscription {a {c}}"));
        let twice = complexity("subscription {a {c} b: a {c}}", &Limits::default()).unwrap_err();
        assert!(twice.contains("GRAPHQL_VALIDATION_FAILED"), "{twice}");
    }

    /// Asserts that `most` are accepted and one more is rejected.
    fn assert_limit(
        document: impl Fn(usize) -> String,
        code: &str,
        limit: impl Fn(&mut Limits) -> &mut usize,
    ) {
        for at in [3, 8] {
            let mut limits = Limits::default();
            *limit(&mut limits) = at;
            let response = |count| {
                let text: String = document(count);
                check_document_size(&text, &limits).map_err(|response| response.to_json())?;
                complexity(&text, &limits).map(|_| ())
            };
            assert_eq!(response(at), Ok(()), "{code}");
            assert!(response(at + 1).unwrap_err().contains(code), "{code}");
        }
    }

    #[test]
    fn each_limit_accepts_its_value_and_rejects_one_more() {
        let times = |count: usize, text: &str| format!("{{{}}}", text.repeat(count));
        let named = |count: usize| (0..count).map(|n| format!("a{n}: c ")).collect::<Vec<_>>().concat();
        assert_limit(
            |n| format!("{{c{}}}", " ".repeat(n - 3)),
            "DOCUMENT_TOO_LARGE",
            |limits| &mut limits.document_bytes,
        );
        assert_limit(|n| times(n - 2, "c "), "DOCUMENT_TOO_LARGE", |limits| &mut limits.tokens);
        assert_limit(
            |n| format!("{}c{}", "{a".repeat(n - 1) + "{", "}".repeat(n)),
            "QUERY_TOO_DEEP",
            |limits| &mut limits.depth,
        );
        assert_limit(|n| times(n, "c "), "QUERY_TOO_COMPLEX", |limits| &mut limits.selections);
        assert_limit(|n| format!("{{{}}}", named(n)), "TOO_MANY_ALIASES", |limits| &mut limits.aliases);
        assert_limit(|n| times(n, "c "), "TOO_MANY_ROOT_FIELDS", |limits| &mut limits.root_fields);
        assert_limit(
            |n| format!("{{c {}}}", "@skip(if: false) ".repeat(n)),
            "TOO_MANY_DIRECTIVES",
            |limits| &mut limits.directives,
        );
        assert_limit(|n| times(n, "c "), "QUERY_TOO_COMPLEX", |limits| &mut limits.cost);
        let brackets = |count: usize| format!("{}{}", "{a".repeat(count), "}".repeat(count));
        assert!(check_document_size(&brackets(MAX_NESTING_DEPTH), &Limits::default()).is_ok());
        assert!(check_document_size(&brackets(MAX_NESTING_DEPTH + 1), &Limits::default()).is_err());
    }
}
