//! What the documents mean, and how text becomes them.
//!
//! An editor's file goes through [`read::read`]: bytes to text ([`decode`]), front matter apart
//! ([`front_matter`]), its kind ([`kind`]), then the reader of a plan ([`plan`]) or of a page
//! ([`page`], which finds the support service that it describes, [`service`]). What comes out is a
//! [`read::Reading`]: the content, or why there is none, and what to tell the editor ([`diagnostic`]).
//!
//! **Architecture invariant:** nothing here does I/O, is async, knows the ORM or knows GraphQL. The same
//! bytes give the same reading, on every machine, at any time.

pub mod asset;
pub mod catalogue;
pub mod category_tree;
pub mod checksum;
pub mod decode;
pub mod diagnostic;
pub mod diff;
pub mod fold;
pub mod folder_defaults;
pub mod front_matter;
pub mod guard;
pub mod identity;
pub mod interval;
pub mod key;
pub mod kind;
pub mod language;
pub mod manifest;
pub mod markdown;
pub mod measure_index;
pub mod page;
pub mod path;
pub mod plan;
pub mod read;
pub mod reference;
pub mod related;
pub mod rich_text;
pub mod served;
pub mod service;
pub mod slot;
pub mod source;
pub mod sync;
pub mod timestamp;
pub mod words;
