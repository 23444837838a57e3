//! A search, from the text of the user to hits.

pub(crate) mod clause;
pub(crate) mod collect;
pub(crate) mod dictionary;
pub(crate) mod parse;
pub(crate) mod request;
pub(crate) mod snapshot;
