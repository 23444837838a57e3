//! The documents of clients: parsed once, and known by a hash or an id.
//!
//! Automatic persisted queries by <https://www.apollographql.com/docs/apollo-server/performance/apq>; trusted documents by
//! the `documentId` of the GraphQL-over-HTTP text's appendix on persisted documents.

use std::hash::Hash;
use std::sync::Arc;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use http::StatusCode;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use passerelle_model::checksum::Checksum;
use sha2::{Digest, Sha256};

use crate::error_code::ErrorCode;
use crate::limits::Limits;
use crate::query_limits;
use crate::request::{RequestParams, format_syntax_error};
use crate::response::GraphqlResponse;
use crate::trusted_documents::TrustedDocuments;

/// Capacity of the cache of parsed documents in bytes.
const PARSED_CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// Capacity of the cache of persisted documents in bytes.
const PERSISTED_CACHE_BYTES: u64 = 4 * 1024 * 1024;
/// Estimated bytes of a parsed document per byte of its text.
const PARSED_BYTES_PER_TEXT_BYTE: u32 = 24;
/// Minimum weight of a cache entry in bytes.
const MIN_ENTRY_BYTES: u32 = 1_024;

/// The SHA-256 of a document, as clients compute it.
type Sha256Hash = [u8; 32];

/// A document that was parsed.
#[derive(Debug)]
pub(crate) struct ParsedDocument {
    /// The identity of its text.
    pub(crate) checksum: Checksum,
    /// Parsed document.
    pub(crate) parsed: ExecutableDocument,
    length: usize,
}

/// Source of the document of a request.
pub(crate) enum DocumentSource {
    /// One that it brought.
    Inline(Checksum, String),
    /// One that is known.
    Cached(Arc<ParsedDocument>),
}

impl DocumentSource {
    /// The identity of its text.
    pub(crate) fn checksum(&self) -> Checksum {
        match self {
            Self::Inline(checksum, _) => *checksum,
            Self::Cached(document) => document.checksum,
        }
    }
}

/// Every document that is kept. Bounded by bytes; the least recently used go first.
pub(crate) struct DocumentStore {
    limits: Limits,
    parsed: Cache<Checksum, Arc<ParsedDocument>>,
    persisted: Cache<Sha256Hash, Arc<ParsedDocument>>,
    trusted_documents: TrustedDocuments,
}

impl DocumentStore {
    /// Keeps nothing yet but the trusted documents.
    pub(crate) fn new(limits: Limits, trusted_documents: TrustedDocuments) -> Self {
        Self {
            limits,
            parsed: new_cache(PARSED_CACHE_BYTES),
            persisted: new_cache(PERSISTED_CACHE_BYTES),
            trusted_documents,
        }
    }

    /// The document that a request means, parsed only where its text must be right to be kept.
    pub(crate) fn resolve(&self, params: &mut RequestParams) -> Result<DocumentSource, GraphqlResponse> {
        let hash = params.persisted_hash()?;
        if let Some(id) = &params.document_id {
            if params.query.is_some() {
                return Err(bad_request("Send `documentId` or `query`, not both."));
            }
            return self.find_persisted(id);
        }
        match (params.query.take(), hash) {
            (None, None) => Err(bad_request("The request must contain `query` or `documentId`.")),
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
                    return Err(bad_request("The `sha256Hash` does not match the `query`."));
                }
                let document = self.parse_text(checksum, &text)?;
                self.persisted.insert(hash.bytes, Arc::clone(&document));
                Ok(DocumentSource::Cached(document))
            }
        }
    }

    /// The document, parsed.
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
        let parsed = parse_query(text).map_err(|error| {
            GraphqlResponse::rejected(ErrorCode::ParseFailed, format_syntax_error(error.into()))
        })?;
        let document = Arc::new(ParsedDocument { checksum, parsed, length: text.len() });
        self.parsed.insert(checksum, Arc::clone(&document));
        Ok(document)
    }

    /// The document of an id.
    fn find_persisted(&self, id: &str) -> Result<DocumentSource, GraphqlResponse> {
        if let Some((checksum, text)) = self.trusted_documents.find(id) {
            return Ok(DocumentSource::Cached(self.parse_text(checksum, text)?));
        }
        let hash = id.strip_prefix("sha256:").and_then(parse_sha256);
        if let Some(document) = hash.and_then(|hash| self.persisted.get(&hash)) {
            return Ok(DocumentSource::Cached(document));
        }
        // The words are Apollo's: its clients then send the text too.
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

/// A hash in hexadecimal, as a client sent it.
pub(crate) struct PersistedHash {
    pub(crate) bytes: Sha256Hash,
    pub(crate) text: String,
}

impl PersistedHash {
    /// Reads a hash; none where the text is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse_sha256(text).map(|bytes| Self { bytes, text: text.to_owned() })
    }
}

fn parse_sha256(text: &str) -> Option<Sha256Hash> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut hash = Sha256Hash::default();
    for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(hash)
}

fn bad_request(message: &str) -> GraphqlResponse {
    GraphqlResponse::http_error(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
}
