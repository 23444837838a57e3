//! The GraphQL API: the only crate that names async-graphql.
//!
//! [`Engine`] checks a request against the limits. [`schema`] executes it at one revision of the content. A
//! root field converts its arguments to query types ([`input`]) and makes one storage call. A relation uses a
//! batch loader of the request ([`loader`]). An [`object`] wraps a domain type and reads memory only. A text
//! can refer to other files: these references are resolved when the text is read ([`placeholders`]). Every
//! error of a response has an [`error_code`].
//!
//! To add a field, add it to its object. If it needs the database, add a key to `loader`. Then run
//! `passerelle schema > schema.graphql`.
//!
//! **Architecture invariant:** this crate does not depend on the watcher. It receives the state of the
//! worker through a channel. It reads no environment variable and spawns no task.

mod change_batches;
mod context;
mod document_access;
mod document_store;
mod engine;
mod error;
mod error_code;
mod event_position;
mod execution_queue;
mod explanation;
mod input;
mod limits;
mod loader;
mod object;
mod placeholders;
mod query_limits;
mod request;
mod request_params;
mod response;
mod response_bytes;
mod response_count;
mod schema;
mod site_urls;
mod string_escapes;
mod text_filter;
mod trusted_documents;
mod type_system;
mod value_check;

pub use document_access::DocumentAccess;
pub use engine::{Engine, EngineSettings, Sources};
pub use error::{ApiError, ClientError, InvariantError, RETRY_AFTER_SECONDS};
pub use error_code::ErrorCode;
pub use event_position::{EventId, EventPosition};
pub use execution_queue::ExecutionQueue;
pub use input::{check_condition, global_id, measure_arguments};
pub use limits::Limits;
pub use query_limits::{QueryComplexity, SEARCH_COST};
pub use request::{IdentifiedRequest, Operation, OperationKind};
pub use request_params::RequestParams;
pub use response::GraphqlResponse;
pub use response_bytes::{ResponseBudget, ResponseBytes, UNRESERVED_BYTES};
pub use schema::sdl;
pub use site_urls::{InvalidUrlPattern, SiteUrls, UrlKind, UrlPatterns};
pub use trusted_documents::{TrustedDocuments, TrustedDocumentsError};
