//! Pagination of lists: both directions give the same nodes, and a cursor belongs to one list.

use serde_json::{Value, json};

use crate::support::Service;

/// A paginated list field and its arguments.
struct ListCase {
    field: &'static str,
    arguments: &'static str,
}

/// Every list with pagination in both directions.
const LIST_CASES: [ListCase; 7] = [
    ListCase { field: "measures", arguments: "" },
    ListCase { field: "measures", arguments: "orderBy: [{field: STATUS, direction: DESC}]" },
    ListCase { field: "measures", arguments: "filter: {text: \"quartier\"}" },
    ListCase { field: "pages", arguments: "" },
    ListCase { field: "pages", arguments: "orderBy: [{field: TITLE, direction: DESC}]" },
    ListCase { field: "supportServices", arguments: "" },
    ListCase { field: "documents", arguments: "" },
];

impl ListCase {
    fn page(&self, service: &Service, window: &str) -> Value {
        let Self { field, arguments } = self;
        let query = format!(
            "{{ {field}({arguments} {window}) {{ totalCount edges {{ cursor node {{ id }} }} nodes {{ id }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let page = service.query(&query)[*field].take();
        let edges = page["edges"].as_array().unwrap();
        assert_eq!(edges.iter().map(|edge| edge["node"]["id"].clone()).collect::<Vec<_>>(), ids(&page));
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        let ends = (&page["pageInfo"]["startCursor"], &page["pageInfo"]["endCursor"]);
        assert_eq!(ends, (&cursor(edges.first()), &cursor(edges.last())));
        page
    }
}

fn ids(page: &Value) -> Vec<Value> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
}

#[test]
fn forward_and_backward_pagination_return_the_same_nodes() {
    let service = Service::of_demo();
    for list in LIST_CASES {
        let name = format!("{}({})", list.field, list.arguments);
        let all = list.page(&service, "first: 100");
        assert_eq!(all["totalCount"], ids(&all).len(), "{name}");
        assert!(!ids(&all).is_empty(), "{name}");

        let (mut forward, mut after) = (Vec::new(), String::new());
        loop {
            let page = list.page(&service, &format!("first: 3 {after}"));
            forward.extend(ids(&page));
            assert!(forward.len() <= ids(&all).len(), "{name}");
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = format!("after: {}", page["pageInfo"]["endCursor"]);
        }
        assert_eq!(forward, ids(&all), "{name}, forward");

        let (mut backward, mut before) = (Vec::new(), String::new());
        loop {
            let page = list.page(&service, &format!("last: 3 {before}"));
            backward.splice(0..0, ids(&page));
            assert!(backward.len() <= ids(&all).len(), "{name}");
            if page["pageInfo"]["hasPreviousPage"] != true {
                break;
            }
            before = format!("before: {}", page["pageInfo"]["startCursor"]);
        }
        assert_eq!(backward, ids(&all), "{name}, backward");
    }
}

#[test]
fn cursors_are_valid_only_for_their_list_and_order() {
    let service = Service::of_demo();
    let log = "{ changes(since: 0, first: 1) { pageInfo { endCursor } } }";
    let log = service.query(log)["changes"]["pageInfo"]["endCursor"].clone();
    let cursor = |list: &ListCase| list.page(&service, "first: 1")["pageInfo"]["endCursor"].clone();
    let cursors: Vec<Value> = LIST_CASES.iter().map(cursor).chain([log]).collect();
    for (at, ListCase { field, arguments }) in LIST_CASES.iter().enumerate() {
        for (of, cursor) in cursors.iter().enumerate() {
            let query = format!("{{ {field}({arguments} first: 1, after: {cursor}) {{ totalCount }} }}");
            let body = json!({ "query": query }).to_string();
            let answer = service.post(&body, &[("content-type", "application/json")]).json();
            let code = answer["errors"][0]["extensions"]["code"].as_str();
            assert_eq!(code, (at != of).then_some("INVALID_CURSOR"), "{query}");
        }
    }
}
