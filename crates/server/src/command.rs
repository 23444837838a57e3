//! Subcommands, one file each.

pub(crate) mod accept;
pub(crate) mod check;
pub(crate) mod migrate;
pub(crate) mod prune;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod sync;
