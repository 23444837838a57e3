//! The GraphQL API: the only crate that names async-graphql and axum.
//!
//! [`transport`] reads a request, [`schema`] answers it at one revision of the content. A root field parses its
//! arguments into types ([`input`]) and makes one storage call; a relation goes through a loader made for the request
//! ([`loader`]); an [`object`] wraps a domain type and reads memory only. What a text says of other files is filled in when
//! it is read ([`answers`]). Every error that a client sees has a
//! [`code`].
//!
//! To add a field: to its object; if it needs the database, a key in `loader`. Then `passerelle schema > schema.graphql`.
//!
//! **Architecture invariant:** this crate does not know the watcher: it is handed a channel. It reads no environment
//! and spawns no task.

mod answers;
mod code;
mod context;
mod error;
mod input;
mod limits;
mod loader;
mod object;
mod page_url;
mod schema;
mod search;
mod settings;
mod transport;

pub use limits::Limits;
pub use page_url::{PageUrl, PageUrlError};
pub use schema::sdl;
pub use settings::Settings;
pub use transport::{
    Admin, ApiState, Origin, OriginError, Origins, Readiness, TrustedDocuments, TrustedDocumentsError,
    router, serve,
};
