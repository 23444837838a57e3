//! Reads files and parses documents.

pub(crate) mod asset;
pub(crate) mod parallel;
pub(crate) mod parse;
pub(crate) mod parsed_file;
pub(crate) mod reader;
pub(crate) mod stable;
pub(crate) mod task;
pub(crate) mod write_wait;
