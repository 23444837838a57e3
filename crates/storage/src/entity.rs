//! Database rows, one file per table. This module is private: the crate returns domain types.

pub(crate) mod asset;
pub(crate) mod category;
pub(crate) mod change_log;
pub(crate) mod collection;
pub(crate) mod diagnostic;
pub(crate) mod document;
pub(crate) mod former_address;
pub(crate) mod measure;
pub(crate) mod meta;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod reference;
pub(crate) mod revision;
pub(crate) mod support_service;
