//! Reads the bytes of a document.
//!
//! An editor's file goes through [`read::read`]: bytes to text ([`decode`]), front matter apart
//! ([`front_matter`]), its kind ([`kind`]), then the reader of a plan ([`plan`]) or of a page ([`page`], and [`service`] for
//! the support service that it describes). The result is a [`Reading`](passerelle_model::reading::Reading): the content,
//! or none, and the diagnostics for the editor.
//!
//! **Architecture invariant:** nothing here does I/O, is async, knows the ORM or knows GraphQL. The same
//! bytes give the same reading, on every machine, at any time.

pub mod decode;
pub mod folder_defaults;
pub mod front_matter;
pub mod kind;
pub mod markdown;
pub mod page;
pub mod plan;
pub mod read;
pub mod service;
mod source;
