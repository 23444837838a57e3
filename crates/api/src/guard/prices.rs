//! What of the schema decides what a field costs: which lists have pages.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

/// What one page costs beside its nodes: a statement or two.
pub(super) const PAGE: usize = 5;

/// The fields of each type.
pub(crate) struct Prices(HashMap<String, HashMap<String, Field>>);

/// A field.
pub(super) struct Field {
    /// The type of what it gives, or of the items of that.
    pub(super) of: String,
    /// Whether it gives a page of a list.
    pub(super) is_page: bool,
}

impl Prices {
    /// The prices of a schema, as it is printed. What cannot be read of it costs what is unknown costs.
    pub(crate) fn of(sdl: &str) -> Self {
        let document = parse_schema(sdl).unwrap_or_else(|error| {
            tracing::error!(%error, "the schema cannot be read: no list multiplies what a query costs");
            async_graphql::parser::types::ServiceDocument { definitions: Vec::new() }
        });
        let mut types = HashMap::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let fields = match &definition.node.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                _ => continue,
            };
            let fields = fields.iter().map(|field| (field.node.name.to_string(), Field::of(&field.node)));
            types.insert(definition.node.name.to_string(), fields.collect());
        }
        Self(types)
    }

    /// A field of a type; none where there is none, which is for the engine to tell.
    pub(super) fn field(&self, of: &str, name: &str) -> Option<&Field> {
        self.0.get(of)?.get(name)
    }
}

impl Field {
    fn of(field: &FieldDefinition) -> Self {
        let is_page = field.arguments.iter().any(|argument| argument.node.name.node == "first");
        Self { of: innermost(&field.ty.node).to_owned(), is_page }
    }
}

fn innermost(kind: &Type) -> &str {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => innermost(item),
    }
}
