//! Settings of the HTTP service.

use std::path::PathBuf;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use passerelle_api::{DocumentAccess, Limits, TrustedDocuments};
use passerelle_http_common::desk_access::DeskAccess;

use crate::connections::ConnectionLimits;
use crate::cors::AllowedOrigins;
use crate::renditions::RenditionSettings;

/// Settings of the HTTP service that an operator can change.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Limits for the size, cost and duration of requests.
    pub limits: Limits,
    /// Limits of TCP connections.
    pub connections: ConnectionLimits,
    /// Maximum number of WebSockets, event streams and multipart responses of one client at once. Applies
    /// only with `client_address_header`: without it, all clients behind a proxy have one address.
    pub streams_per_client: usize,
    /// Maximum number of active subscriptions of all clients, over all transports.
    pub subscriptions: usize,
    /// Registered GraphQL documents, and whether other documents are accepted.
    pub trusted_documents: TrustedDocuments,
    /// Maximum size of the response cache in bytes. 0 disables the cache.
    pub response_cache_bytes: u64,
    /// `max-age` of responses to GET. Zero sends `no-cache`: clients revalidate each time and get 304 if
    /// nothing changed.
    pub cache_max_age: Duration,
    /// Origins whose pages may send requests from a browser. Empty allows only the own origin.
    pub allowed_origins: AllowedOrigins,
    /// Header in which a trusted proxy sends the client address, for example `x-forwarded-for`.
    /// `None` uses the address of the TCP peer.
    pub client_address_header: Option<HeaderName>,
    /// Who may see the desk. A token of the desk also protects documents in GraphQL.
    pub desk: DeskAccess,
    /// Storage of scaled images.
    pub renditions: RenditionSettings,
    /// Folder for large exports. `None` produces them again for each client.
    pub spool_folder: Option<PathBuf>,
    /// Development mode: errors suggest similar names, and `GraphQL-Explain: 1` adds execution details to the
    /// response.
    pub is_development: bool,
}

impl Settings {
    /// Returns the access of a request to documents in GraphQL.
    pub(crate) fn document_access(&self, headers: &HeaderMap) -> DocumentAccess {
        match (self.desk.is_protected(), self.desk.has_token(headers)) {
            (false, _) => DocumentAccess::Public,
            (true, true) => DocumentAccess::Granted,
            (true, false) => DocumentAccess::Denied,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            connections: ConnectionLimits::default(),
            // A browser has one stream per tab. An office behind one address has a few dozen.
            streams_per_client: 100,
            // More than the 3,072 streams that the default number of connections allows, so that one on
            // each is always possible. Far fewer than the 50 that each WebSocket could have.
            subscriptions: 5_000,
            trusted_documents: TrustedDocuments::default(),
            response_cache_bytes: 32 * 1024 * 1024,
            cache_max_age: Duration::ZERO,
            allowed_origins: AllowedOrigins::default(),
            client_address_header: None,
            desk: DeskAccess::default(),
            renditions: RenditionSettings::default(),
            spool_folder: None,
            is_development: false,
        }
    }
}
