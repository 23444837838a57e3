//! Rows of the table `reference`.

use passerelle_model::key::DocumentKey;
use passerelle_model::language::Language;
use passerelle_model::reference::{Reference, ReferenceTarget};

use crate::column::RowContext;
use crate::entity::reference;
use crate::error::StorageError;

/// Converts the references of a document to rows.
pub(crate) fn from_references(
    document: &DocumentKey,
    lang: Language,
    references: Vec<Reference>,
) -> Result<Vec<reference::Model>, StorageError> {
    let context = RowContext { table: "reference", key: document.as_str() };
    let row = |reference: Reference| {
        // A link can go to a page of another language: `/nl/contact`.
        let target_lang = match &reference.target {
            ReferenceTarget::Page(page) => page.lang,
            ReferenceTarget::File(_) | ReferenceTarget::Image(_) => lang,
        };
        let (kind, target, heading, path) = match reference.target {
            ReferenceTarget::Page(page) => ("PAGE", page.key, page.heading, page.path),
            ReferenceTarget::File(path) => ("FILE", path.to_string(), None, None),
            ReferenceTarget::Image(path) => ("IMAGE", path.to_string(), None, None),
        };
        Ok(reference::Model {
            id: 0,
            document_key: document.to_string(),
            kind: kind.to_owned(),
            target,
            heading,
            lang: target_lang.to_string(),
            line: context.convert_integer("line", reference.position.line)?,
            column: context.convert_integer("column", reference.position.column)?,
            excerpt: reference.excerpt,
            path,
        })
    };
    references.into_iter().map(row).collect()
}
