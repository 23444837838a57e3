//! The schema: its roots and its limits.

mod query;
mod subscription;

use async_graphql::{EmptyMutation, SDLExportOptions, Schema, SchemaBuilder};
use query::Query;
use subscription::Subscription;

/// How deep a query may nest. Enough for the introspection that tools send, and for the tree of a plan.
const MAX_DEPTH: usize = 15;
/// What a query may cost, a field counting 1 and a list as many times as it can have nodes.
const MAX_COST: usize = 20_000;
/// How many directives a document may have.
const MAX_DIRECTIVES: usize = 50;

/// The schema of the service.
pub(crate) type ContentSchema = Schema<Query, EmptyMutation, Subscription>;

/// The schema without what it reads from.
pub(crate) fn builder() -> SchemaBuilder<Query, EmptyMutation, Subscription> {
    Schema::build(Query, EmptyMutation, Subscription)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COST)
        .limit_directives(MAX_DIRECTIVES)
}

/// The schema in the schema definition language: the public contract.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().use_space_ident();
    let printed = builder().finish().sdl_with_options(options);
    format!("{}\n", printed.trim())
}
