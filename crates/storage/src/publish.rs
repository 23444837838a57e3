//! Publishes a batch of documents in one transaction, which creates one revision.

mod asset;
mod batch_writer;
mod changed_targets;
mod collection;
mod document;
mod former_address;
mod ingest;
mod key_allocator;
mod page;
mod pending_writes;
mod plan;
mod reference_checks;
pub(crate) mod rows;
mod stored_state;

use passerelle_model::change::Change;
use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use crate::batch::Batch;
use crate::connect::Storage;
use crate::entity::{change_log, revision};
use crate::error::StorageError;
use crate::fail_point;
use crate::meta::next_revision;
use batch_writer::BatchWriter;
use changed_targets::ChangedTargets;
use pending_writes::PendingWrites;

/// Result of publishing a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishReport {
    /// Revision that contains the batch.
    pub revision: Revision,
    /// Changes in the order of the change log.
    pub changes: Vec<Change>,
    /// Documents that are held for confirmation, with their diagnostics.
    pub held: Vec<(DocumentPath, Diagnostic)>,
}

impl Storage {
    /// Writes a batch in one transaction and returns the new revision. Returns `None` if only fingerprints
    /// changed.
    ///
    /// Call it only from the task that writes, and never inside `select!` or a timeout. Cancelling a
    /// running transaction leaves the connection in an unknown state.
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
        field: change.field.map(|field| field.name().to_owned()),
        before: change.before.clone(),
        after: change.after.clone(),
    });
    rows::insert::<change_log::Entity>(connection, rows.collect(), change_log::Column::Id).await
}
