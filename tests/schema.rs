//! The exported schema: it matches the code, and its examples work.

use std::fs;

use serde_json::json;

use crate::support::{TestSite, repository};

#[test]
fn schema_file_matches_the_code() {
    let written = fs::read_to_string(repository().join("schema.graphql")).unwrap();
    assert!(
        written == passerelle_api::sdl(),
        "schema.graphql is stale: run `cargo run -p passerelle -- schema > schema.graphql`"
    );
}

/// Returns the examples in the description of each root field.
fn examples(sdl: &str, root: &str) -> Vec<(String, Vec<String>)> {
    let (_, body) = sdl.split_once(&format!("\ntype {root} {{\n")).unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let mut found = Vec::new();
    let mut description = None;
    // A description is between triple quotes and precedes its field.
    let mut parts = body.split("\n  \"\"\"\n").map(|part| part.trim_start_matches("  \"\"\"\n"));
    while let Some(part) = parts.next() {
        match description.take() {
            None => description = Some(part),
            Some(text) => {
                let name: String = part.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
                let (_, examples) = text.split_once("Example: ").unwrap_or_else(|| panic!("{root}.{name}"));
                let quoted = examples.split('`').skip(1).step_by(2).map(ToOwned::to_owned);
                found.push((name, quoted.collect()));
                description = parts.next();
            }
        }
    }
    found
}

#[test]
fn root_field_examples_execute_without_errors() {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let sdl = passerelle_api::sdl();
    let roots = [("Query", 16), ("Subscription", 2)];
    for (root, fields) in roots {
        let examples = examples(&sdl, root);
        assert!(examples.len() >= fields, "{examples:?}");
        for (field, examples) in examples {
            assert!(!examples.is_empty(), "{root}.{field}");
            for example in examples {
                assert!(example.contains(&field), "{root}.{field}: {example}");
                let body = json!({ "query": example }).to_string();
                let answer = if root == "Query" {
                    service.post(&body, &[("content-type", "application/json")]).json()
                } else {
                    // The first event suffices. A future revision gives a `RESYNC` event at once.
                    service.subscribe_with(&body).next().unwrap()
                };
                assert_eq!(answer.get("errors"), None, "{example}");
            }
        }
    }
}

#[test]
fn every_scalar_has_a_specified_by_url() {
    let sdl = passerelle_api::sdl();
    let scalars: Vec<&str> = sdl.lines().filter(|line| line.starts_with("scalar ")).collect();
    assert!(!scalars.is_empty());
    assert!(scalars.iter().all(|line| line.contains(" @specifiedBy(url: \"https://")), "{scalars:?}");
}
