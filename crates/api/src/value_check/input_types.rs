//! Input types of the schema, and the check of a value against them.

use std::collections::{HashMap, HashSet};

use async_graphql::Value;
use async_graphql::parser::types::{BaseType, ServiceDocument, Type, TypeKind, TypeSystemDefinition};
use passerelle_model::rendition::ImageWidths;
use passerelle_model::timestamp::Timestamp;

use crate::type_system::named_type;

/// Arguments of a field by name, and the name of its type.
type FieldInputs = (HashMap<String, Type>, String);

/// Input types and the arguments of all fields.
#[derive(Default)]
pub(crate) struct InputTypes {
    fields: HashMap<String, HashMap<String, FieldInputs>>,
    inputs: HashMap<String, InputObject>,
    enums: HashMap<String, HashSet<String>>,
    image_widths: ImageWidths,
}

struct InputObject {
    is_one_of: bool,
    /// Type of each field, and true if the field must be given.
    fields: HashMap<String, (Type, bool)>,
}

impl InputTypes {
    /// Reads the types from a schema.
    pub(crate) fn of(document: ServiceDocument) -> Self {
        let mut types = Self::default();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Enum(kind) => {
                    let values = kind.values.into_iter().map(|value| value.node.value.node.to_string());
                    types.enums.insert(name, values.collect());
                    continue;
                }
                TypeKind::InputObject(input) => {
                    let is_one_of = definition
                        .node
                        .directives
                        .iter()
                        .any(|directive| directive.node.name.node == "oneOf");
                    let fields = input.fields.into_iter().map(|field| {
                        let kind = field.node.ty.node;
                        let is_required = !kind.nullable && field.node.default_value.is_none();
                        (field.node.name.node.to_string(), (kind, is_required))
                    });
                    types.inputs.insert(name, InputObject { is_one_of, fields: fields.collect() });
                    continue;
                }
                TypeKind::Scalar | TypeKind::Union(_) => continue,
            };
            let fields = fields.into_iter().map(|field| {
                let arguments = field.node.arguments.into_iter();
                let arguments =
                    arguments.map(|argument| (argument.node.name.node.to_string(), argument.node.ty.node));
                (
                    field.node.name.node.to_string(),
                    (arguments.collect(), named_type(&field.node.ty.node).to_owned()),
                )
            });
            types.fields.insert(name, fields.collect());
        }
        types
    }

    /// Sets the widths and heights that renditions may have.
    pub(crate) fn with_image_widths(self, image_widths: ImageWidths) -> Self {
        Self { image_widths, ..self }
    }

    /// Returns the widths and heights that renditions may have.
    pub(super) fn image_widths(&self) -> &ImageWidths {
        &self.image_widths
    }

    /// Returns the arguments and the type of a field. `None` for an unknown field, which the engine reports.
    pub(super) fn field(&self, parent: &str, name: &str) -> Option<(&HashMap<String, Type>, &str)> {
        let (arguments, result) = self.fields.get(parent)?.get(name)?;
        Some((arguments, result))
    }

    pub(super) fn is_enum(&self, name: &str) -> bool {
        self.enums.contains_key(name)
    }

    /// Returns the type of a field of an input object.
    pub(super) fn input_field(&self, input: &str, name: &str) -> Option<&Type> {
        self.inputs.get(input)?.fields.get(name).map(|(kind, _)| kind)
    }

    /// Returns the number of fields of a `@oneOf` input. `None` for any other type.
    pub(super) fn one_of_fields(&self, name: &str) -> Option<usize> {
        self.inputs.get(name).filter(|input| input.is_one_of).map(|input| input.fields.len())
    }

    /// Checks a value of a variable. The error is a part of a sentence.
    pub(super) fn check_json(&self, expected: &Type, value: &Value) -> Result<(), String> {
        if *value == Value::Null {
            return if expected.nullable { Ok(()) } else { Err(format!("null is not a {expected}")) };
        }
        let name = match &expected.base {
            BaseType::List(item) => {
                return match value {
                    Value::List(values) => values.iter().try_for_each(|value| self.check_json(item, value)),
                    value => self.check_json(item, value),
                };
            }
            BaseType::Named(name) => name.as_str(),
        };
        if let Some(values) = self.enums.get(name) {
            return match value {
                Value::String(text) if values.contains(text) => Ok(()),
                Value::Enum(text) if values.contains(text.as_str()) => Ok(()),
                value => Err(format!("{value} is not a {name}")),
            };
        }
        let Some(input) = self.inputs.get(name) else { return check_scalar(name, value) };
        let Value::Object(given) = value else { return Err(format!("{value} is not a {name}")) };
        for (field, value) in given {
            match input.fields.get(field.as_str()) {
                Some((kind, _)) => {
                    self.check_json(kind, value).map_err(|problem| format!("`{field}`: {problem}"))?;
                }
                None => return Err(format!("{name} has no field `{field}`")),
            }
        }
        if input.is_one_of {
            let is_one = given.len() == 1 && given.values().all(|value| *value != Value::Null);
            let count = input.fields.len();
            return if is_one {
                Ok(())
            } else {
                Err(format!("{name} takes exactly one of its {count} fields, and not null"))
            };
        }
        let missing = input.fields.iter().filter(|(_, (_, is_required))| *is_required);
        match missing.map(|(field, _)| field).find(|field| !given.contains_key(field.as_str())) {
            Some(field) => Err(format!("{name} needs the field `{field}`")),
            None => Ok(()),
        }
    }
}

