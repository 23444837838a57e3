//! Result of parsing a document.

use crate::contract::Contract;
use crate::diagnostic::Diagnostic;
use crate::document::{DocumentKind, TextEncoding};
use crate::language::Language;
use crate::page::Page;
use crate::plan::Plan;
use crate::reference::Reference;
use crate::service::SupportService;
use crate::timestamp::Timestamp;

/// Content of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A plan with its categories and measures.
    Plan(Box<Plan>),
    /// A page with an optional support service.
    Page {
        /// The parsed page.
        page: Box<Page>,
        /// Support service that the page describes. `None` if it describes none.
        service: Option<Box<SupportService>>,
    },
    /// The contract of a folder.
    Contract(Box<Contract>),
}

impl Content {
    /// Returns the language of the document.
    pub fn lang(&self) -> Language {
        match self {
            Self::Plan(plan) => plan.heading.lang,
            Self::Page { page, .. } => page.lang,
            Self::Contract(contract) => contract.lang,
        }
    }

    /// Returns the kind of the document.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Plan(_) => DocumentKind::Plan,
            Self::Page { service: Some(_), .. } => DocumentKind::SupportService,
            Self::Page { service: None, .. } => DocumentKind::Page,
            Self::Contract(_) => DocumentKind::Contract,
        }
    }
}

/// Fields of the front matter that keep a document from being published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Time of publication. `None` if the editor must change the document first.
    pub until: Option<Timestamp>,
    /// Diagnostic to report while the document is a draft.
    pub diagnostic: Diagnostic,
}

/// Result of parsing one document.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedDocument {
    /// Kind of the document. `Unknown` if it could not be decoded.
    pub kind: DocumentKind,
    /// Encoding. `None` for a spreadsheet and for bytes that could not be decoded.
    pub encoding: Option<TextEncoding>,
    /// Content of the document. `None` if a diagnostic with severity `ERROR` rejects it.
    pub content: Option<Content>,
    /// Diagnostics for the editor, most severe first, then by line.
    pub diagnostics: Vec<Diagnostic>,
    /// References to other files. They are checked after each change of the folder.
    pub references: Vec<Reference>,
    /// Fields that keep the document from being published. `None` without such fields.
    pub draft: Option<Box<Draft>>,
}

impl ParsedDocument {
    /// Returns the draft if the document must not be published at this time.
    ///
    /// The parsers have no clock, so a date of publication is compared here and not while parsing.
    pub fn draft_at(&self, now: Timestamp) -> Option<&Draft> {
        self.draft.as_deref().filter(|draft| draft.until.is_none_or(|until| until > now))
    }
}
