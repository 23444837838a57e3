//! Writes the documents of a batch.

use passerelle_model::change::{Change, ChangeKind, ChangedField, NodeKey};
use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind};
use passerelle_model::document::DocumentState;
use passerelle_model::key::DocumentKey;
use passerelle_model::language::Language;
use passerelle_model::page::Page;
use passerelle_model::path::DocumentPath;
use passerelle_model::position::Position;
use passerelle_model::reading::Content;
use passerelle_model::timestamp::Timestamp;
use passerelle_versioning::identity::{MeasureMatching, PlanContent, UpdateTimes};
use passerelle_versioning::label_clash::LabelClash;
use passerelle_versioning::mass_loss::MassLoss;

use super::batch_writer::BatchWriter;
use super::document;
use super::stored_state::StoredState;
use crate::convert::diagnostic::from_diagnostic;
use crate::convert::document::from_ingested;
use crate::convert::reference::from_references;
use crate::entity;
use crate::error::StorageError;
use crate::fail_point;
use crate::file_change::{FileChange, IngestedDocument};
use crate::source_lines::SourceLines;

/// Document with its stored row. A new document has none.
#[derive(Clone, Copy)]
struct DocumentRow<'a> {
    key: &'a DocumentKey,
    before: Option<&'a entity::document::Model>,
}

