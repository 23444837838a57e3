//! What clients of the schema can lean on: that it changes for no one, and how the engine under it behaves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod breaking_changes;
mod compatibility;
mod descriptions;
mod engine;
