//! Index on disk or in memory: fields, documents, writer and checkpoint.

pub(crate) mod checkpoint;
pub(crate) mod document;
pub(crate) mod location;
pub(crate) mod schema;
pub(crate) mod tokenizer;
pub(crate) mod writer;
