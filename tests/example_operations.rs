//! Example operations in `ops/`: each returns data on the demo content, and the documentation lists it.
//!
//! To add an operation:
//!
//! - Add a file named after the operation. Its first lines are a comment with the purpose.
//! - Add its variables, if any, to `ops/variables.json`.
//! - Add its name to `EXAMPLES` in `crates/http/src/graphiql/examples.rs`.
//! - Add its statement count to `tests/statements.rs`.
//! - Run `UPDATE_DOCS=1 cargo test --test service example_operations`.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::support::{TestSite, repository};

/// An example operation.
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Variables that select existing content of the demo.
    pub(crate) variables: Value,
}

impl Operation {
    /// Returns true for a subscription.
    pub(crate) fn is_subscription(&self) -> bool {
        self.text.lines().any(|line| line.starts_with("subscription "))
    }

    /// Returns the purpose from the comment in the first lines.
    fn purpose(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix("# "));
        comment.collect::<Vec<_>>().join(" ")
    }

    /// Returns the operation without this comment.
    fn text_without_comment(&self) -> &str {
        let start = self.text.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1);
        self.text[start.sum()..].trim_end()
    }

    pub(crate) fn body(&self) -> String {
        json!({ "query": self.text, "operationName": self.name, "variables": self.variables }).to_string()
    }
}

/// Returns all operations, ordered by name.
pub(crate) fn operations() -> Vec<Operation> {
    let folder = repository().join("ops");
    let variables: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("variables.json")).unwrap()).unwrap();
    let mut operations: Vec<Operation> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "graphql"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let variables = variables.get(&name).cloned().unwrap_or_else(|| json!({}));
            Operation { text: fs::read_to_string(path).unwrap(), variables, name }
        })
        .collect();
    operations.sort_by(|one, other| one.name.cmp(&other.name));
    let known = |name: &String| operations.iter().any(|operation| operation.name == *name);
    assert!(variables.as_object().unwrap().keys().all(known), "variables of an operation that there is not");
    operations
}

/// Returns true if a response contains a value other than null and empty lists.
fn has_values(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(has_values),
        Value::Object(fields) => fields.values().any(has_values),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

#[test]
fn every_query_returns_data_on_the_demo() {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    for operation in operations().iter().filter(|operation| !operation.is_subscription()) {
        let answer = service.post(&operation.body(), &[("content-type", "application/json")]).json();
        assert_eq!(answer.get("errors"), None, "{}", operation.name);
        for (field, value) in answer["data"].as_object().unwrap() {
            assert!(has_values(value), "{}: {field}", operation.name);
            // No document of the demo was renamed.
            let nodes = value.get("nodes").or(value.get("edges")).filter(|_| field != "redirects");
            assert!(nodes.is_none_or(has_values), "{}: {field} has no nodes", operation.name);
        }
    }
}

#[test]
fn every_subscription_receives_a_change_on_the_demo() {
    const PLAN: &str = "plan-climat-quartiers-2025.txt";
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let text = fs::read_to_string(service.place.content().join(PLAN)).unwrap();
    let changed = text.replacen("\tEn cours\n", "\tRéalisé\n", 1);
    assert_ne!(text, changed);
    service.save(PLAN, &changed);
    for operation in operations().iter().filter(|operation| operation.is_subscription()) {
        let answer = service.subscribe_with(&operation.body()).next().unwrap();
        assert_eq!(answer.get("errors"), None, "{}", operation.name);
        assert_eq!(answer["data"]["changes"]["after"], "COMPLETED", "{}", operation.name);
        assert!(has_values(&answer["data"]["changes"]["node"]["title"]), "{}", operation.name);
    }
}

#[test]
fn operation_files_match_their_name_and_have_a_purpose() {
    let operations = operations();
    assert!(operations.len() >= 10);
    for operation in operations {
        let kind = if operation.is_subscription() { "subscription" } else { "query" };
        let opening = format!("{kind} {}", operation.name);
        let rest =
            operation.text_without_comment().strip_prefix(&opening).unwrap_or_else(|| panic!("{opening}"));
        assert!(rest.starts_with([' ', '(']), "{opening}");
        assert!(operation.purpose().ends_with('.'), "{opening} does not say what it is for");
    }
}

#[test]
fn documentation_lists_every_operation() {
    let path = repository().join("docs/operations.md");
    let mut wanted = INTRODUCTION.to_owned();
    for operation in operations() {
        let Operation { name, variables, .. } = &operation;
        write!(
            wanted,
            "\n## {name}\n\n{}\n\n```graphql\n{}\n```\n",
            operation.purpose(),
            operation.text_without_comment()
        )
        .unwrap();
        if variables.as_object().is_some_and(|variables| !variables.is_empty()) {
            let variables = serde_json::to_string_pretty(variables).unwrap();
            write!(wanted, "\n```json\n{variables}\n```\n").unwrap();
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, wanted).unwrap();
        return;
    }
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text == wanted,
        "docs/operations.md is stale: UPDATE_DOCS=1 cargo test --test service example_operations"
    );
}

const INTRODUCTION: &str = "\
# Example operations

Typical operations of front ends, from the files in `ops/`. GraphiQL shows them as tabs. The tests execute each operation with the
variables below, and check that the number of its SQL statements does not grow with the number of results. The operations pass the
linters, relay-compiler and the client preset of GraphQL Codegen. relay-compiler requires the kind of the operation at the end of its
name, for example `PlanOverviewQuery`.
";
