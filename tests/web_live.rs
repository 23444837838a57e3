//! Live updates of the pages for people.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Events, TestSite};

const PAGES: [&str; 4] = ["/", "/desk", "/plans/plan-des-mares", "/plans/plan-des-mares/measures/1"];

/// Returns the value of an attribute of the first element that has it.
fn attribute(html: &str, name: &str) -> String {
    let (_, after) = html.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name}: {html}"));
    let value = after.split('"').next().unwrap();
    value.replace("&#34;", "\"").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn pages_are_updated_live_though_only_trusted_documents_are_accepted() {
    let place = TestSite::new();
    place.write("plan.txt", "# Plan des mares 2025\n\n## AXE 1: A\n\n### 1. B\n\n1.\tCreuser\tEn cours\n");
    let list = place.content().with_file_name("documents.json");
    fs::write(&list, json!({ "name": "query Name { __typename }" }).to_string()).unwrap();
    let service = place.serve_with(&["--trusted-documents", list.to_str().unwrap(), "--only-trusted"]);
    let html: Vec<String> =
        PAGES.map(|path| service.get(path, &[("accept", "text/html")])).map(|reply| reply.body).into();
    let mut streams: Vec<Events> = html
        .iter()
        .map(|html| {
            let variables: Value = serde_json::from_str(&attribute(html, "data-variables")).unwrap();
            let body = json!({ "query": attribute(html, "data-live"), "variables": variables });
            service.subscribe_with(&body.to_string())
        })
        .collect();
    service.save("plan.txt", "# Plan des mares 2025\n\n## AXE 1: A\n\n### 1. B\n\n1.\tCreuser\tRéalisé\n");
    for (path, events) in PAGES.iter().zip(&mut streams) {
        let event = events.next().unwrap();
        assert!(event["data"].is_object() && event["errors"].is_null(), "{path}: {event}");
    }
    let other = json!({ "query": "subscription { changes { kind } }" });
    let refused = service.post(&other.to_string(), &[("content-type", "application/json")]).json();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_ID_REQUIRED");
}
