//! Checks the values of arguments and variables before the execution.
//!
//! The engine finds most wrong values when it executes the field. The error then takes the nullable parents
//! of the field with it, and the response has status 200. A request with a wrong value is rejected here as a
//! whole, with status 400.

mod input_types;

use std::collections::HashSet;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, Pos, Positioned, ServerError, Variables};
use async_graphql_value::Value;

use crate::error_code::ErrorCode;
use crate::response::GraphqlResponse;
pub(crate) use input_types::InputTypes;
use input_types::check_scalar;

/// Checks the values of the variables and of all arguments of an operation.
pub(crate) fn check_values(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    types: &InputTypes,
) -> Result<(), GraphqlResponse> {
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        let Some(value) = variables.get(name) else { continue };
        types.check_json(&definition.node.var_type.node, value).map_err(|problem| {
            let message = format!("The variable ${name} has a wrong value: {problem}.");
            GraphqlResponse::rejected(
                ErrorCode::BadUserInput,
                ServerError::new(message, Some(definition.pos)),
            )
        })?;
    }
    let root = match operation.ty {
        OperationType::Subscription => "Subscription",
        OperationType::Query | OperationType::Mutation => "Query",
    };
    let mut walk = Walk { document, operation, variables, types, visited: HashSet::new() };
    walk.selection_set(&operation.selection_set.node, root).map_err(|Problem(position, message, code)| {
        GraphqlResponse::rejected(code, ServerError::new(message, Some(position)))
    })
}

/// Type with renditions of listed widths.
const IMAGE: &str = "Image";

/// Position, message and code of the first wrong value.
struct Problem(Pos, String, ErrorCode);

/// Walk over the fields of an operation. Visits each fragment once. The nesting was limited before.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    types: &'a InputTypes,
    visited: HashSet<&'a str>,
}

impl<'a> Walk<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet, parent: &'a str) -> Result<(), Problem> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let Some((arguments, result)) = self.types.field(parent, &field.node.name.node) else {
                        continue;
                    };
                    for (name, value) in &field.node.arguments {
                        let Some(expected) = arguments.get(name.node.as_str()) else { continue };
                        self.literal(expected, &value.node).map_err(|(code, problem)| {
                            let (name, field) = (&name.node, &field.node.name.node);
                            let message =
                                format!("The argument `{name}` of `{field}` has a wrong value: {problem}.");
                            Problem(value.pos, message, code)
                        })?;
                    }
                    if parent == IMAGE {
                        self.image_widths(&field.node)?;
                    }
                    self.selection_set(&field.node.selection_set.node, result)?;
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, on.unwrap_or(parent))?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let Some(fragment) = self.document.fragments.get(name) else { continue };
                    if self.visited.insert(name) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.selection_set(&fragment.node.selection_set.node, on)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Checks the widths and heights of renditions. A free value would let a client fill the disk with
    /// renditions.
    fn image_widths(&self, field: &Field) -> Result<(), Problem> {
        for name in ["width", "height", "widths"] {
            let Some(value) = field.get_argument(name) else { continue };
            let given = value.node.clone().into_const_with(|name| {
                let given = self.variables.get(&name).cloned();
                Ok::<_, std::convert::Infallible>(
                    given.or_else(|| self.default(&name).cloned()).unwrap_or_default(),
                )
            });
            let Ok(given) = given;
            let sides = match given {
                async_graphql::Value::List(sides) => sides,
                side => vec![side],
            };
            let is_allowed = |side: &async_graphql::Value| match side {
                async_graphql::Value::Number(side) => side
                    .as_u64()
                    .and_then(|side| u32::try_from(side).ok())
                    .is_some_and(|side| self.types.image_widths().contains(side)),
                _ => true,
            };
            if !sides.iter().all(is_allowed) {
                let message = format!(
                    "The argument `{name}` of `{}` has a wrong value: it must be one of {}.",
                    field.name.node,
                    self.types.image_widths()
                );
                return Err(Problem(value.pos, message, ErrorCode::BadUserInput));
            }
        }
        Ok(())
    }

    /// Returns the default value of a variable.
    fn default(&self, name: &Name) -> Option<&async_graphql::Value> {
        let mut definitions = self.operation.variable_definitions.iter();
        let definition = definitions.find(|definition| definition.node.name.node == *name)?;
        definition.node.default_value.as_ref().map(|value: &Positioned<_>| &value.node)
    }

    /// Checks a value of the document. The engine checks the other rules for literals.
    fn literal(&self, expected: &Type, value: &Value) -> Result<(), (ErrorCode, String)> {
        let invalid = |problem: String| Err((ErrorCode::ValidationFailed, problem));
        match (expected.base(), value) {
            (_, Value::Null | Value::Variable(_)) => Ok(()),
            (Base::List(item), Value::List(values)) => {
                values.iter().try_for_each(|value| self.literal(item, value))
            }
            (Base::List(item), value) => self.literal(item, value),
            (Base::Named(name), Value::String(text)) if self.types.is_enum(name) => {
                invalid(format!("{text:?} is a string, but a {name} is written without quotation marks"))
            }
            (Base::Named(name), Value::Object(fields)) => {
                if let Some(given) = self.types.one_of_fields(name) {
                    self.one_of(name, given, fields)?;
                }
                fields.iter().try_for_each(|(field, value)| match self.types.input_field(name, field) {
                    Some(expected) => self.literal(expected, value),
                    None => Ok(()),
                })
            }
            (Base::Named(name), value) => match value.clone().into_const() {
                Some(value) => check_scalar(name, &value).or_else(invalid),
                None => Ok(()),
            },
        }
    }

    /// Checks that exactly one field of a `@oneOf` input is set, and that its variable has a value.
    fn one_of(
        &self,
        name: &str,
        count: usize,
        fields: &async_graphql::indexmap::IndexMap<Name, Value>,
    ) -> Result<(), (ErrorCode, String)> {
        let is_set = |value: &&Value| match value {
            Value::Null => false,
            Value::Variable(variable) => self.variable_is_set(variable),
            _ => true,
        };
        if fields.len() == 1 && fields.values().filter(is_set).count() == 1 {
            return Ok(());
        }
        Err((
            ErrorCode::BadUserInput,
            format!("{name} takes exactly one of its {count} fields, and not null"),
        ))
    }

    fn variable_is_set(&self, name: &Name) -> bool {
        let given = self.variables.get(name);
        given.or_else(|| self.default(name)).is_some_and(|value| *value != async_graphql::Value::Null)
    }
}

/// Named type or list, without the non-null marker.
enum Base<'t> {
    Named(&'t str),
    List(&'t Type),
}

/// Access to the base of a type.
trait TypeBase {
    fn base(&self) -> Base<'_>;
}

impl TypeBase for Type {
    fn base(&self) -> Base<'_> {
        match &self.base {
            async_graphql::parser::types::BaseType::Named(name) => Base::Named(name.as_str()),
            async_graphql::parser::types::BaseType::List(item) => Base::List(item),
        }
    }
}
