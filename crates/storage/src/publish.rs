//! One batch of documents, one transaction, one revision.

mod asset;
mod document;
mod key_allocator;
mod page;
mod pending_writes;
mod plan;
mod reference_checks;
pub(crate) mod rows;
mod stored_state;

use passerelle_model::asset::Asset;
use passerelle_model::change::{Change, ChangeKind, NodeKey};
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind};
use passerelle_model::document::{DocumentState, Fingerprint};
use passerelle_model::key::DocumentKey;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use passerelle_versioning::identity::{MeasureMatching, PlanContent};
use passerelle_versioning::mass_loss::MassLoss;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};

use crate::connect::Storage;
use crate::documents::{SourceLines, from_diagnostic};
use crate::entity::{self, change_log, meta, revision};
use crate::error::StorageError;
use crate::fail_point;
use crate::fail_point::FailPoints;
use pending_writes::PendingWrites;
use reference_checks::{ChangedTargets, from_references};
use stored_state::StoredState;

/// A document that was read.
#[derive(Clone, Debug)]
pub struct IngestedDocument {
    /// Path below the folder.
    pub path: DocumentPath,
    /// Previous path, if the document was moved.
    pub moved_from: Option<DocumentPath>,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// Their number.
    pub size: u64,
    /// The identity of the front matter that its folders give it, if they give any.
    pub defaults_checksum: Option<Checksum>,
    /// Result of parsing the document.
    pub reading: ParsedDocument,
    /// Whether a person said that it may take away as much as it does.
    pub is_accepted: bool,
}

/// A file beside the documents that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestedAsset {
    /// Path and metadata of the asset.
    pub asset: Asset,
    /// Fingerprint of the file when it was read.
    pub fingerprint: Fingerprint,
}

/// Changed files of one pass over the folder.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Documents that are new, changed or moved.
    pub ingested: Vec<IngestedDocument>,
    /// Documents that are gone.
    pub removed: Vec<DocumentPath>,
    /// Documents whose bytes are the same and whose fingerprint is not.
    pub fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
    /// Documents that are gone with so many others that they wait for a person's word.
    pub missing_held: Vec<(DocumentPath, DiagnosticKind)>,
    /// Files beside the documents that are new or changed.
    pub assets: Vec<IngestedAsset>,
    /// Files beside the documents that are gone.
    pub removed_assets: Vec<DocumentPath>,
    /// Files beside the documents whose bytes are the same and whose fingerprint is not.
    pub asset_fingerprint_updates: Vec<(DocumentPath, Fingerprint)>,
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        !self.makes_revision()
            && self.missing_held.is_empty()
            && self.fingerprint_updates.is_empty()
            && self.asset_fingerprint_updates.is_empty()
    }

    /// Whether anything of it makes a revision.
    fn makes_revision(&self) -> bool {
        let documents = self.ingested.len() + self.removed.len();
        documents + self.assets.len() + self.removed_assets.len() > 0
    }
}

/// Result of publishing a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishReport {
    /// The revision from which on it is served.
    pub revision: Revision,
    /// Changes in the order of the change log.
    pub changes: Vec<Change>,
    /// Documents that wait for a person's word, with what their editors are told.
    pub held: Vec<(DocumentPath, Diagnostic)>,
}

impl Storage {
    /// Writes a batch in one transaction. Where only fingerprints differ there is no new revision.
    ///
    /// Call it from the one task that writes, and never inside a `select!` or a time-out: a cancelled transaction leaves
    /// a connection in doubt.
    pub async fn publish(&self, batch: Batch, at: Timestamp) -> Result<Option<PublishReport>, StorageError> {
        fail_point!(self.fail_points, "publish.before_begin");
        let transaction = self.begin().await?;
        fail_point!(self.fail_points, "publish.begin");
        for (path, fingerprint) in &batch.fingerprint_updates {
            document::update_fingerprint(&transaction, path, fingerprint).await?;
        }
        document::hold_missing(&transaction, &batch.missing_held, at).await?;
        fail_point!(self.fail_points, "publish.held");
        for (path, fingerprint) in &batch.asset_fingerprint_updates {
            asset::update_fingerprint(&transaction, path, fingerprint).await?;
        }
        fail_point!(self.fail_points, "publish.fingerprints");
        if !batch.makes_revision() {
            transaction.commit().await?;
            return Ok(None);
        }
        let revision = Revision { number: next_revision(&transaction).await?, at };
        fail_point!(self.fail_points, "publish.revision_number");
        let mut writer = BatchWriter {
            transaction,
            fail_points: self.fail_points.clone(),
            revision,
            changes: Vec::new(),
            held: Vec::new(),
            changed_targets: ChangedTargets::default(),
            pending: PendingWrites::default(),
        };
        writer.write(batch).await?;
        writer.refresh_reference_diagnostics().await?;
        fail_point!(self.fail_points, "publish.reference_diagnostics");
        let BatchWriter { transaction, changes, held, .. } = writer;
        log_changes(&transaction, revision.number, &changes).await?;
        fail_point!(self.fail_points, "publish.change_log");
        let row = revision::Model { number: revision.number.get(), at: at.millis() };
        revision::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        fail_point!(self.fail_points, "publish.before_commit");
        transaction.commit().await?;
        self.notify_revision(revision);
        fail_point!(self.fail_points, "publish.after_commit");
        Ok(Some(PublishReport { revision, changes, held }))
    }

