//! The domain types of the service: plans, pages, support services, and what happens to them.
//!
//! Every other crate speaks in these types. A type checks its value when it is made, so that it cannot hold a wrong one.
//!
//! **Architecture invariant:** nothing here does I/O, is async, or knows the ORM or GraphQL.

pub mod asset;
pub mod category_tree;
pub mod change;
pub mod checksum;
pub mod diagnostic;
pub mod html;
pub mod interval;
pub mod key;
pub mod language;
pub mod manifest;
pub mod page;
pub mod path;
pub mod plan;
pub mod position;
pub mod reading;
pub mod reference;
pub mod rich_text;
pub mod served;
pub mod service;
pub mod slot;
pub mod sync;
pub mod timestamp;
