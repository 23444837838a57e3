//! Every definition of the schema has a useful description.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeDefinition, TypeKind, TypeSystemDefinition};

/// Shorter texts cannot say more than a name.
const MIN_CHARACTERS: usize = 12;

/// A description states a fact. It is neither a question nor a riddle.
const QUESTION_WORDS: [&str; 8] = ["What", "Who", "Whose", "Where", "Which", "How", "When", "Why"];

/// A definition, for example `Plan.measures(first:)`, with its description.
type Described = (String, Option<String>);

/// Lists all types, fields, arguments, enum values and input fields of a schema.
fn definitions(sdl: &str) -> Vec<Described> {
    let mut found = Vec::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            collect(&definition.node, &mut found);
        }
    }
    found
}

fn collect(definition: &TypeDefinition, found: &mut Vec<Described>) {
    let name = &definition.name.node;
    found.push((name.to_string(), text(definition.description.as_ref())));
    let fields = match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        TypeKind::Enum(values) => {
            for value in &values.values {
                let path = format!("{name}.{}", value.node.value.node);
                found.push((path, text(value.node.description.as_ref())));
            }
            return;
        }
        TypeKind::InputObject(input) => {
            for field in &input.fields {
                let path = format!("{name}.{}", field.node.name.node);
                found.push((path, text(field.node.description.as_ref())));
            }
            return;
        }
        TypeKind::Scalar | TypeKind::Union(_) => return,
    };
    for field in fields {
        let path = format!("{name}.{}", field.node.name.node);
        for argument in &field.node.arguments {
            let path = format!("{path}({}:)", argument.node.name.node);
            found.push((path, text(argument.node.description.as_ref())));
        }
        found.push((path, text(field.node.description.as_ref())));
    }
}

fn text(description: Option<&Positioned<String>>) -> Option<String> {
    description.map(|description| description.node.trim().to_owned())
}

/// Returns the problem of a description, or `None` if it is good.
fn problem((path, description): &Described) -> Option<String> {
    let Some(description) = description else { return Some(format!("{path} has no description")) };
    if description.chars().count() < MIN_CHARACTERS {
        return Some(format!("{path} has a description that is too short"));
    }
    let first_word = description.split(|character: char| !character.is_alphanumeric()).next().unwrap_or("");
    if QUESTION_WORDS.contains(&first_word) {
        return Some(format!("{path} has a description that begins with {first_word}"));
    }
    if !description.ends_with(['.', '`']) {
        return Some(format!("{path} has a description that does not end with a period"));
    }
    let name = path.rsplit(['.', '(']).next().unwrap_or(path);
    let is_repetition = letters(description).trim_start_matches("the") == letters(name);
    is_repetition.then(|| format!("{path} has a description that repeats its name"))
}

/// Returns the letters of a text in lower case, so `totalCount` equals `Total count.`
fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn every_description_is_useful() {
    let definitions = definitions(&passerelle_api::sdl());
    assert!(definitions.len() > 300, "only {} definitions were read", definitions.len());
    let problems: Vec<String> = definitions.iter().filter_map(problem).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn useless_descriptions_are_found() {
    let cases = [
        ("type A { b: Int }", "A has no description"),
        ("\"A short.\" type A", "A has a description that is too short"),
        ("\"Where it goes to.\" type A", "A has a description that begins with Where"),
        ("\"No period at the end\" type A", "A has a description that does not end with a period"),
        (
            "\"The number of plans.\" scalar NumberOfPlans",
            "NumberOfPlans has a description that repeats its name",
        ),
    ];
    for (sdl, expected) in cases {
        let first = definitions(sdl).iter().find_map(problem);
        assert_eq!(first.as_deref(), Some(expected), "{sdl}");
    }
    let nested = "\"A type with members.\" type A { \"A field with arguments.\" b(c: Int): Int }
        \"An enum with values.\" enum D { E } \"An input with fields.\" input F { g: Int }";
    let problems: Vec<String> = definitions(nested).iter().filter_map(problem).collect();
    assert_eq!(problems, ["A.b(c:) has no description", "D.E has no description", "F.g has no description"]);
}
