//! Lists the folder or a part of it.

pub(crate) mod accept_file;
pub(crate) mod conflict_copy;
pub(crate) mod context;
pub(crate) mod defaults;
pub(crate) mod listing;
pub(crate) mod plan_folders;
pub(crate) mod root;
pub(crate) mod scanner;
pub(crate) mod scope;
