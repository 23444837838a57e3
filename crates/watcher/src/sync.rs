//! Makes storage equal to the folder.

pub(crate) mod error;
pub(crate) mod grace_periods;
pub(crate) mod manifest;
pub(crate) mod pending_files;
pub(crate) mod placeholders;
pub(crate) mod policies;
pub(crate) mod progress;
pub(crate) mod publish;
pub(crate) mod publish_placeholders;
pub(crate) mod reconcile;
pub(crate) mod removals;
pub(crate) mod syncer;
