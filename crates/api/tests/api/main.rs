//! Tests of the schema: compatibility, descriptions, and the behaviour of the GraphQL engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod breaking_changes;
mod compatibility;
mod descriptions;
mod engine;
