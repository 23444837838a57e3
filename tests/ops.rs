//! The operations of `ops/`, which front ends begin with: each is answered on the demo, and shown in the documentation.
//!
//! To add one: a file named after the operation, whose first lines say in a comment what it is for; variables in
//! `ops/variables.json` if it has any; its name in `crates/api/src/transport/explorer/examples.rs`; its statements in
//! `tests/statements.rs`; and `UPDATE_DOCS=1 cargo test --test service ops`.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, repository};

/// An operation of the folder.
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Those that give an answer on the demo.
    pub(crate) variables: Value,
}

impl Operation {
    /// Whether it is answered more than once.
    pub(crate) fn is_live(&self) -> bool {
        self.text.lines().any(|line| line.starts_with("subscription "))
    }

    /// What it is for, in words.
    fn purpose(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix("# "));
        comment.collect::<Vec<_>>().join(" ")
    }

    /// It without these words.
    fn bare(&self) -> &str {
        let start = self.text.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1);
        self.text[start.sum()..].trim_end()
    }

    fn body(&self) -> String {
        json!({ "query": self.text, "operationName": self.name, "variables": self.variables }).to_string()
    }
}

/// All of the folder, by name.
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

/// Whether there is something in an answer: no null, no empty list and nothing but such.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(fields) => fields.values().any(says_something),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

#[test]
fn every_operation_is_answered_on_the_demo() {
    let place = Place::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    for operation in operations().iter().filter(|operation| !operation.is_live()) {
        let answer = service.post(&operation.body(), &[("content-type", "application/json")]).json();
        assert_eq!(answer.get("errors"), None, "{}", operation.name);
        for (field, value) in answer["data"].as_object().unwrap() {
            assert!(says_something(value), "{}: {field}", operation.name);
            let nodes = value.get("nodes").or(value.get("edges"));
            assert!(nodes.is_none_or(says_something), "{}: {field} has no nodes", operation.name);
        }
    }
}

#[test]
fn every_live_operation_tells_of_a_change_of_the_demo() {
    const PLAN: &str = "plan-climat-quartiers-2025.txt";
    let place = Place::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let text = fs::read_to_string(service.place.content().join(PLAN)).unwrap();
    let changed = text.replacen("\tEn cours\n", "\tRéalisé\n", 1);
    assert_ne!(text, changed);
    service.save(PLAN, &changed);
    for operation in operations().iter().filter(|operation| operation.is_live()) {
        let answer = service.subscribe_with(&operation.body()).next().unwrap();
        assert_eq!(answer.get("errors"), None, "{}", operation.name);
        assert_eq!(answer["data"]["changes"]["after"], "COMPLETED", "{}", operation.name);
        assert!(says_something(&answer["data"]["changes"]["node"]["title"]), "{}", operation.name);
    }
}

#[test]
fn every_file_holds_the_operation_of_its_name_and_says_what_it_is_for() {
    let operations = operations();
    assert!(operations.len() >= 10);
    for operation in operations {
        let kind = if operation.is_live() { "subscription" } else { "query" };
        let opening = format!("{kind} {}", operation.name);
        let rest = operation.bare().strip_prefix(&opening).unwrap_or_else(|| panic!("{opening}"));
        assert!(rest.starts_with([' ', '(']), "{opening}");
        assert!(operation.purpose().ends_with('.'), "{opening} does not say what it is for");
    }
}

#[test]
fn the_documentation_shows_every_operation() {
    let path = repository().join("docs/operations.md");
    let mut wanted = INTRODUCTION.to_owned();
    for operation in operations() {
        let Operation { name, variables, .. } = &operation;
        write!(wanted, "\n## {name}\n\n{}\n\n```graphql\n{}\n```\n", operation.purpose(), operation.bare())
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
    assert!(text == wanted, "docs/operations.md is stale: UPDATE_DOCS=1 cargo test --test service ops");
}

const INTRODUCTION: &str = "\
# Ready-made queries

The operations of most front ends, from the files in `ops/`. The tests execute each with the variables shown here. The number of SQL
statements does not depend on the number of results (`tests/statements.rs`). GraphiQL opens with these queries. They pass the
common linters, GraphQL Codegen's client preset, and relay-compiler if the type is added to the name: `PlanOverviewQuery`.
";
