//! Publishes changed files in one transaction, which creates one revision.

mod asset;
mod batch_writer;
mod changed_targets;
mod collection;
mod document;
mod ingest;
mod key_allocator;
mod page;
mod pending_writes;
mod plan;
mod reference_checks;
pub(crate) mod rows;
mod stored_state;

use std::collections::BTreeMap;

use passerelle_model::change::Change;
use passerelle_model::document::DocumentState;
use passerelle_model::path::DocumentPath;
use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use crate::connect::Storage;
use crate::convert::change::from_change;
use crate::entity::{change_log, revision};
use crate::error::StorageError;
use crate::fail_point;
use crate::file_change::FileChange;
use crate::meta::next_revision;
use batch_writer::BatchWriter;
use changed_targets::ChangedTargets;
use pending_writes::PendingWrites;

/// Result of publishing changed files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishReport {
    /// Revision that contains the changes.
    pub revision: Revision,
    /// Changes in the order of the change log.
    pub changes: Vec<Change>,
    /// State of each ingested document: published, rejected, held or draft.
    pub states: BTreeMap<DocumentPath, DocumentState>,
}

impl Storage {
    /// Writes changed files in one transaction and returns the new revision. Returns `None` if no change
    /// creates a revision.
    ///
    /// Moves the content of the ingested documents out of `changes`, and adds the diagnostic of a draft or
    /// held document in front of its diagnostics. Do not publish the same list again after an error.
    ///
    /// Call it only from the task that writes, and never inside `select!` or a timeout. Cancelling a
    /// running transaction leaves the connection in an unknown state.
    pub async fn publish(
        &self,
        changes: &mut [FileChange],
        at: Timestamp,
    ) -> Result<Option<PublishReport>, StorageError> {
        fail_point!(self.fail_points, "publish.before_begin");
        let transaction = self.begin_publishing().await?;
        fail_point!(self.fail_points, "publish.begin");
        update_fingerprints(&transaction, changes).await?;
        fail_point!(self.fail_points, "publish.fingerprints");
        document::hold_missing(&transaction, changes, at).await?;
        fail_point!(self.fail_points, "publish.held");
        if !changes.iter().any(FileChange::makes_revision) {
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
            states: BTreeMap::new(),
            changed_targets: ChangedTargets::default(),
            pending: PendingWrites::default(),
        };
        writer.write(changes).await?;
        writer.refresh_reference_diagnostics().await?;
        fail_point!(self.fail_points, "publish.reference_diagnostics");
        let BatchWriter { transaction, changes, states, .. } = writer;
        log_changes(&transaction, revision.number, &changes).await?;
        fail_point!(self.fail_points, "publish.change_log");
        let row = revision::Model { number: revision.number.get(), at: at.millis() };
        revision::Entity::insert(row.into_active_model()).exec_without_returning(&transaction).await?;
        self.engine.announce(&transaction, revision.number).await?;
        fail_point!(self.fail_points, "publish.before_commit");
        transaction.commit().await?;
        self.notify_revision(revision);
        fail_point!(self.fail_points, "publish.after_commit");
        Ok(Some(PublishReport { revision, changes, states }))
    }
}

/// Updates the fingerprints of unchanged files.
async fn update_fingerprints(
    connection: &impl ConnectionTrait,
    changes: &[FileChange],
) -> Result<(), StorageError> {
    for change in changes {
        match change {
            FileChange::DocumentFingerprint(path, fingerprint) => {
                document::update_fingerprint(connection, path, fingerprint).await?;
            }
            FileChange::AssetFingerprint(path, fingerprint) => {
                asset::update_fingerprint(connection, path, fingerprint).await?;
            }
            FileChange::DocumentIngested(_)
            | FileChange::DocumentRemoved(_)
            | FileChange::DocumentMissing(..)
            | FileChange::AssetIngested(_)
            | FileChange::AssetRemoved(_) => {}
        }
    }
    Ok(())
}

async fn log_changes(
    connection: &impl ConnectionTrait,
    revision: RevisionNumber,
    changes: &[Change],
) -> Result<(), StorageError> {
    let rows = changes.iter().zip(0..).map(|(change, ordinal)| from_change(change, revision, ordinal));
    rows::insert::<change_log::Entity>(connection, rows.collect(), change_log::Column::Id).await
}
