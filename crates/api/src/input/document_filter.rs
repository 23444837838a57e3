//! Which documents.

use async_graphql::InputObject;
use passerelle_storage::DocumentFilter;

use crate::object::{DocumentKind, DocumentState, Severity};

/// Which documents to keep: those for which every given condition holds. An empty list is no condition.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "DocumentFilter")]
pub(crate) struct DocumentFilterInput {
    /// In one of these states.
    state: Option<Vec<DocumentState>>,
    /// Of one of these kinds.
    kind: Option<Vec<DocumentKind>>,
    /// With a diagnostic of this severity.
    has_diagnostics: Option<Severity>,
    /// In this folder or below it: `"trainings"`.
    folder: Option<String>,
}

impl From<DocumentFilterInput> for DocumentFilter {
    fn from(input: DocumentFilterInput) -> Self {
        Self {
            state: input.state.unwrap_or_default().into_iter().map(Into::into).collect(),
            kind: input.kind.unwrap_or_default().into_iter().map(Into::into).collect(),
            has_diagnostics: input.has_diagnostics.map(Into::into),
            folder: input.folder,
        }
    }
}
