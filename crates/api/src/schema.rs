//! The schema: its roots.

mod query;
mod subscription;

use async_graphql::{EmptyMutation, SDLExportOptions, Schema, SchemaBuilder};
use query::Query;
use subscription::Subscription;

/// The deepest brackets, which the parser and the engine recurse into.
pub(crate) const MAX_NESTING_DEPTH: usize = 64;

/// The schema of the service.
pub(crate) type ContentSchema = Schema<Query, EmptyMutation, Subscription>;

/// The schema without what it reads from.
pub(crate) fn builder() -> SchemaBuilder<Query, EmptyMutation, Subscription> {
    // What is too large never reaches it: the guard of the transport counts in linear time, and is not counted again.
    Schema::build(Query, EmptyMutation, Subscription).limit_recursive_depth(MAX_NESTING_DEPTH)
}

/// The schema in the schema definition language: the public contract.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().use_space_ident();
    let printed = builder().finish().sdl_with_options(options);
    format!("{}\n", printed.trim())
}
