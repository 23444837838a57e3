//! Rows of the table `change_log`.

use passerelle_model::change::{Change, ChangeKind, ChangedField, NodeKey};
use passerelle_model::revision::RevisionNumber;

use crate::change_log_entry::ChangeLogEntry;
use crate::column::RowContext;
use crate::entity::change_log;
use crate::error::StorageError;
use crate::revision_times::RevisionTimes;

/// Converts a row. `times` has the revision of the row.
pub(crate) fn to_change(
    row: change_log::Model,
    times: &RevisionTimes,
) -> Result<ChangeLogEntry, StorageError> {
    let key = row.id.to_string();
    let context = RowContext { table: "change_log", key: &key };
    let node = match row.node_kind.as_str() {
        // A resync entry has no object.
        "" => None,
        kind => Some(context.parse_text("node_kind", kind, |kind| NodeKey::from_parts(kind, &row.node_key))?),
    };
    Ok(ChangeLogEntry {
        revision: times.revision(row.revision)?,
        ordinal: row.ordinal,
        kind: context.parse_text("kind", &row.kind, ChangeKind::from_name)?,
        node,
        // A field that this version does not know has no name. The change is still listed.
        field: row.field.as_deref().and_then(ChangedField::from_name),
        before: row.before,
        after: row.after,
    })
}

/// `ordinal` is the position of the change in its revision.
pub(crate) fn from_change(change: &Change, revision: RevisionNumber, ordinal: i32) -> change_log::Model {
    change_log::Model {
        id: 0,
        revision: revision.get(),
        ordinal,
        kind: change.kind.name().to_owned(),
        node_kind: change.node.kind().to_owned(),
        node_key: change.node.key().to_owned(),
        field: change.field.map(|field| field.name().to_owned()),
        before: change.before.clone(),
        after: change.after.clone(),
    }
}

/// Returns the row that tells clients to refetch their data. It comes before the other changes of its
/// revision.
pub(crate) fn resync_row(revision: i64) -> change_log::Model {
    change_log::Model {
        id: 0,
        revision,
        ordinal: 0,
        kind: ChangeKind::Resync.name().to_owned(),
        node_kind: String::new(),
        node_key: String::new(),
        field: None,
        before: None,
        after: None,
    }
}
