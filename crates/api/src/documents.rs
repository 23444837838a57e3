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

use crate::answer::Answer;
use crate::code::Code;
use crate::guard;
use crate::limits::Limits;
use crate::request::{Params, in_one_sentence};
use crate::trusted::TrustedDocuments;

/// What parsed documents may take in memory, in bytes.
const PARSED_BYTES: u64 = 8 * 1024 * 1024;
/// What documents may take that clients registered by their hash, in bytes.
const REGISTERED_BYTES: u64 = 4 * 1024 * 1024;
/// What a parsed document takes for each byte of its text, about: nodes with positions.
const EXPANSION: u32 = 24;
/// What the smallest takes.
const LEAST_WEIGHT: u32 = 1_024;

/// The SHA-256 of a document, as clients compute it.
type Sha256Hash = [u8; 32];

/// A document that was parsed.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The identity of its text.
    pub(crate) checksum: Checksum,
    /// What it says.
    pub(crate) parsed: ExecutableDocument,
    length: usize,
}

/// Which document a request means.
pub(crate) enum Meant {
    /// One that it brought.
    Text(Checksum, String),
    /// One that is known.
    Known(Arc<Prepared>),
}

impl Meant {
    /// The identity of its text.
    pub(crate) fn checksum(&self) -> Checksum {
        match self {
            Self::Text(checksum, _) => *checksum,
            Self::Known(prepared) => prepared.checksum,
        }
    }
}

/// Every document that is kept. Bounded by bytes; the least recently used go first.
pub(crate) struct Documents {
    limits: Limits,
    parsed: Cache<Checksum, Arc<Prepared>>,
    registered: Cache<Sha256Hash, Arc<Prepared>>,
    trusted: TrustedDocuments,
}

impl Documents {
    /// Keeps nothing yet but the trusted documents.
    pub(crate) fn new(limits: Limits, trusted: TrustedDocuments) -> Self {
        Self { limits, parsed: cache(PARSED_BYTES), registered: cache(REGISTERED_BYTES), trusted }
    }

    /// The document that a request means, parsed only where its text must be right to be kept.
    pub(crate) fn meant(&self, params: &mut Params) -> Result<Meant, Answer> {
        let hash = params.persisted_hash()?;
        if let Some(id) = &params.document_id {
            if params.query.is_some() {
                return Err(malformed("Send `documentId` or `query`, not both."));
            }
            return self.known(id);
        }
        match (params.query.take(), hash) {
            (None, None) => Err(malformed("The request has neither `query` nor `documentId`.")),
            (None, Some(hash)) => match self.registered.get(&hash.bytes) {
                Some(prepared) => Ok(Meant::Known(prepared)),
                None => self.known(&hash.text),
            },
            (Some(text), hash) => {
                let checksum = Checksum::of(text.as_bytes());
                if !self.trusted.allows(checksum) {
                    return Err(Self::untrusted());
                }
                let Some(hash) = hash else { return Ok(Meant::Text(checksum, text)) };
                if hash.bytes != Sha256Hash::from(Sha256::digest(text.as_bytes())) {
                    return Err(malformed("The `sha256Hash` is not that of the `query`."));
                }
                let prepared = self.parsed(checksum, &text)?;
                self.registered.insert(hash.bytes, Arc::clone(&prepared));
                Ok(Meant::Known(prepared))
            }
        }
    }

    /// The document, parsed.
    pub(crate) fn prepared(&self, meant: Meant) -> Result<Arc<Prepared>, Answer> {
        match meant {
            Meant::Known(prepared) => Ok(prepared),
            Meant::Text(checksum, text) => self.parsed(checksum, &text),
        }
    }

    fn parsed(&self, checksum: Checksum, text: &str) -> Result<Arc<Prepared>, Answer> {
        if let Some(prepared) = self.parsed.get(&checksum) {
            return Ok(prepared);
        }
        guard::assert_small(text, &self.limits)?;
        let parsed = parse_query(text)
            .map_err(|error| Answer::refused(Code::ParseFailed, in_one_sentence(error.into())))?;
        let prepared = Arc::new(Prepared { checksum, parsed, length: text.len() });
        self.parsed.insert(checksum, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// The document of an id.
    fn known(&self, id: &str) -> Result<Meant, Answer> {
        if let Some((checksum, text)) = self.trusted.find(id) {
            return Ok(Meant::Known(self.parsed(checksum, text)?));
        }
        let hash = id.strip_prefix("sha256:").and_then(hash_of);
        if let Some(prepared) = hash.and_then(|hash| self.registered.get(&hash)) {
            return Ok(Meant::Known(prepared));
        }
        // The words are Apollo's: its clients then send the text too.
        let error = ServerError::new("PersistedQueryNotFound", None);
        Err(Answer::refused(Code::PersistedQueryNotFound, error))
    }

    fn untrusted() -> Answer {
        let message = "This service answers the documents of its list: send a `documentId`.";
        Answer::refused(Code::PersistedQueryIdRequired, ServerError::new(message, None))
    }
}

fn cache<K: Hash + Eq + Send + Sync + 'static>(bytes: u64) -> Cache<K, Arc<Prepared>> {
    let weight = |_: &K, prepared: &Arc<Prepared>| {
        u32::try_from(prepared.length).unwrap_or(u32::MAX).saturating_mul(EXPANSION).max(LEAST_WEIGHT)
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
        hash_of(text).map(|bytes| Self { bytes, text: text.to_owned() })
    }
}

fn hash_of(text: &str) -> Option<Sha256Hash> {
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

fn malformed(message: &str) -> Answer {
    Answer::failed(StatusCode::BAD_REQUEST, Code::BadRequest, message)
}
