//! Conversion between rows and domain values, one module for each table.

pub(crate) mod asset;
pub(crate) mod category;
pub(crate) mod diagnostic;
pub(crate) mod document;
pub(crate) mod measure;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod reference;
pub(crate) mod service;