/// Checks the value of a scalar. Types that are not input types are left to the engine. The error is a part
/// of a sentence.
pub(super) fn check_scalar(name: &str, value: &Value) -> Result<(), String> {
    let is_valid = match name {
        "Int" => {
            matches!(value, Value::Number(number) if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()))
        }
        "Float" => matches!(value, Value::Number(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => match value {
            Value::String(_) => true,
            Value::Number(number) => number.is_i64() || number.is_u64(),
            _ => false,
        },
        "DateTime" => matches!(value, Value::String(text) if Timestamp::parse(text).is_some()),
        _ => true,
    };
    if is_valid {
        return Ok(());
    }
    let expected = match name {
        "Int" => ": an Int is a whole number from -2147483648 to 2147483647",
        "DateTime" => ": a DateTime is in RFC 3339 format, for example 2025-11-14T09:44:00Z",
        _ => "",
    };
    Err(format!("{value} is not a value of type {name}{expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::type_system;
    use serde_json::json;

    const SDL: &str = "type Query { a(by: By, filter: Filter, at: DateTime): Int } scalar DateTime
        enum Status { OPEN CLOSED } input By @oneOf { slug: String number: Int }
        input Filter { status: [Status!] count: Int! text: String = \"\" }";

    fn check(kind: &str, value: serde_json::Value) -> Result<(), String> {
        let kind = Type::new(kind).unwrap();
        InputTypes::of(type_system::parse(SDL)).check_json(&kind, &Value::from_json(value).unwrap())
    }

    #[test]
    fn variable_must_have_its_type() {
        for (kind, value) in [
            ("Int", json!(2_147_483_647)),
            ("ID!", json!(12)),
            ("Float", json!(1)),
            ("DateTime", json!("2025-11-14T09:44:00Z")),
            ("[Status!]", json!("OPEN")),
            ("By", json!({"slug": "a"})),
            ("Filter", json!({"count": 1, "status": ["OPEN", "CLOSED"]})),
            ("Filter", json!(null)),
        ] {
            assert_eq!(check(kind, value.clone()), Ok(()), "{kind} {value}");
        }
        for (kind, value) in [
            ("Int", json!(2_147_483_648_i64)),
            ("Int", json!("1")),
            ("Int!", json!(null)),
            ("String", json!(1)),
            ("DateTime", json!("hier")),
            ("Status", json!("SHUT")),
            ("By", json!({"slug": "a", "number": 1})),
            ("By", json!({"slug": null})),
            ("By", json!({})),
            ("Filter", json!({})),
            ("Filter", json!({"count": 1, "colour": "red"})),
        ] {
            assert!(check(kind, value.clone()).is_err(), "{kind} {value}");
        }
    }
}