impl BatchWriter {
    /// Writes the rows of changed files, grouped by kind.
    pub(super) async fn write(&mut self, changes: &mut [FileChange]) -> Result<(), StorageError> {
        let (mut documents, mut removed) = (Vec::new(), Vec::new());
        let (mut assets, mut removed_assets) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                FileChange::DocumentIngested(ingested) => documents.push(ingested.as_mut()),
                FileChange::DocumentRemoved(path) => removed.push(&*path),
                FileChange::AssetIngested(ingested) => assets.push(&*ingested),
                FileChange::AssetRemoved(path) => removed_assets.push(&*path),
                // They are written already.
                FileChange::DocumentFingerprint(..)
                | FileChange::DocumentMissing(..)
                | FileChange::AssetFingerprint(..) => {}
            }
        }
        self.write_assets(&assets, &removed_assets).await?;
        fail_point!(self.fail_points, "publish.assets");
        self.remove(&removed).await?;
        fail_point!(self.fail_points, "publish.removals");
        let old_paths: Vec<_> =
            documents.iter().filter_map(|document| document.moved_from.as_ref()).collect();
        let moved = document::release_paths(&self.transaction, &old_paths).await?;
        fail_point!(self.fail_points, "publish.moves");
        let mut stored = StoredState::load(&self.transaction, &documents, &moved).await?;
        for ingested in documents {
            let key = match ingested.moved_from.as_ref().and_then(|from| moved.get(from)) {
                Some(key) => Some(key.clone()),
                None => stored.key_at(&ingested.path),
            };
            self.ingest(&mut stored, key, ingested).await?;
        }
        self.flush_pending().await
    }

    async fn flush_pending(&mut self) -> Result<(), StorageError> {
        self.pending.write(&self.transaction, &self.fail_points, self.revision.number.get()).await
    }

    /// Removes the content of documents.
    async fn remove(&mut self, paths: &[&DocumentPath]) -> Result<(), StorageError> {
        let (mut stored, removed) = StoredState::load_removed(&self.transaction, paths).await?;
        for key in removed.values() {
            self.close_served_content(&mut stored, key).await?;
        }
        self.flush_pending().await?;
        fail_point!(self.fail_points, "publish.removed_content_closed");
        let keys: Vec<&str> = removed.values().map(DocumentKey::as_str).collect();
        document::mark_removed(&self.transaction, &keys, self.revision).await
    }

    async fn close_served_content(
        &mut self,
        stored: &mut StoredState,
        key: &DocumentKey,
    ) -> Result<(), StorageError> {
        if stored.has_plan(key) {
            let plan = self.live_plan(key).await?;
            self.close_plan(plan).await?;
        }
        let page = stored.take_page(key);
        self.close_page(&mut stored.names, page);
        let collection = stored.take_collection(key);
        self.close_collection(collection);
        Ok(())
    }

    async fn ingest(
        &mut self,
        stored: &mut StoredState,
        key: Option<DocumentKey>,
        ingested: &mut IngestedDocument,
    ) -> Result<(), StorageError> {
        let key = self.key_or_new(stored, key, ingested).await?;
        fail_point!(self.fail_points, "publish.document_key");
        if let Some(draft) = ingested.reading.draft_at(self.revision.at) {
            let diagnostic = draft.diagnostic.clone();
            return self.withdraw_draft(stored, &key, ingested, diagnostic).await;
        }
        let before = if stored.has_plan(&key) { self.live_plan(&key).await? } else { None };
        let served = before.as_ref().map(|before| &before.content);
        let matching = match &ingested.reading.content {
            Some(Content::Plan(plan)) => Some(MeasureMatching::of(plan, served)),
            Some(Content::Page { .. } | Content::Contract(_)) | None => None,
        };
        let document = DocumentRow { key: &key, before: stored.document(key.as_str()) };
        if document.before.is_some() {
            self.pending.documents_with_new_diagnostics.push(key.to_string());
        }
        let content = ServedContent { plan: served, page: stored.page(&key) };
        let hold = loss_diagnostic(content, matching.as_ref(), ingested);
        if let Some(diagnostic) = hold.or_else(|| clash_diagnostic(served, ingested)) {
            return self.hold_document(document, ingested, diagnostic);
        }
        let content = ingested.reading.content.take();
        self.changed_targets.documents.insert(key.to_string());
        let Some(content) = content else {
            return self.reject_document(document, ingested);
        };
        self.queue_references(document, content.lang(), ingested)?;
        let page = stored.take_page(&key);
        let is_new = if matches!(content, Content::Plan(_)) { before.is_none() } else { page.is_none() };
        let row = stored.document(key.as_str());
        let times = update_times(row, ingested, is_new, self.revision.at);
        let collection = stored.take_collection(&key);
        self.update_collection((&key, &ingested.path), collection, &content)?;
        let lines = match content {
            Content::Contract(_) => {
                self.close_plan(before).await?;
                self.close_page(&mut stored.names, page);
                SourceLines::default()
            }
            Content::Plan(plan) => {
                self.close_page(&mut stored.names, page);
                let matching = matching.unwrap_or_else(|| {
                    MeasureMatching::of(&plan, before.as_ref().map(|before| &before.content))
                });
                self.replace_plan(&key, &ingested.path, (before, matching), *plan, times).await?
            }
            Content::Page { page: new, service } => {
                self.close_plan(before).await?;
                let new = (*new, service.map(|service| *service));
                let document = (&key, &ingested.path);
                self.replace_page(&mut stored.names, document, page.as_ref(), new, times)?;
                SourceLines::default()
            }
        };
        fail_point!(self.fail_points, "publish.content");
        let document = DocumentRow { key: &key, before: stored.document(key.as_str()) };
        self.queue_document(document, ingested, DocumentState::Published, Some(&lines))
    }

    /// Returns the key of a document. A new document gets a key that no other one has.
    async fn key_or_new(
        &self,
        stored: &StoredState,
        key: Option<DocumentKey>,
        ingested: &IngestedDocument,
    ) -> Result<DocumentKey, StorageError> {
        match key {
            Some(key) => Ok(key),
            None => {
                let original = stored.document(ingested.path.as_str());
                document::new_key(&self.transaction, &ingested.path, original).await
            }
        }
    }

    /// Keeps the published version of a document that is rejected.
    fn reject_document(
        &mut self,
        document: DocumentRow<'_>,
        ingested: &IngestedDocument,
    ) -> Result<(), StorageError> {
        let node = NodeKey::Document(document.key.clone());
        self.changes.push(Change::of_node(ChangeKind::DocumentRejected, node));
        self.queue_document(document, ingested, DocumentState::Rejected, None)
    }

    /// Replaces the references of a document to other files.
    fn queue_references(
        &mut self,
        document: DocumentRow<'_>,
        lang: Language,
        ingested: &mut IngestedDocument,
    ) -> Result<(), StorageError> {
        if document.before.is_some() {
            self.pending.documents_with_new_references.push(document.key.to_string());
        }
        let references = std::mem::take(&mut ingested.reading.references);
        self.pending.references.append(&mut from_references(document.key, lang, references)?);
        Ok(())
    }

    fn queue_document(
        &mut self,
        document: DocumentRow<'_>,
        ingested: &IngestedDocument,
        state: DocumentState,
        lines: Option<&SourceLines>,
    ) -> Result<(), StorageError> {
        let row = from_ingested(document.key, document.before, ingested, (state, self.revision), lines)?;
        self.pending.documents.push(row);
        self.states.insert(ingested.path.clone(), state);
        for diagnostic in &ingested.reading.diagnostics {
            self.pending.diagnostics.push(from_diagnostic(document.key, diagnostic)?);
        }
        Ok(())
    }

    /// Removes the published version of a document that is a draft now.
    async fn withdraw_draft(
        &mut self,
        stored: &mut StoredState,
        key: &DocumentKey,
        ingested: &mut IngestedDocument,
        diagnostic: Diagnostic,
    ) -> Result<(), StorageError> {
        ingested.reading.diagnostics.insert(0, diagnostic);
        self.close_served_content(stored, key).await?;
        let row = stored.document(key.as_str());
        if row.is_some() {
            self.pending.documents_with_new_diagnostics.push(key.to_string());
            self.pending.documents_with_new_references.push(key.to_string());
        }
        self.queue_document(DocumentRow { key, before: row }, ingested, DocumentState::Draft, None)
    }

    /// Keeps the published version of a document until an editor or operator confirms the new one.
    fn hold_document(
        &mut self,
        document: DocumentRow<'_>,
        ingested: &mut IngestedDocument,
        diagnostic: Diagnostic,
    ) -> Result<(), StorageError> {
        ingested.reading.diagnostics.insert(0, diagnostic);
        self.changes.push(Change {
            field: Some(ChangedField::State),
            after: Some(DocumentState::Held.name().to_owned()),
            ..Change::of_node(ChangeKind::DocumentRejected, NodeKey::Document(document.key.clone()))
        });
        self.queue_document(document, ingested, DocumentState::Held, None)
    }
}

