//! A document of the folder.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::manifest::Document;

use super::progress::saturate;
use super::{DateTime, DocumentKind, DocumentState, Severity};
use crate::context::tell_how_things_are;
use crate::input::NodeId;

/// A document. What can change of it without a revision says so: a file that is touched, a removal that is held.
pub(crate) struct DocumentObject(pub(crate) Arc<Document>);

/// A file that was dropped into the folder, and what became of it.
#[Object(name = "Document")]
impl DocumentObject {
    /// The global id. A change of name does not change it.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Document(self.0.key.clone()).id()
    }

    /// Where it lies, relative to the folder, `/` between names.
    fn path(&self) -> &str {
        self.0.path.as_str()
    }

    /// What it holds.
    fn kind(&self) -> DocumentKind {
        self.0.kind.into()
    }

    /// What became of its newest bytes.
    async fn state(&self, ctx: &Context<'_>) -> DocumentState {
        tell_how_things_are(ctx);
        self.0.state.into()
    }

    /// BLAKE3 of its newest bytes, in hexadecimal.
    fn checksum(&self) -> String {
        self.0.checksum.to_string()
    }

    /// The number of its newest bytes.
    fn size(&self) -> i32 {
        saturate(self.0.size)
    }

    /// How they are encoded, by the name of the Encoding Standard; empty where that cannot be told.
    fn encoding(&self) -> &str {
        &self.0.encoding
    }

    /// When the file was last changed.
    async fn modified_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        tell_how_things_are(ctx);
        self.0.modified_at.map(DateTime)
    }

    /// When it was read.
    fn ingested_at(&self) -> DateTime {
        DateTime(self.0.ingested_at)
    }

    /// The revision whose content is served. Null where nothing of it ever was.
    fn published_revision(&self) -> Option<i32> {
        self.0.published_revision.map(|revision| saturate(revision.get()))
    }

    /// What to tell its editor: errors first, then by line.
    async fn diagnostics(&self, ctx: &Context<'_>) -> Vec<DiagnosticObject> {
        tell_how_things_are(ctx);
        self.0.diagnostics.iter().cloned().map(DiagnosticObject).collect()
    }
}

/// A diagnostic.
pub(crate) struct DiagnosticObject(Diagnostic);

/// Something to tell the editor of a document, in the document's language.
#[Object(name = "Diagnostic")]
impl DiagnosticObject {
    /// How much it matters.
    fn severity(&self) -> Severity {
        self.0.severity.into()
    }

    /// A stable name for programs: `MEASURE_NUMBER_TWICE`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// A sentence that an editor understands.
    fn message(&self) -> &str {
        &self.0.message
    }

    /// The line, from 1.
    fn line(&self) -> Option<i32> {
        self.0.position.map(|position| saturate(position.line))
    }

    /// The column in characters, from 1.
    fn column(&self) -> Option<i32> {
        self.0.position.map(|position| saturate(position.column))
    }

    /// The beginning of that line.
    fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// What to do about it.
    fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }
}
