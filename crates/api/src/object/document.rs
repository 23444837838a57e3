//! Object types `Document` and `Diagnostic`.

use async_graphql::{Context, ID, Object};
use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::document::TextEncoding;
use passerelle_model::labels::{severity_label, state_label};
use passerelle_model::language as model;

use super::progress::to_int;
use super::{DateTime, DocumentKind, DocumentObject, DocumentState, Language, Severity};
use crate::context::{global_id, mark_uncacheable, require_document_access};
use crate::error::ApiError;
use crate::input::NodeId;
use crate::response_count::counted;

/// File in the content folder, with the result of reading it.
#[Object(name = "Document")]
impl DocumentObject {
    /// Global id, opaque. It stays the same when the file is renamed or moved.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::Document(self.0.key.clone()))
    }

    /// Path relative to the content folder, with `/` as separator, for example `formations/ombre-et-eau.md`.
    fn path(&self) -> &str {
        self.0.path.as_str()
    }

    /// Kind of content in the file.
    fn kind(&self) -> DocumentKind {
        self.0.kind.into()
    }

    /// Result of reading the latest version of the file.
    async fn state(&self, ctx: &Context<'_>) -> DocumentState {
        mark_uncacheable(ctx);
        self.0.state.into()
    }

    /// Label of the state, for example `Publié`.
    async fn state_label(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Language of the label. If omitted, the language that the path names, or French.")]
        lang: Option<Language>,
    ) -> &'static str {
        mark_uncacheable(ctx);
        let own = || model::Language::from_path(&self.0.path).unwrap_or_default();
        state_label(self.0.state, lang.map_or_else(own, Into::into))
    }

    /// BLAKE3 checksum of the latest version of the file, as 64 hexadecimal digits.
    fn checksum(&self) -> String {
        self.0.checksum.to_string()
    }

    /// Size of the latest version of the file in bytes, for example `20481`.
    fn size(&self) -> i32 {
        to_int(self.0.size)
    }

    /// Character encoding of the file, by its name in the WHATWG Encoding Standard, for example `UTF-8` or
    /// `windows-1252`. An empty string if it is unknown.
    fn encoding(&self) -> &str {
        self.0.encoding.map_or("", TextEncoding::name)
    }

    /// Modification time that the file system reports. Null if the file system reports none.
    async fn modified_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        mark_uncacheable(ctx);
        self.0.modified_at.map(DateTime)
    }

    /// Time at which the latest version of the file was read.
    fn ingested_at(&self) -> DateTime {
        DateTime(self.0.ingested_at)
    }

    /// Number of the revision that last published content of the file, for example `12`. Null if nothing of
    /// the file was ever published, or if the document is a draft.
    fn published_revision(&self) -> Option<i32> {
        self.0.published_revision.map(|revision| to_int(revision.get()))
    }

    /// Messages for the editor about the latest version of the file, errors first, then by line. Empty if
    /// there are none. Error `FORBIDDEN` if the operator protects documents with a token and the request does
    /// not have it.
    async fn diagnostics(&self, ctx: &Context<'_>) -> Result<Vec<DiagnosticObject>, ApiError> {
        require_document_access(ctx)?;
        mark_uncacheable(ctx);
        Ok(counted(ctx, self.0.diagnostics.iter().cloned().map(DiagnosticObject).collect()))
    }
}

pub(crate) struct DiagnosticObject(Diagnostic);

/// Message for the editor of a document, in the language of the document.
#[Object(name = "Diagnostic")]
impl DiagnosticObject {
    /// Severity of the problem. `ERROR` means that the file was rejected or held.
    fn severity(&self) -> Severity {
        self.0.severity.into()
    }

    /// Label of the severity, for example `Avertissement`.
    fn severity_label(
        &self,
        #[graphql(desc = "Language of the label. French if omitted.")] lang: Option<Language>,
    ) -> &'static str {
        severity_label(self.0.severity, lang.map(Into::into).unwrap_or_default())
    }

    /// Stable code for programs, for example `MEASURE_NUMBER_TWICE`. `docs/errors.md` lists all codes.
    fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// Description of the problem in one sentence, to show to the editor.
    fn message(&self) -> &str {
        &self.0.message
    }

    /// Line number of the problem. The first line is 1. Null if the problem concerns the whole file.
    fn line(&self) -> Option<i32> {
        self.0.position.map(|position| to_int(position.line))
    }

    /// Column of the problem in characters. The first column is 1. Null if `line` is null.
    fn column(&self) -> Option<i32> {
        self.0.position.map(|position| to_int(position.column))
    }

    /// Beginning of the line that has the problem. Null if it is not available.
    fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// Correction that the editor can make, in one sentence. Null if there is none to propose.
    fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }
}
