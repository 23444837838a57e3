//! Query execution: parses the text of the user, runs the queries and ranks the hits.

pub(crate) mod clause;
pub(crate) mod collect;
pub(crate) mod dictionary;
pub(crate) mod match_cache;
pub(crate) mod parse;
pub(crate) mod ranking;
pub(crate) mod request;
pub(crate) mod snapshot;
pub(crate) mod suggestion;
pub(crate) mod word;
pub(crate) mod work;

#[cfg(test)]
mod tests;
