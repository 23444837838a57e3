//! Node.js for the tests that run scripts.

use std::process::Command;

use super::repository;

/// Returns the Node.js installed by `tests/node.sh`, else the one in `PATH`.
pub(crate) fn node() -> Command {
    let own = repository().join("tests/.node/node");
    Command::new(if own.exists() { own } else { "node".into() })
}
