//! Conversion between rows and domain values: one module for each table, and one for each statement whose
//! rows several tables have.

pub(crate) mod asset;
pub(crate) mod category;
pub(crate) mod change;
pub(crate) mod collection;
pub(crate) mod diagnostic;
pub(crate) mod document;
pub(crate) mod former_address;
pub(crate) mod indexed_measure;
pub(crate) mod measure;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod redirect;
pub(crate) mod reference;
pub(crate) mod route;
pub(crate) mod search_entry;
pub(crate) mod service;
