//! Store of the GraphQL documents that clients send. A document is parsed once, and found by its hash or its
//! id.
//!
//! Automatic persisted queries follow <https://www.apollographql.com/docs/apollo-server/performance/apq>.
//! Trusted documents follow `documentId` in the appendix on persisted documents of the GraphQL-over-HTTP
//! specification.

use std::hash::Hash;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Pos, ServerError};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use passerelle_model::checksum::Checksum;
use sha2::{Digest, Sha256};

use crate::error_code::ErrorCode;
use crate::limits::Limits;
use crate::query_limits;
use crate::request_params::{RequestParams, Sha256Hash, parse_sha256};
use crate::response::GraphqlResponse;
use crate::string_escapes::replace_unicode_escapes;
use crate::trusted_documents::TrustedDocuments;

/// Capacity of the cache of parsed documents in bytes.
const PARSED_CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// Capacity of the cache of persisted documents in bytes.
const PERSISTED_CACHE_BYTES: u64 = 4 * 1024 * 1024;
/// Estimated bytes of a parsed document per byte of its text.
const PARSED_BYTES_PER_TEXT_BYTE: u32 = 24;
/// Minimum weight of a cache entry in bytes.
const MIN_ENTRY_BYTES: u32 = 1_024;

#[derive(Debug)]
pub(crate) struct ParsedDocument {
    /// Checksum of the text.
    pub(crate) checksum: Checksum,
    pub(crate) parsed: ExecutableDocument,
    /// Length of the text in bytes.
    length: usize,
}

/// Source of the document of a request.
pub(crate) enum DocumentSource {
    /// The text is in the request.
    Inline(Checksum, String),
    /// The document is in the store.
    Cached(Arc<ParsedDocument>),
}

impl DocumentSource {
    /// Checksum of the text.
    pub(crate) fn checksum(&self) -> Checksum {
        match self {
            Self::Inline(checksum, _) => *checksum,
            Self::Cached(document) => document.checksum,
        }
    }
}

/// Cache of parsed documents. Its size in bytes is bounded. It drops the least recently used documents first.
pub(crate) struct DocumentStore {
    limits: Limits,
    parsed: Cache<Checksum, Arc<ParsedDocument>>,
    persisted: Cache<Sha256Hash, Arc<ParsedDocument>>,
    trusted_documents: TrustedDocuments,
}

impl DocumentStore {
    /// Creates a store that contains only the trusted documents.
    pub(crate) fn new(limits: Limits, trusted_documents: TrustedDocuments) -> Self {
        Self {
            limits,
            parsed: new_cache(PARSED_CACHE_BYTES),
            persisted: new_cache(PERSISTED_CACHE_BYTES),
            trusted_documents,
        }
    }

    /// Finds the document of a request. A text without a hash is not parsed yet.
    pub(crate) fn resolve(&self, params: &mut RequestParams) -> Result<DocumentSource, GraphqlResponse> {
        let hash = params.persisted_hash()?;
        if let Some(id) = &params.document_id {
            if params.query.is_some() {
                return Err(GraphqlResponse::bad_request("Send `documentId` or `query`, not both."));
            }
            return self.find_persisted(id);
        }
        match (params.query.take(), hash) {
            (None, None) => {
                Err(GraphqlResponse::bad_request("The request must contain `query` or `documentId`."))
            }
            (None, Some(hash)) => match self.persisted.get(&hash.bytes) {
                Some(document) => Ok(DocumentSource::Cached(document)),
                None => self.find_persisted(&hash.text),
            },
            (Some(text), hash) => {
                let checksum = Checksum::of(text.as_bytes());
                if !self.trusted_documents.allows(checksum) {
                    return Err(Self::untrusted_document_response());
                }
                let Some(hash) = hash else { return Ok(DocumentSource::Inline(checksum, text)) };
                if hash.bytes != Sha256Hash::from(Sha256::digest(text.as_bytes())) {
                    return Err(GraphqlResponse::bad_request("The `sha256Hash` does not match the `query`."));
                }
                let document = self.parse_text(checksum, &text)?;
                self.persisted.insert(hash.bytes, Arc::clone(&document));
                Ok(DocumentSource::Cached(document))
            }
        }
    }

    /// Parses the document, unless the cache has it.
    pub(crate) fn parse(&self, source: DocumentSource) -> Result<Arc<ParsedDocument>, GraphqlResponse> {
        match source {
            DocumentSource::Cached(document) => Ok(document),
            DocumentSource::Inline(checksum, text) => self.parse_text(checksum, &text),
        }
    }

    fn parse_text(&self, checksum: Checksum, text: &str) -> Result<Arc<ParsedDocument>, GraphqlResponse> {
        if let Some(document) = self.parsed.get(&checksum) {
            return Ok(document);
        }
        query_limits::check_document_size(text, &self.limits)?;
        let parsed = parse_query(replace_unicode_escapes(text)).map_err(|error| {
            GraphqlResponse::rejected(ErrorCode::ParseFailed, format_syntax_error(error.into()))
        })?;
        let document = Arc::new(ParsedDocument { checksum, parsed, length: text.len() });
        self.parsed.insert(checksum, Arc::clone(&document));
        Ok(document)
    }

    /// Finds the document with this id.
    fn find_persisted(&self, id: &str) -> Result<DocumentSource, GraphqlResponse> {
        if let Some((checksum, text)) = self.trusted_documents.find(id) {
            return Ok(DocumentSource::Cached(self.parse_text(checksum, text)?));
        }
        let hash = id.strip_prefix("sha256:").and_then(parse_sha256);
        if let Some(document) = hash.and_then(|hash| self.persisted.get(&hash)) {
            return Ok(DocumentSource::Cached(document));
        }
        // Clients of Apollo compare this message. They then send the text with the hash.
        let error = ServerError::new("PersistedQueryNotFound", None);
        Err(GraphqlResponse::rejected(ErrorCode::PersistedQueryNotFound, error))
    }

    fn untrusted_document_response() -> GraphqlResponse {
        let message = "This service accepts only trusted documents. Send a `documentId`.";
        GraphqlResponse::rejected(ErrorCode::PersistedQueryIdRequired, ServerError::new(message, None))
    }
}

fn new_cache<K: Hash + Eq + Send + Sync + 'static>(bytes: u64) -> Cache<K, Arc<ParsedDocument>> {
    let weight = |_: &K, document: &Arc<ParsedDocument>| {
        u32::try_from(document.length)
            .unwrap_or(u32::MAX)
            .saturating_mul(PARSED_BYTES_PER_TEXT_BYTE)
            .max(MIN_ENTRY_BYTES)
    };
    Cache::builder().max_capacity(bytes).weigher(weight).eviction_policy(EvictionPolicy::lru()).build()
}

/// Turns an error of the parser into one sentence. The parser draws the position with lines and arrows, and
/// the client has it in `locations`.
fn format_syntax_error(error: ServerError) -> ServerError {
    let last = error.message.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let description = last.trim().trim_start_matches('=').trim().to_owned();
    let position: Option<Pos> = error.locations.first().copied();
    let location =
        position.map(|at| format!(" at line {}, column {}", at.line, at.column)).unwrap_or_default();
    ServerError { message: format!("Syntax error{location}: {description}."), ..error }
}
