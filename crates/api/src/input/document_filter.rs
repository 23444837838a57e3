//! Filter for documents.

use async_graphql::InputObject;
use passerelle_storage::DocumentFilter;

use super::page_filter::parse_folder;
use crate::error::ApiError;
use crate::object::{DocumentKind, DocumentState, Severity};

/// Conditions for documents. A document must satisfy all of them. Null and empty lists are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "DocumentFilter")]
pub(crate) struct DocumentFilterInput {
    /// The state is one of these.
    state: Option<Vec<DocumentState>>,
    /// The kind is one of these.
    kind: Option<Vec<DocumentKind>>,
    /// The document has at least one diagnostic of exactly this severity.
    has_diagnostics: Option<Severity>,
    /// The document is in this folder or below it, for example `formations`.
    folder: Option<String>,
}

impl TryFrom<DocumentFilterInput> for DocumentFilter {
    type Error = ApiError;

    fn try_from(input: DocumentFilterInput) -> Result<Self, ApiError> {
        Ok(Self {
            state: input.state.unwrap_or_default().into_iter().map(Into::into).collect(),
            kind: input.kind.unwrap_or_default().into_iter().map(Into::into).collect(),
            has_diagnostics: input.has_diagnostics.map(Into::into),
            folder: input.folder.as_deref().map(parse_folder).transpose()?,
        })
    }
}
