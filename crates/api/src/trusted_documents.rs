//! Manifest of the documents that an operator trusts.

use std::collections::{HashMap, HashSet};

use passerelle_model::checksum::Checksum;
use serde::Deserialize;
use thiserror::Error;

/// Trusted documents, and whether any other document is accepted.
#[derive(Clone, Debug, Default)]
pub struct TrustedDocuments {
    /// Checksum and text of each document, by its id.
    documents: HashMap<String, (Checksum, String)>,
    /// Checksums of the accepted documents. `None` if every document is accepted.
    allowlist: Option<HashSet<Checksum>>,
}

/// Reason why a manifest of trusted documents is rejected.
#[derive(Debug, Error)]
pub enum TrustedDocumentsError {
    /// The manifest is not valid JSON, or has an unknown form.
    #[error("not a JSON map from ids to documents and not an Apollo manifest: {0}")]
    InvalidJson(#[from] serde_json::Error),
    /// A document of the manifest is not valid GraphQL.
    #[error("document {0:?} is not valid GraphQL: {1}")]
    InvalidDocument(String, String),
}

/// Forms of a manifest. relay-compiler and GraphQL Codegen write a map. Apollo writes a list of operations:
/// <https://www.apollographql.com/docs/react/api/link/persisted-queries>.
#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo { operations: Vec<ApolloOperation> },
    Map(HashMap<String, String>),
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

impl TrustedDocuments {
    /// Parses a manifest: `{"ID": "query …"}`, or `{"operations": [{"id", "body"}]}` as Apollo writes it.
    pub fn parse(json: &[u8]) -> Result<Self, TrustedDocumentsError> {
        let pairs: Vec<(String, String)> = match serde_json::from_slice(json)? {
            Manifest::Apollo { operations } => {
                operations.into_iter().map(|operation| (operation.id, operation.body)).collect()
            }
            Manifest::Map(map) => map.into_iter().collect(),
        };
        let mut documents = HashMap::new();
        for (id, text) in pairs {
            if let Err(error) = async_graphql::parser::parse_query(&text) {
                return Err(TrustedDocumentsError::InvalidDocument(id, error.to_string()));
            }
            documents.insert(id, (Checksum::of(text.as_bytes()), text));
        }
        Ok(Self { documents, allowlist: None })
    }

    /// Rejects every document that is not in the manifest.
    #[must_use]
    pub fn reject_others(self) -> Self {
        let allowlist = self.documents.values().map(|(checksum, _)| *checksum).collect();
        Self { allowlist: Some(allowlist), ..self }
    }

    /// Accepts these documents too, by their text.
    #[must_use]
    pub fn accept_texts<'t>(mut self, texts: impl IntoIterator<Item = &'t str>) -> Self {
        if let Some(allowlist) = &mut self.allowlist {
            allowlist.extend(texts.into_iter().map(|text| Checksum::of(text.as_bytes())));
        }
        self
    }

    /// Returns true if a document with this checksum is accepted.
    pub(crate) fn allows(&self, checksum: Checksum) -> bool {
        self.allowlist.as_ref().is_none_or(|allowlist| allowlist.contains(&checksum))
    }

    /// Finds the document with this id. A SHA-256 id is found with its prefix `sha256:` and without it.
    pub(crate) fn find(&self, id: &str) -> Option<(Checksum, &str)> {
        let hash = id.strip_prefix("sha256:").unwrap_or(id);
        let prefixed = || self.documents.get(&format!("sha256:{hash}"));
        let found = self.documents.get(id).or_else(|| self.documents.get(hash)).or_else(prefixed);
        found.map(|(checksum, text)| (*checksum, text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_manifest_formats_are_parsed() {
        let map = br#"{"abc": "{a}", "sha256:00ff": "{b}"}"#;
        let apollo = br#"{"format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{"id": "abc", "name": "A", "type": "query", "body": "{a}"}, {"id": "00ff", "body": "{b}"}]}"#;
        for json in [map.as_slice(), apollo] {
            let trusted = TrustedDocuments::parse(json).unwrap();
            assert_eq!(trusted.find("abc").unwrap().1, "{a}");
            assert_eq!(trusted.find("00ff").unwrap().1, "{b}");
            assert_eq!(trusted.find("sha256:00ff").unwrap().1, "{b}");
            assert!(trusted.find("x").is_none());
            assert!(trusted.allows(Checksum::of(b"{x}")));
            let only = trusted.reject_others();
            assert!(only.allows(Checksum::of(b"{a}")) && !only.allows(Checksum::of(b"{x}")));
            assert!(only.accept_texts(["{x}"]).allows(Checksum::of(b"{x}")));
        }
    }

    #[test]
    fn invalid_manifests_report_the_cause() {
        let wrong = |json: &[u8]| TrustedDocuments::parse(json).unwrap_err().to_string();
        assert!(wrong(b"[1]").starts_with("not a JSON map"));
        assert!(wrong(br#"{"abc": "{a"}"#).starts_with("document \"abc\" is not valid GraphQL"));
    }
}
