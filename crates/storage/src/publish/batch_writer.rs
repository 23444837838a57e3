//! The transaction that publishes a batch.

use std::collections::BTreeMap;

use passerelle_model::change::Change;
use passerelle_model::document::DocumentState;
use passerelle_model::path::DocumentPath;
use passerelle_model::revision::Revision;
use sea_orm::DatabaseTransaction;

use super::changed_targets::ChangedTargets;
use super::pending_writes::PendingWrites;
use crate::fail_point::FailPoints;

/// A running transaction and the changes that it has collected so far.
pub(super) struct BatchWriter {
    pub(super) transaction: DatabaseTransaction,
    pub(super) fail_points: FailPoints,
    pub(super) revision: Revision,
    pub(super) changes: Vec<Change>,
    pub(super) states: BTreeMap<DocumentPath, DocumentState>,
    pub(super) changed_targets: ChangedTargets,
    pub(super) pending: PendingWrites,
}
