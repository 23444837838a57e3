//! The GraphQL API: the only crate that names async-graphql.
//!
//! [`Engine`] checks a request against the limits, [`schema`] answers it at one revision of the content. A root field parses its
//! arguments into types ([`input`]) and makes one storage call; a relation goes through a loader made for the request
//! ([`loader`]); an [`object`] wraps a domain type and reads memory only. What a text says of other files is filled in when
//! it is read ([`placeholders`]). Every error that a client sees has a
//! [`error_code`].
//!
//! To add a field: to its object; if it needs the database, a key in `loader`. Then `passerelle schema > schema.graphql`.
//!
//! **Architecture invariant:** this crate does not know the watcher: it is handed a channel. It reads no environment
//! and spawns no task.

mod context;
mod document_store;
mod engine;
mod error;
mod error_code;
mod explanation;
mod input;
mod limits;
mod loader;
mod object;
mod page_url;
mod placeholders;
mod query_limits;
mod request;
mod request_params;
mod response;
mod schema;
mod text_filter;
mod trusted_documents;

pub use async_graphql::ServerError;
pub use async_graphql::parser::types::OperationType;
pub use engine::{Engine, EngineSettings, Sources};
pub use error::{ApiError, InvariantError, to_client_error};
pub use error_code::ErrorCode;
pub use input::{check_condition, measure_arguments, plans_named};
pub use limits::Limits;
pub use page_url::{InvalidPageUrlTemplate, PageUrlTemplate};
pub use query_limits::QueryComplexity;
pub use request::{IdentifiedRequest, Operation};
pub use request_params::RequestParams;
pub use response::GraphqlResponse;
pub use schema::sdl;
pub use text_filter::resolve_text_filters_in;
pub use trusted_documents::{TrustedDocuments, TrustedDocumentsError};
