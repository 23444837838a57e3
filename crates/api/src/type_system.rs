//! The parsed schema, for the parts of the crate that read its types.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, ServiceDocument, Type};

/// Parses a schema in the schema definition language. A schema that cannot be parsed is logged, and has no
/// types.
pub(crate) fn parse(sdl: &str) -> ServiceDocument {
    parse_schema(sdl).unwrap_or_else(|error| {
        tracing::error!(
            %error,
            "the schema cannot be parsed: query costs ignore list multipliers, and invalid values are reported only during execution"
        );
        ServiceDocument { definitions: Vec::new() }
    })
}

/// Returns true for a list, with or without a non-null marker.
pub(crate) fn is_list(kind: &Type) -> bool {
    matches!(kind.base, BaseType::List(_))
}

/// Returns the name of a type without list and non-null markers.
pub(crate) fn named_type(kind: &Type) -> &str {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named_type(item),
    }
}
