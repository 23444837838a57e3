//! How the API behaves, where an operator may decide.

use std::time::Duration;

use axum::http::HeaderName;
use passerelle_api::{Limits, TrustedDocuments};

use crate::cors::AllowedOrigins;

/// How the API behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much a request may ask for.
    pub limits: Limits,
    /// The documents that are known by an id, and whether any other is answered.
    pub trusted_documents: TrustedDocuments,
    /// What answers may take in memory that are kept for those who ask for the same, in bytes; 0 for none.
    pub response_cache_bytes: u64,
    /// How long others may keep a response to a GET without asking again. Zero: they ask each time, and hear that it is
    /// the same.
    pub cache_max_age: Duration,
    /// The origins whose pages may ask.
    pub allowed_origins: AllowedOrigins,
    /// The header in which a proxy writes the address of its client; none without a proxy.
    pub client_address_header: Option<HeaderName>,
    /// For whoever writes queries: names that are nearly right are suggested, and `GraphQL-Explain: 1` is answered with how
    /// the answer was made.
    pub is_development: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            trusted_documents: TrustedDocuments::default(),
            response_cache_bytes: 32 * 1024 * 1024,
            cache_max_age: Duration::ZERO,
            allowed_origins: AllowedOrigins::default(),
            client_address_header: None,
            is_development: false,
        }
    }
}
