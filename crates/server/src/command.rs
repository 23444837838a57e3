//! Subcommands, one file each.

pub(crate) mod accept;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod copy;
pub(crate) mod health;
pub(crate) mod migrate;
mod progress;
pub(crate) mod prune;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod sync;
