//! How the API behaves, where an operator may decide.

use std::time::Duration;

use axum::http::HeaderName;
use passerelle_api::{Limits, TrustedDocuments};

use crate::origins::Origins;

/// How the API behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much a request may ask for.
    pub limits: Limits,
    /// The documents that are known by an id, and whether any other is answered.
    pub trusted: TrustedDocuments,
    /// What answers may take in memory that are kept for those who ask for the same, in bytes; 0 for none.
    pub cache_bytes: u64,
    /// How long others may keep an answer to a GET without asking again. Zero: they ask each time, and hear that it is
    /// the same.
    pub max_age: Duration,
    /// The origins whose pages may ask.
    pub origins: Origins,
    /// The header in which a proxy writes the address of its client; none without a proxy.
    pub client_header: Option<HeaderName>,
    /// For whoever writes queries: names that are nearly right are suggested, and `GraphQL-Explain: 1` is answered with how
    /// the answer was made.
    pub is_development: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            trusted: TrustedDocuments::default(),
            cache_bytes: 32 * 1024 * 1024,
            max_age: Duration::ZERO,
            origins: Origins::default(),
            client_header: None,
            is_development: false,
        }
    }
}
