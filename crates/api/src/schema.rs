//! The executable schema with its root types, and its text in the schema definition language.

mod query;
mod subscription;

use async_graphql::{EmptyMutation, SDLExportOptions, Schema, SchemaBuilder};
use query::Query;
use subscription::Subscription;

/// Maximum nesting of brackets in a request. The parser and the engine recurse into brackets, so this bounds
/// their use of the stack.
pub(crate) const MAX_NESTING_DEPTH: usize = 64;

/// Schema of the service.
pub(crate) type ContentSchema = Schema<Query, EmptyMutation, Subscription>;

/// Returns a builder for the schema. The caller adds the data that resolvers read.
///
/// The engine's own limits on depth and complexity stay off: the transport checks requests in linear time
/// before they reach the engine.
pub(crate) fn builder() -> SchemaBuilder<Query, EmptyMutation, Subscription> {
    Schema::build(Query::default(), EmptyMutation, Subscription).limit_recursive_depth(MAX_NESTING_DEPTH)
}

/// Returns the schema in the schema definition language, as in `schema.graphql`.
pub fn sdl() -> String {
    print(&builder().finish())
}

/// Prints a schema in the schema definition language.
pub(crate) fn print(schema: &ContentSchema) -> String {
    let options = SDLExportOptions::new().include_specified_by().use_space_ident();
    let printed = schema.sdl_with_options(options);
    format!("{}\n", printed.trim())
}
