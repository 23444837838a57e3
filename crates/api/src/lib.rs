//! The GraphQL API: the only crate that names async-graphql.
//!
//! [`Engine`] checks a request against the limits, [`schema`] answers it at one revision of the content. A root field parses its
//! arguments into types ([`input`]) and makes one storage call; a relation goes through a loader made for the request
//! ([`loader`]); an [`object`] wraps a domain type and reads memory only. What a text says of other files is filled in when
//! it is read ([`answers`]). Every error that a client sees has a
//! [`code`].
//!
//! To add a field: to its object; if it needs the database, a key in `loader`. Then `passerelle schema > schema.graphql`.
//!
//! **Architecture invariant:** this crate does not know the watcher: it is handed a channel. It reads no environment
//! and spawns no task.

mod answer;
mod answers;
mod code;
mod context;
mod documents;
mod engine;
mod error;
mod explanation;
mod guard;
mod input;
mod limits;
mod loader;
mod object;
mod page_url;
mod request;
mod schema;
mod search;
mod trusted;

pub use answer::Answer;
pub use async_graphql::ServerError;
pub use async_graphql::parser::types::OperationType;
pub use code::Code;
pub use engine::{Engine, EngineSettings, Sources};
pub use error::{ApiError, Defect, tell};
pub use guard::Tally;
pub use input::{check_condition, measure_arguments, plans_named};
pub use limits::Limits;
pub use page_url::{PageUrl, PageUrlError};
pub use request::{Asked, Operation, Params};
pub use schema::sdl;
pub use search::searched_in;
pub use trusted::{TrustedDocuments, TrustedDocumentsError};
