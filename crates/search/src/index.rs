//! The index on disk or in memory: its fields, its documents and its writer.

pub(crate) mod checkpoint;
pub(crate) mod document;
pub(crate) mod location;
pub(crate) mod schema;
pub(crate) mod tokenizer;
pub(crate) mod writer;