    /// Says that all stored content was read by the readers of this version.
    pub async fn set_reader_version(&self, version: i32) -> Result<(), StorageError> {
        meta::Entity::update_many()
            .col_expr(meta::Column::ReaderVersion, Expr::value(version))
            .exec(&self.write_pool)
            .await?;
        Ok(())
    }

    /// Returns the time of the last pass that read every file, whatever its fingerprint.
    pub async fn audited_at(&self) -> Result<Timestamp, StorageError> {
        let row = meta::Entity::find().one(&self.write_pool).await?;
        Ok(Timestamp::from_millis(row.map_or(0, |row| row.audited_at)))
    }

    /// Says that every file of the folder was read.
    pub async fn set_audited_at(&self, at: Timestamp) -> Result<(), StorageError> {
        meta::Entity::update_many()
            .col_expr(meta::Column::AuditedAt, Expr::value(at.millis()))
            .exec(&self.write_pool)
            .await?;
        Ok(())
    }
}

/// Takes the next revision number. The one row of `meta` is locked from here on, so that numbers are without gaps and in
/// the order of the commits.
async fn next_revision(transaction: &DatabaseTransaction) -> Result<RevisionNumber, StorageError> {
    use sea_orm::sea_query::ExprTrait;
    meta::Entity::update_many()
        .col_expr(meta::Column::Revision, Expr::col(meta::Column::Revision).add(1))
        .exec(transaction)
        .await?;
    let row = meta::Entity::find().one(transaction).await?;
    row.map(|row| RevisionNumber::new(row.revision)).ok_or_else(|| StorageError::InvalidValue {
        table: "meta",
        key: "1".to_owned(),
        column: "revision",
        detail: "the row is missing".to_owned(),
    })
}

async fn log_changes(
    connection: &impl ConnectionTrait,
    revision: RevisionNumber,
    changes: &[Change],
) -> Result<(), StorageError> {
    let rows = changes.iter().zip(0..).map(|(change, ordinal)| change_log::Model {
        id: 0,
        revision: revision.get(),
        ordinal,
        kind: change.kind.name().to_owned(),
        node_kind: change.node.kind().to_owned(),
        node_key: change.node.key().to_owned(),
        field: change.field.map(str::to_owned),
        before: change.before.clone(),
        after: change.after.clone(),
    });
    rows::insert::<change_log::Entity>(connection, rows.collect(), change_log::Column::Id).await
}

/// A transaction on its way to a revision.
struct BatchWriter {
    transaction: DatabaseTransaction,
    fail_points: FailPoints,
    revision: Revision,
    changes: Vec<Change>,
    held: Vec<(DocumentPath, Diagnostic)>,
    changed_targets: ChangedTargets,
    pending: PendingWrites,
}

