//! Compares the schema with the schema of the last release. No change may break a client.

use std::fs;
use std::path::Path;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeKind, TypeSystemDefinition};

use crate::breaking_changes::breaking_changes;

#[test]
fn schema_has_no_breaking_change_since_the_last_release() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/released.graphql");
    let released = fs::read_to_string(path).unwrap();
    assert_eq!(breaking_changes(&released, &passerelle_api::sdl()), Vec::<String>::new());
}

/// A schema with every kind of definition that a change can break.
const OLD: &str = "
    interface Named { name: String! }
    interface Aged { age: Int }
    type Tree implements Named & Aged {
        name: String! age: Int
        leaves(first: Int = 20, kind: Kind, near: String!): [Leaf!]!
    }
    type Leaf { colour: Kind }
    union Thing = Tree | Leaf
    enum Kind { OAK ASH }
    input Filter { kind: [Kind!] text: String! not: Filter }
    scalar Day @specifiedBy(url: \"https://example.org/day\")
    directive @old(if: Boolean!) on FIELD
    type Query { tree(filter: Filter): Tree }
    schema { query: Query }";

/// Returns the breaking changes after one replacement in that schema.
fn breaking_changes_of(from: &str, to: &str) -> Vec<String> {
    assert!(OLD.contains(from), "{from}");
    breaking_changes(OLD, &OLD.replacen(from, to, 1))
}

#[test]
fn every_breaking_change_is_detected() {
    let cases = [
        ("enum Kind {", "enum Sort {", "Kind is gone"),
        ("type Leaf { colour: Kind }", "scalar Leaf", "Leaf is of another kind"),
        ("age: Int\n        leaves", "leaves", "Tree.age is gone"),
        ("colour: Kind", "colour: String", "Leaf.colour was Kind and is String"),
        ("colour: Kind", "colour: [Kind]", "Leaf.colour was Kind and is [Kind]"),
        ("near: String!): [Leaf!]!", "near: String!): [Leaf!]", "Tree.leaves was [Leaf!]! and is [Leaf!]"),
        ("near: String!): [Leaf!]!", "near: String!): [Leaf]!", "Tree.leaves was [Leaf!]! and is [Leaf]!"),
        ("first: Int = 20, ", "", "Tree.leaves(first:) is gone"),
        ("first: Int = 20", "first: Float = 20", "Tree.leaves(first:) was Int and is Float"),
        ("first: Int = 20", "first: Int = 10", "Tree.leaves(first:) has another default"),
        ("kind: Kind,", "kind: Kind!,", "Tree.leaves(kind:) was Kind and is Kind!"),
        ("near: String!", "near: String!, far: Int!", "Tree.leaves(far:) must be given"),
        ("Named & Aged", "Named", "Tree implements no Aged any more"),
        ("Tree | Leaf", "Tree", "Thing has no Leaf any more"),
        ("OAK ASH", "OAK", "Kind has no ASH any more"),
        ("text: String! ", "", "Filter(text:) is gone"),
        ("kind: [Kind!] ", "kind: [Kind!]! ", "Filter(kind:) was [Kind!] and is [Kind!]!"),
        ("not: Filter", "not: Filter and: String!", "Filter(and:) must be given"),
        ("input Filter {", "input Filter @oneOf {", "Filter takes one field only"),
        ("example.org/day", "example.org/night", "Day is specified elsewhere"),
        ("directive @old(if: Boolean!) on FIELD", "", "@old is gone"),
        ("@old(if: Boolean!)", "@old(if: Boolean!, by: Int!)", "@old(by:) must be given"),
        ("schema { query: Query }", "schema { query: Tree }", "the query root is no longer Query"),
    ];
    for (from, to, found) in cases {
        assert_eq!(breaking_changes_of(from, to), [found], "{from} → {to}");
    }
}

#[test]
fn compatible_changes_are_accepted() {
    let cases = [
        ("colour: Kind", "colour: Kind!"),
        ("age: Int\n        leaves", "age: Int!\n        leaves"),
        ("colour: Kind", "colour: Kind size: Int!"),
        ("kind: Kind,", "kind: Kind, far: Int,"),
        ("kind: Kind,", "kind: Kind, far: Int! = 1,"),
        ("near: String!", "near: String"),
        ("text: String!", "text: String"),
        ("kind: [Kind!] ", "kind: [Kind] "),
        ("OAK ASH", "OAK ASH ELM"),
        ("Tree | Leaf", "Tree | Leaf | Query"),
        ("type Leaf {", "\"A leaf.\" type Leaf {"),
        ("scalar Day", "type New { a: Int } scalar Day"),
        ("age: Int\n        leaves", "age: Int @deprecated(reason: \"2026-01-31\")\n        leaves"),
    ];
    for (from, to) in cases {
        assert_eq!(breaking_changes_of(from, to), Vec::<String>::new(), "{from} → {to}");
    }
}

/// Returns true if a reason contains a date: `Removed after 2026-01-31: use …`.
fn contains_date(reason: &str) -> bool {
    reason.split(|letter: char| !letter.is_ascii_digit() && letter != '-').any(|word| {
        let parts: Vec<usize> = word.split('-').map(str::len).collect();
        parts == [4, 2, 2]
    })
}

/// Returns the deprecated fields of a schema with their reasons.
fn deprecated(sdl: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut look = |of: &str, field: &FieldDefinition| {
        for directive in field.directives.iter().filter(|directive| directive.node.name.node == "deprecated")
        {
            let reason = directive.node.get_argument("reason").map(ToString::to_string).unwrap_or_default();
            found.push((format!("{of}.{}", field.name), reason));
        }
    };
    for definition in parse_schema(sdl).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition
            && let TypeKind::Object(object) = &definition.node.kind
        {
            object.fields.iter().for_each(|field| look(&definition.node.name.node, &field.node));
        }
    }
    found
}

#[test]
fn deprecations_name_a_removal_date() {
    for (field, reason) in deprecated(&passerelle_api::sdl()) {
        assert!(contains_date(&reason), "{field}: {reason}");
    }
    let sdl = "type Query { a: Int @deprecated(reason: \"Removed after 2027-01-31: use `b`.\") b: Int @deprecated }";
    let found = deprecated(sdl);
    let dated: Vec<bool> = found.iter().map(|(_, reason)| contains_date(reason)).collect();
    assert_eq!(dated, [true, false]);
}