/// Published content of a document.
#[derive(Clone, Copy)]
struct ServedContent<'a> {
    plan: Option<&'a PlanContent>,
    page: Option<&'a Page>,
}

/// Returns the times of the objects of a document. `is_new` is true if nothing of the document is published.
///
/// A document that is seen for the first time has the time of its file. On a new database, everything would
/// otherwise have the time of the import.
fn update_times(
    row: Option<&entity::document::Model>,
    ingested: &IngestedDocument,
    is_new: bool,
    now: Timestamp,
) -> UpdateTimes {
    let of_file = ingested.fingerprint.modified_at();
    // A file system without times gives 0. A clock that was wrong gives a time that is yet to come.
    let is_plausible = of_file > Timestamp::default() && of_file < now;
    let of_file = if is_plausible { of_file } else { now };
    // A held or rejected version has other content than the published one. A move changes the address.
    let is_same_source = ingested.moved_from.is_none()
        && row.is_some_and(|row| {
            row.state == DocumentState::Published.name()
                && row.checksum == ingested.checksum.to_string()
                && row.defaults
                    == ingested.defaults_checksum.map(|checksum| checksum.to_string()).unwrap_or_default()
        });
    match (is_new, is_same_source) {
        (true, _) | (_, true) => UpdateTimes { added: of_file, changed: (!is_same_source).then_some(now) },
        (false, false) => UpdateTimes::all_at(now),
    }
}

/// Returns the diagnostic for a document that removes too many measures of a plan, or the whole text of a
/// page. Returns `None` if it does not, or if the removal was accepted.
fn loss_diagnostic(
    served: ServedContent<'_>,
    matching: Option<&MeasureMatching>,
    ingested: &IngestedDocument,
) -> Option<Diagnostic> {
    let content = ingested.reading.content.as_ref().filter(|_| !ingested.is_accepted)?;
    let confirmation_file = format!("{}.accept", ingested.path.name());
    let loss = served.plan.and_then(|plan| MassLoss::exceeding_threshold(plan, matching));
    let had_content = served.plan.is_some() || served.page.is_some_and(|page| !page.blocks.is_empty());
    let kind = match (loss, content) {
        (Some(loss), _) => DiagnosticKind::PlanHeld {
            removed: loss.numbers.len(),
            total: loss.total,
            numbers: loss.format_numbers(),
            confirmation_file,
        },
        // A file of zero bytes, or one with nothing but front matter, is more often an accident than
        // intended.
        (None, Content::Page { page, .. }) if page.blocks.is_empty() && had_content => {
            DiagnosticKind::PageHeld { confirmation_file }
        }
        (None, Content::Page { .. } | Content::Plan(_) | Content::Contract(_)) => return None,
    };
    Some(passerelle_messages::to_diagnostic(&kind, content.lang(), None, None))
}

/// Returns the diagnostic for a plan that gives two measures one label and was published without that clash.
/// Returns `None` if the version was accepted.
fn clash_diagnostic(before: Option<&PlanContent>, ingested: &IngestedDocument) -> Option<Diagnostic> {
    let Some(Content::Plan(plan)) = ingested.reading.content.as_ref().filter(|_| !ingested.is_accepted)
    else {
        return None;
    };
    let is_reported =
        ingested.reading.diagnostics.iter().any(|diagnostic| CLASH_CODES.contains(&diagnostic.code.as_str()));
    let clash = LabelClash::new_in(plan, before.filter(|_| is_reported)?)?;
    let kind = DiagnosticKind::LabelsHeld {
        label: clash.label,
        line: clash.line,
        confirmation_file: format!("{}.accept", ingested.path.name()),
    };
    Some(passerelle_messages::to_diagnostic(&kind, plan.heading.lang, Some(Position::line(clash.line)), None))
}

/// Codes of the diagnostics about two measures with one label.
const CLASH_CODES: [&str; 2] = ["MEASURE_LABEL_TWICE", "PLAN_FILE_LABEL_TWICE"];
