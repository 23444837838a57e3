//! Domain types: plans, pages, support services and their changes.
//!
//! All other crates use these types. Types with rules have `parse`, so an invalid value cannot exist.
//!
//! **Architecture invariant:** this crate does no I/O, is not async, and does not depend on the ORM or on
//! GraphQL.

pub mod asset;
pub mod category_tree;
pub mod change;
mod changed_field;
pub mod checksum;
pub mod contract;
pub mod diagnostic;
mod diagnostic_code;
pub mod direction;
pub mod document;
pub mod html;
pub mod interval;
pub mod key;
pub mod labels;
pub mod language;
pub mod page;
pub mod path;
pub mod placeholder;
pub mod plan;
pub mod position;
pub mod public_url;
pub mod published;
pub mod reading;
pub mod reference;
pub mod rendition;
pub mod revision;
pub mod rich_text;
pub mod service;
mod severity;
pub mod sync;
pub mod timestamp;
mod yaml_problem;
