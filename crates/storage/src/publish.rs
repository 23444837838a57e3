//! One batch of documents, one transaction, one revision.

mod asset;
mod document;
mod draft;
mod health;
mod known;
mod names;
mod page;
mod plan;
pub(crate) mod rows;

use passerelle_model::asset::Asset;
use passerelle_model::change::{Change, ChangeKind, NodeKey};
use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{Diagnostic, Fault};
use passerelle_model::key::DocumentKey;
use passerelle_model::manifest::{DocumentState, Fingerprint};
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::{Content, Reading};
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use passerelle_versioning::guard::Loss;
use passerelle_versioning::identity::{Pairing, PlanContent};
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};

use crate::connect::Storage;
use crate::documents::{SourceLines, from_diagnostic};
use crate::entity::{self, change_log, meta, revision};
use crate::error::StorageError;
use crate::fail_point;
use crate::fail_point::FailPoints;
use draft::Draft;
use health::{Touched, from_references};
use known::Known;

/// A document that was read.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// Where it lies.
    pub path: DocumentPath,
    /// Where it lay before, if it was moved.
    pub moved_from: Option<DocumentPath>,
    /// What the file system said of it.
    pub fingerprint: Fingerprint,
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// Their number.
    pub size: u64,
    /// The identity of the front matter that its folders give it, if they give any.
    pub defaults: Option<Checksum>,
    /// What they say.
    pub reading: Reading,
    /// Whether a person said that it may take away as much as it does.
    pub is_accepted: bool,
}

/// A file beside the documents that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestedAsset {
    /// What is known of it.
    pub asset: Asset,
    /// What the file system said of it.
    pub fingerprint: Fingerprint,
}

/// What a pass over the folder found to be different.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Documents that are new, changed or moved.
    pub ingested: Vec<Ingested>,
    /// Documents that are gone.
    pub removed: Vec<DocumentPath>,
    /// Documents whose bytes are the same and whose fingerprint is not.
    pub touched: Vec<(DocumentPath, Fingerprint)>,
    /// Documents that are gone with so many others that they wait for a person's word.
    pub held: Vec<(DocumentPath, Fault)>,
    /// Files beside the documents that are new or changed.
    pub assets: Vec<IngestedAsset>,
    /// Files beside the documents that are gone.
    pub assets_removed: Vec<DocumentPath>,
    /// Files beside the documents whose bytes are the same and whose fingerprint is not.
    pub assets_touched: Vec<(DocumentPath, Fingerprint)>,
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        !self.is_news() && self.held.is_empty() && self.touched.is_empty() && self.assets_touched.is_empty()
    }

    /// Whether anything of it makes a revision.
    fn is_news(&self) -> bool {
        let documents = self.ingested.len() + self.removed.len();
        documents + self.assets.len() + self.assets_removed.len() > 0
    }
}

/// What a batch became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The revision from which on it is served.
    pub revision: Revision,
    /// What it changed, in order.
    pub changes: Vec<Change>,
    /// Documents that wait for a person's word, with what their editors are told.
    pub held: Vec<(DocumentPath, Diagnostic)>,
}

impl Storage {
    /// Writes a batch in one transaction. Where only fingerprints differ there is no new revision.
    ///
    /// Call it from the one task that writes, and never inside a `select!` or a time-out: a cancelled transaction leaves
    /// a connection in doubt.
    pub async fn publish(&self, batch: Batch, at: Timestamp) -> Result<Option<Published>, StorageError> {
        fail_point!(self.fail_points, "publish.before_begin");
        let transaction = self.begin().await?;
        fail_point!(self.fail_points, "publish.begin");
        for (path, fingerprint) in &batch.touched {
            document::touch(&transaction, path, fingerprint).await?;
        }
        document::hold_missing(&transaction, &batch.held, at).await?;
        fail_point!(self.fail_points, "publish.held");
        for (path, fingerprint) in &batch.assets_touched {
            asset::touch(&transaction, path, fingerprint).await?;
        }
        fail_point!(self.fail_points, "publish.touched");
        if !batch.is_news() {
            transaction.commit().await?;
            return Ok(None);
        }
        let revision = Revision { number: next_revision(&transaction).await?, at };
        fail_point!(self.fail_points, "publish.number");
        let mut writer = Writer {
            transaction,
            fail_points: self.fail_points.clone(),
            revision,
            changes: Vec::new(),
            held: Vec::new(),
            touched: Touched::default(),
            draft: Draft::default(),
        };
        writer.write(batch).await?;
        writer.refresh_health().await?;
        fail_point!(self.fail_points, "publish.health");
        let Writer { transaction, changes, held, .. } = writer;
        log_changes(&transaction, revision.number, &changes).await?;
        fail_point!(self.fail_points, "publish.change_log");
        let row = revision::Model { number: revision.number.get(), at: at.millis() };
        revision::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        fail_point!(self.fail_points, "publish.before_commit");
        transaction.commit().await?;
        self.announce(revision);
        fail_point!(self.fail_points, "publish.after_commit");
        Ok(Some(Published { revision, changes, held }))
    }

