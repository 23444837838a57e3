//! What a document holds, once it is read.

use crate::diagnostic::Diagnostic;
use crate::language::Language;
use crate::manifest::DocumentKind;
use crate::page::Page;
use crate::plan::Plan;
use crate::reference::Reference;
use crate::service::SupportService;

/// What a document holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A plan with its measures.
    Plan(Box<Plan>),
    /// A page, and the support service that it may describe.
    Page {
        /// The page.
        page: Box<Page>,
        /// The service.
        service: Option<Box<SupportService>>,
    },
}

impl Content {
    /// The language that it is written in.
    pub fn lang(&self) -> Language {
        match self {
            Self::Plan(plan) => plan.heading.lang,
            Self::Page { page, .. } => page.lang,
        }
    }

    /// What it is, in a word.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Plan(_) => DocumentKind::Plan,
            Self::Page { service: Some(_), .. } => DocumentKind::SupportService,
            Self::Page { service: None, .. } => DocumentKind::Page,
        }
    }
}

/// A document, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it holds, as far as that could be told.
    pub kind: DocumentKind,
    /// How it was encoded, by the name of the Encoding Standard; empty where that could not be told.
    pub encoding: &'static str,
    /// What it holds; none when an error among the diagnostics refuses it.
    pub content: Option<Content>,
    /// What to tell the editor, by line.
    pub diagnostics: Vec<Diagnostic>,
    /// What it counts on in other files.
    pub references: Vec<Reference>,
}
