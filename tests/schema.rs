//! The public contract.

use std::fs;

use crate::support::repository;

#[test]
fn the_file_is_what_the_code_prints() {
    let written = fs::read_to_string(repository().join("schema.graphql")).unwrap();
    assert!(
        written == passerelle_api::sdl(),
        "schema.graphql is stale: run `cargo run -p passerelle -- schema > schema.graphql`"
    );
}

#[test]
fn everything_is_described() {
    let sdl = passerelle_api::sdl();
    let mut described = false;
    let mut in_description = false;
    for line in sdl.lines().map(str::trim) {
        let quotes = line.matches("\"\"\"").count();
        if quotes == 1 {
            in_description = !in_description;
            described = true;
        } else if !in_description && quotes == 0 {
            let is_definition = ["type ", "interface ", "enum ", "input ", "scalar "]
                .iter()
                .any(|word| line.starts_with(word));
            let is_member = line.contains(": ")
                || line.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
            let is_rest = line.is_empty()
                || line.starts_with([')', '}', '@'])
                || line.starts_with("query:")
                || line.starts_with("subscription:");
            if (is_definition || is_member) && !is_rest {
                assert!(described, "without a description: {line}");
            }
            described = false;
        } else {
            described = true;
        }
    }
}
