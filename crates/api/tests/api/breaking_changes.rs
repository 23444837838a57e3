//! Finds the changes of a schema that break clients of an older one.
//!
//! By the rules of the GraphQL specification, a valid operation must stay valid and its response must keep
//! its types. New values of an enum and new members of a union are compatible here, because the
//! documentation tells clients to expect them.

use std::collections::BTreeMap;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, DirectiveDefinition, EnumType, FieldDefinition, InputValueDefinition,
    SchemaDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

/// Definitions of a schema by name.
#[derive(Default)]
struct Definitions {
    types: BTreeMap<String, TypeDefinition>,
    directives: BTreeMap<String, DirectiveDefinition>,
    roots: Vec<(&'static str, String)>,
}

impl Definitions {
    fn read(sdl: &str) -> Self {
        let mut read = Self::default();
        for definition in parse_schema(sdl).unwrap().definitions {
            match definition {
                TypeSystemDefinition::Type(definition) => {
                    read.types.insert(definition.node.name.to_string(), definition.node);
                }
                TypeSystemDefinition::Directive(definition) => {
                    read.directives.insert(definition.node.name.to_string(), definition.node);
                }
                TypeSystemDefinition::Schema(definition) => {
                    let SchemaDefinition { query, mutation, subscription, .. } = definition.node;
                    let roots = [("query", query), ("mutation", mutation), ("subscription", subscription)];
                    let named = roots.into_iter().filter_map(|(kind, root)| Some((kind, root?.to_string())));
                    read.roots.extend(named);
                }
            }
        }
        read
    }
}

/// Returns one sentence per breaking change. Empty if the schemas are compatible.
pub(crate) fn breaking_changes(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (Definitions::read(old), Definitions::read(new));
    let mut found = Vec::new();
    for root in &old.roots {
        if !new.roots.contains(root) {
            found.push(format!("the {} root is no longer {}", root.0, root.1));
        }
    }
    for (name, old) in &old.types {
        match new.types.get(name) {
            Some(new) => compare_types(name, old, new, &mut found),
            None => found.push(format!("{name} is gone")),
        }
    }
    for (name, old) in &old.directives {
        match new.directives.get(name) {
            Some(new) => compare_arguments(&format!("@{name}"), &old.arguments, &new.arguments, &mut found),
            None => found.push(format!("@{name} is gone")),
        }
    }
    found
}

fn compare_types(name: &str, old: &TypeDefinition, new: &TypeDefinition, found: &mut Vec<String>) {
    match (&old.kind, &new.kind) {
        (TypeKind::Scalar, TypeKind::Scalar) => {
            let url = |of: &TypeDefinition| directive(&of.directives, "specifiedBy");
            if url(old) != url(new) {
                found.push(format!("{name} is specified elsewhere"));
            }
        }
        (TypeKind::Object(old), TypeKind::Object(new)) => {
            report_removed(&format!("{name} implements"), &old.implements, &new.implements, found);
            compare_fields(name, &old.fields, &new.fields, found);
        }
        (TypeKind::Interface(old), TypeKind::Interface(new)) => {
            report_removed(&format!("{name} implements"), &old.implements, &new.implements, found);
            compare_fields(name, &old.fields, &new.fields, found);
        }
        (TypeKind::Union(old), TypeKind::Union(new)) => {
            report_removed(&format!("{name} has"), &old.members, &new.members, found);
        }
        (TypeKind::Enum(old), TypeKind::Enum(new)) => {
            let values = |of: &EnumType| of.values.iter().map(|value| value.node.value.clone()).collect();
            let (old, new): (Vec<_>, Vec<_>) = (values(old), values(new));
            report_removed(&format!("{name} has"), &old, &new, found);
        }
        (TypeKind::InputObject(old_kind), TypeKind::InputObject(new_kind)) => {
            compare_arguments(name, &old_kind.fields, &new_kind.fields, found);
            if directive(&old.directives, "oneOf").is_none() && directive(&new.directives, "oneOf").is_some()
            {
                found.push(format!("{name} takes one field only"));
            }
        }
        _ => found.push(format!("{name} is of another kind")),
    }
}

fn directive(directives: &[Positioned<ConstDirective>], name: &str) -> Option<String> {
    let found = directives.iter().find(|directive| directive.node.name.node == name)?;
    Some(format!("{:?}", found.node.arguments.iter().map(|(_, value)| &value.node).collect::<Vec<_>>()))
}

fn report_removed<N: PartialEq + std::fmt::Display>(
    of: &str,
    old: &[Positioned<N>],
    new: &[Positioned<N>],
    found: &mut Vec<String>,
) {
    let is_gone = |name: &&Positioned<N>| new.iter().all(|other| other.node != name.node);
    found.extend(old.iter().filter(is_gone).map(|name| format!("{of} no {} any more", name.node)));
}

fn compare_fields(
    of: &str,
    old: &[Positioned<FieldDefinition>],
    new: &[Positioned<FieldDefinition>],
    found: &mut Vec<String>,
) {
    for old in old.iter().map(|field| &field.node) {
        let name = format!("{of}.{}", old.name);
        let Some(new) = new.iter().map(|field| &field.node).find(|new| new.name.node == old.name.node) else {
            found.push(format!("{name} is gone"));
            continue;
        };
        if !is_compatible(&new.ty.node, &old.ty.node) {
            found.push(format!("{name} was {} and is {}", old.ty, new.ty));
        }
        compare_arguments(&name, &old.arguments, &new.arguments, found);
    }
}

/// Compares inputs: arguments of fields and directives, and fields of input objects.
fn compare_arguments(
    of: &str,
    old: &[Positioned<InputValueDefinition>],
    new: &[Positioned<InputValueDefinition>],
    found: &mut Vec<String>,
) {
    let find = |all: &[Positioned<InputValueDefinition>], name: &str| {
        all.iter().map(|argument| argument.node.clone()).find(|argument| argument.name.node == name)
    };
    for old in old.iter().map(|argument| &argument.node) {
        let name = format!("{of}({}:)", old.name);
        let Some(new) = find(new, &old.name.node) else {
            found.push(format!("{name} is gone"));
            continue;
        };
        // A value of the old type must be valid for the new type.
        let is_left_out = old.ty.node.nullable || old.default_value.is_some();
        let may_be_left_out = new.ty.node.nullable || new.default_value.is_some();
        let wanted = Type { nullable: new.ty.node.nullable || may_be_left_out, ..new.ty.node.clone() };
        if !is_compatible(&old.ty.node, &wanted) || (is_left_out && !may_be_left_out) {
            found.push(format!("{name} was {} and is {}", old.ty, new.ty));
        }
        let default =
            |of: &InputValueDefinition| of.default_value.as_ref().map(|value| value.node.to_string());
        if default(old) != default(&new) {
            found.push(format!("{name} has another default"));
        }
    }
    for new in new.iter().map(|argument| &argument.node) {
        let is_required = !new.ty.node.nullable && new.default_value.is_none();
        if is_required && find(old, &new.name.node).is_none() {
            found.push(format!("{of}({}:) must be given", new.name));
        }
    }
}

/// Returns true if every value of type `given` is a value of type `wanted`.
fn is_compatible(given: &Type, wanted: &Type) -> bool {
    let is_same = match (&given.base, &wanted.base) {
        (BaseType::Named(given), BaseType::Named(wanted)) => given == wanted,
        (BaseType::List(given), BaseType::List(wanted)) => is_compatible(given, wanted),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    };
    is_same && (!given.nullable || wanted.nullable)
}
