//! Reads files and parses documents.

pub(crate) mod asset;
pub(crate) mod byte_budget;
pub(crate) mod parallel;
pub(crate) mod parse;
pub(crate) mod parsed_file;
pub(crate) mod placeholder;
pub(crate) mod plan_inputs;
pub(crate) mod reader;
pub(crate) mod stable;
pub(crate) mod task;
pub(crate) mod write_wait;