    /// Says that all stored content was read by the readers of this version.
    pub async fn confirm_reader_version(&self, version: i32) -> Result<(), StorageError> {
        meta::Entity::update_many()
            .col_expr(meta::Column::ReaderVersion, Expr::value(version))
            .exec(&self.writer)
            .await?;
        Ok(())
    }

    /// When every file of the folder was last read, whatever its fingerprint said.
    pub async fn audited_at(&self) -> Result<Timestamp, StorageError> {
        let row = meta::Entity::find().one(&self.writer).await?;
        Ok(Timestamp::from_millis(row.map_or(0, |row| row.audited_at)))
    }

    /// Says that every file of the folder was read.
    pub async fn confirm_audit(&self, at: Timestamp) -> Result<(), StorageError> {
        meta::Entity::update_many()
            .col_expr(meta::Column::AuditedAt, Expr::value(at.millis()))
            .exec(&self.writer)
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
    row.map(|row| RevisionNumber::new(row.revision)).ok_or_else(|| StorageError::Corrupt {
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
struct Writer {
    transaction: DatabaseTransaction,
    fail_points: FailPoints,
    revision: Revision,
    changes: Vec<Change>,
    held: Vec<(DocumentPath, Diagnostic)>,
    touched: Touched,
    draft: Draft,
}

impl Writer {
    async fn write(&mut self, batch: Batch) -> Result<(), StorageError> {
        self.write_assets(&batch.assets, &batch.assets_removed).await?;
        fail_point!(self.fail_points, "publish.assets");
        self.remove(&batch.removed).await?;
        fail_point!(self.fail_points, "publish.removals");
        let old_paths: Vec<_> =
            batch.ingested.iter().filter_map(|document| document.moved_from.as_ref()).collect();
        let moved = document::set_aside(&self.transaction, &old_paths).await?;
        fail_point!(self.fail_points, "publish.moves");
        let mut known = Known::of(&self.transaction, &batch.ingested, &moved).await?;
        for ingested in batch.ingested {
            let key = match ingested.moved_from.as_ref().and_then(|from| moved.get(from)) {
                Some(key) => Some(key.clone()),
                None => known.key_at(&ingested.path),
            };
            self.ingest(&mut known, key, ingested).await?;
        }
        self.write_draft().await
    }

    async fn write_draft(&mut self) -> Result<(), StorageError> {
        self.draft.write(&self.transaction, &self.fail_points, self.revision.number.get()).await
    }

    /// Serves nothing of documents any more.
    async fn remove(&mut self, paths: &[DocumentPath]) -> Result<(), StorageError> {
        let paths: Vec<&DocumentPath> = paths.iter().collect();
        let (mut known, gone) = Known::of_gone(&self.transaction, &paths).await?;
        for key in gone.values() {
            self.close_content(&mut known, key).await?;
        }
        self.write_draft().await?;
        fail_point!(self.fail_points, "publish.gone_closed");
        let keys: Vec<&str> = gone.values().map(DocumentKey::as_str).collect();
        document::bury(&self.transaction, &keys, self.revision).await
    }

    async fn close_content(&mut self, known: &mut Known, key: &DocumentKey) -> Result<(), StorageError> {
        if known.has_plan(key) {
            let plan = self.served_plan(key).await?;
            self.close_plan(plan).await?;
        }
        let page = known.take_page(key);
        self.close_page(&mut known.names, page);
        Ok(())
    }

    async fn ingest(
        &mut self,
        known: &mut Known,
        key: Option<DocumentKey>,
        mut ingested: Ingested,
    ) -> Result<(), StorageError> {
        let key = match key {
            Some(key) => key,
            None => {
                let at_birth = known.document(ingested.path.as_str());
                document::new_key(&self.transaction, &ingested.path, at_birth).await?
            }
        };
        fail_point!(self.fail_points, "publish.document_key");
        let before = if known.has_plan(&key) { self.served_plan(&key).await? } else { None };
        let served = before.as_ref().map(|before| &before.content);
        let pairing = match &ingested.reading.content {
            Some(Content::Plan(plan)) => Some(Pairing::of(plan, served)),
            Some(Content::Page { .. }) | None => None,
        };
        let row = known.document(key.as_str());
        if row.is_some() {
            self.draft.told_anew.push(key.to_string());
        }
        if let Some(diagnostic) = held_back(served, pairing.as_ref(), &ingested) {
            return self.hold((&key, row), ingested, diagnostic);
        }
        let content = ingested.reading.content.take();
        self.touched.documents.insert(key.to_string());
        let Some(content) = content else {
            let node = NodeKey::Document(key.clone());
            self.changes.push(Change::whole(ChangeKind::DocumentRejected, node));
            return self.draft_document((&key, row), &ingested, DocumentState::Rejected, None);
        };
        if row.is_some() {
            self.draft.refer_anew.push(key.to_string());
        }
        let references = std::mem::take(&mut ingested.reading.references);
        self.draft.references.append(&mut from_references(&key, content.lang(), references)?);
        let page = known.take_page(&key);
        let lines = match content {
            Content::Plan(plan) => {
                self.close_page(&mut known.names, page);
                let pairing = pairing
                    .unwrap_or_else(|| Pairing::of(&plan, before.as_ref().map(|before| &before.content)));
                self.replace_plan(&key, &ingested.path, (before, pairing), *plan).await?
            }
            Content::Page { page: new, service } => {
                self.close_plan(before).await?;
                let service = service.map(|service| *service);
                self.replace_page(&mut known.names, (&key, &ingested.path), page.as_ref(), (*new, service))?;
                SourceLines::default()
            }
        };
        fail_point!(self.fail_points, "publish.content");
        let row = known.document(key.as_str());
        self.draft_document((&key, row), &ingested, DocumentState::Published, Some(&lines))
    }

    fn draft_document(
        &mut self,
        (key, before): (&DocumentKey, Option<&entity::document::Model>),
        ingested: &Ingested,
        state: DocumentState,
        lines: Option<&SourceLines>,
    ) -> Result<(), StorageError> {
        let row = document::row(key, before, ingested, (state, self.revision), lines)?;
        self.draft.documents.push(row);
        for told in &ingested.reading.diagnostics {
            self.draft.diagnostics.push(from_diagnostic(key, told)?);
        }
        Ok(())
    }

    /// Leaves what is served of a document as it is until a person says that the new version is meant.
    fn hold(
        &mut self,
        (key, before): (&DocumentKey, Option<&entity::document::Model>),
        mut ingested: Ingested,
        diagnostic: Diagnostic,
    ) -> Result<(), StorageError> {
        ingested.reading.diagnostics.insert(0, diagnostic.clone());
        self.changes.push(Change {
            field: Some("state"),
            after: Some(DocumentState::Held.name().to_owned()),
            ..Change::whole(ChangeKind::DocumentRejected, NodeKey::Document(key.clone()))
        });
        self.draft_document((key, before), &ingested, DocumentState::Held, None)?;
        self.held.push((ingested.path, diagnostic));
        Ok(())
    }
}

/// What the editor of a document is told that would take away too much, if it would and nobody said that it may.
fn held_back(
    before: Option<&PlanContent>,
    pairing: Option<&Pairing>,
    ingested: &Ingested,
) -> Option<Diagnostic> {
    let content = ingested.reading.content.as_ref().filter(|_| !ingested.is_accepted)?;
    let loss = Loss::beyond_measure(before?, pairing)?;
    let fault = Fault::WouldLose {
        lost: loss.numbers.len(),
        served: loss.served,
        numbers: loss.named(),
        accept: format!("{}.accept", ingested.path.name()),
    };
    Some(passerelle_messages::diagnostic(&fault, content.lang(), None, None))
}
