//! Hints that something in the folder changed.

pub(crate) mod cookie;
pub(crate) mod debounce;
pub(crate) mod dirty_set;
pub(crate) mod fs_events;
pub(crate) mod watch_mode;
