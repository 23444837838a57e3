//! Rows of the table `reference`.

use passerelle_model::key::{DocumentKey, LinkKey};
use passerelle_model::language::Language;
use passerelle_model::page::{HeadingRef, PageTarget};
use passerelle_model::reference::{Reference, ReferenceTarget};

use crate::column::RowContext;
use crate::entity::reference;
use crate::error::StorageError;

/// Kind of the target of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReferenceKind {
    /// A page, by its translation key, slug or path.
    Page,
    /// A file of a link.
    File,
    /// A file of an image.
    Image,
}

impl ReferenceKind {
    const ALL: [Self; 3] = [Self::Page, Self::File, Self::Image];

    /// Returns the name that the database stores.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Page => "PAGE",
            Self::File => "FILE",
            Self::Image => "IMAGE",
        }
    }

    /// Reads the kind of a row.
    pub(crate) fn of(row: &reference::Model) -> Result<Self, StorageError> {
        let context = RowContext { table: "reference", key: &row.document_key };
        context.parse_text("kind", &row.kind, |name| Self::ALL.into_iter().find(|kind| kind.name() == name))
    }
}

/// Returns the target page of a link.
pub(crate) fn page_target(row: &reference::Model) -> Result<PageTarget, StorageError> {
    let context = RowContext { table: "reference", key: &row.document_key };
    Ok(PageTarget {
        key: LinkKey::new(row.target.as_str()),
        lang: context.parse_lang(&row.lang)?,
        heading: row.heading.as_deref().and_then(HeadingRef::new),
        path: row.path.as_deref().map(|path| context.parse_path(path)).transpose()?,
    })
}

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
            ReferenceTarget::Page(page) => {
                (ReferenceKind::Page, page.key.to_string(), page.heading, page.path)
            }
            ReferenceTarget::File(path) => (ReferenceKind::File, path.to_string(), None, None),
            ReferenceTarget::Image(path) => (ReferenceKind::Image, path.to_string(), None, None),
        };
        Ok(reference::Model {
            id: 0,
            document_key: document.to_string(),
            kind: kind.name().to_owned(),
            target,
            heading: heading.map(|heading| heading.as_str().to_owned()),
            lang: target_lang.to_string(),
            line: context.convert_integer("line", reference.position.line)?,
            column: context.convert_integer("column", reference.position.column)?,
            excerpt: reference.excerpt,
            path: path.map(String::from),
        })
    };
    references.into_iter().map(row).collect()
}