impl BatchWriter {
    async fn write(&mut self, batch: Batch) -> Result<(), StorageError> {
        self.write_assets(&batch.assets, &batch.removed_assets).await?;
        fail_point!(self.fail_points, "publish.assets");
        self.remove(&batch.removed).await?;
        fail_point!(self.fail_points, "publish.removals");
        let old_paths: Vec<_> =
            batch.ingested.iter().filter_map(|document| document.moved_from.as_ref()).collect();
        let moved = document::release_paths(&self.transaction, &old_paths).await?;
        fail_point!(self.fail_points, "publish.moves");
        let mut stored = StoredState::load(&self.transaction, &batch.ingested, &moved).await?;
        for ingested in batch.ingested {
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

    /// Serves nothing of documents any more.
    async fn remove(&mut self, paths: &[DocumentPath]) -> Result<(), StorageError> {
        let paths: Vec<&DocumentPath> = paths.iter().collect();
        let (mut stored, removed) = StoredState::load_removed(&self.transaction, &paths).await?;
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
        Ok(())
    }

    async fn ingest(
        &mut self,
        stored: &mut StoredState,
        key: Option<DocumentKey>,
        mut ingested: IngestedDocument,
    ) -> Result<(), StorageError> {
        let key = match key {
            Some(key) => key,
            None => {
                let original = stored.document(ingested.path.as_str());
                document::new_key(&self.transaction, &ingested.path, original).await?
            }
        };
        fail_point!(self.fail_points, "publish.document_key");
        let before = if stored.has_plan(&key) { self.live_plan(&key).await? } else { None };
        let served = before.as_ref().map(|before| &before.content);
        let matching = match &ingested.reading.content {
            Some(Content::Plan(plan)) => Some(MeasureMatching::of(plan, served)),
            Some(Content::Page { .. }) | None => None,
        };
        let row = stored.document(key.as_str());
        if row.is_some() {
            self.pending.documents_with_new_diagnostics.push(key.to_string());
        }
        if let Some(diagnostic) = loss_diagnostic(served, matching.as_ref(), &ingested) {
            return self.hold_document((&key, row), ingested, diagnostic);
        }
        let content = ingested.reading.content.take();
        self.changed_targets.documents.insert(key.to_string());
        let Some(content) = content else {
            let node = NodeKey::Document(key.clone());
            self.changes.push(Change::of_node(ChangeKind::DocumentRejected, node));
            return self.queue_document((&key, row), &ingested, DocumentState::Rejected, None);
        };
        if row.is_some() {
            self.pending.documents_with_new_references.push(key.to_string());
        }
        let references = std::mem::take(&mut ingested.reading.references);
        self.pending.references.append(&mut from_references(&key, content.lang(), references)?);
        let page = stored.take_page(&key);
        let lines = match content {
            Content::Plan(plan) => {
                self.close_page(&mut stored.names, page);
                let matching = matching.unwrap_or_else(|| {
                    MeasureMatching::of(&plan, before.as_ref().map(|before| &before.content))
                });
                self.replace_plan(&key, &ingested.path, (before, matching), *plan).await?
            }
            Content::Page { page: new, service } => {
                self.close_plan(before).await?;
                let service = service.map(|service| *service);
                self.replace_page(&mut stored.names, (&key, &ingested.path), page.as_ref(), (*new, service))?;
                SourceLines::default()
            }
        };
        fail_point!(self.fail_points, "publish.content");
        let row = stored.document(key.as_str());
        self.queue_document((&key, row), &ingested, DocumentState::Published, Some(&lines))
    }

    fn queue_document(
        &mut self,
        (key, before): (&DocumentKey, Option<&entity::document::Model>),
        ingested: &IngestedDocument,
        state: DocumentState,
        lines: Option<&SourceLines>,
    ) -> Result<(), StorageError> {
        let row = document::to_row(key, before, ingested, (state, self.revision), lines)?;
        self.pending.documents.push(row);
        for diagnostic in &ingested.reading.diagnostics {
            self.pending.diagnostics.push(from_diagnostic(key, diagnostic)?);
        }
        Ok(())
    }

    /// Leaves what is served of a document as it is until a person says that the new version is meant.
    fn hold_document(
        &mut self,
        (key, before): (&DocumentKey, Option<&entity::document::Model>),
        mut ingested: IngestedDocument,
        diagnostic: Diagnostic,
    ) -> Result<(), StorageError> {
        ingested.reading.diagnostics.insert(0, diagnostic.clone());
        self.changes.push(Change {
            field: Some("state"),
            after: Some(DocumentState::Held.name().to_owned()),
            ..Change::of_node(ChangeKind::DocumentRejected, NodeKey::Document(key.clone()))
        });
        self.queue_document((key, before), &ingested, DocumentState::Held, None)?;
        self.held.push((ingested.path, diagnostic));
        Ok(())
    }
}

/// Returns the diagnostic for a document that removes too many measures. `None` if it does not, or if it was
/// accepted.
fn loss_diagnostic(
    before: Option<&PlanContent>,
    matching: Option<&MeasureMatching>,
    ingested: &IngestedDocument,
) -> Option<Diagnostic> {
    let content = ingested.reading.content.as_ref().filter(|_| !ingested.is_accepted)?;
    let loss = MassLoss::exceeding_threshold(before?, matching)?;
    let kind = DiagnosticKind::PlanHeld {
        removed: loss.numbers.len(),
        total: loss.total,
        numbers: loss.format_numbers(),
        confirmation_file: format!("{}.accept", ingested.path.name()),
    };
    Some(passerelle_messages::to_diagnostic(&kind, content.lang(), None, None))
}
