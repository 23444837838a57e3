//! The parameters of a GraphQL request, as clients send them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::response::GraphqlResponse;

/// SHA-256 of the text of a document.
pub(crate) type Sha256Hash = [u8; 32];

/// Parameters of a request, as the GraphQL-over-HTTP specification defines them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestParams {
    pub(crate) query: Option<String>,
    pub(crate) document_id: Option<String>,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

/// Hash of a persisted document, in hexadecimal digits as a client sent it.
pub(crate) struct PersistedHash {
    pub(crate) bytes: Sha256Hash,
    pub(crate) text: String,
}

impl PersistedHash {
    /// Parses 64 hexadecimal digits. Returns `None` for any other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse_sha256(text).map(|bytes| Self { bytes, text: text.to_owned() })
    }
}

/// Parses 64 hexadecimal digits.
pub(crate) fn parse_sha256(text: &str) -> Option<Sha256Hash> {
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

impl RequestParams {
    /// Returns true if the request has a document, or the id or hash of one.
    pub fn has_document(&self) -> bool {
        let is_persisted = |extensions: &Map<String, Value>| extensions.contains_key("persistedQuery");
        self.query.is_some()
            || self.document_id.is_some()
            || self.extensions.as_ref().is_some_and(is_persisted)
    }

    /// Returns the hash of an automatic persisted query. `None` if the request has none.
    pub(crate) fn persisted_hash(&self) -> Result<Option<PersistedHash>, GraphqlResponse> {
        let given = self.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery"));
        let Some(given) = given.filter(|given| !given.is_null()) else { return Ok(None) };
        let hash = given["sha256Hash"].as_str().and_then(PersistedHash::parse);
        match hash {
            Some(hash) if given["version"] == 1 => Ok(Some(hash)),
            _ => Err(GraphqlResponse::bad_request(
                "`extensions.persistedQuery` is `{\"version\": 1, \"sha256Hash\": \"…\"}`, with 64 hexadecimal digits.",
            )),
        }
    }
}
