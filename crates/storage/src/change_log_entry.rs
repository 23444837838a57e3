//! Entry of the change log, and its position.

use passerelle_model::change::{ChangeKind, ChangedField, NodeKey};
use passerelle_model::revision::{Revision, RevisionNumber};

use crate::keyset::{Cursor, CursorValue};

/// A change with its position in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLogEntry {
    /// Revision that contains the change.
    pub revision: Revision,
    /// Ordinal of the change within its revision.
    pub ordinal: i32,
    /// Kind of the change.
    pub kind: ChangeKind,
    /// The object that changed. `None` for [`ChangeKind::Resync`].
    pub node: Option<NodeKey>,
    /// The changed field. `None` if the object was added or removed.
    pub field: Option<ChangedField>,
    /// The previous value. For a removed object, its title.
    pub before: Option<String>,
    /// The new value. For an added object, its title.
    pub after: Option<String>,
}

/// Position in the change log. Changes are returned in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangePosition {
    /// Revision of the change.
    pub revision: RevisionNumber,
    /// Ordinal of the change within its revision.
    pub ordinal: i32,
}

impl ChangePosition {
    /// Returns the position after the last change of a revision.
    pub fn end_of(revision: RevisionNumber) -> Self {
        Self { revision, ordinal: i32::MAX }
    }

    /// Returns the position as a cursor of the list of changes.
    pub(crate) fn cursor(self) -> Cursor {
        let values = [self.revision.get(), i64::from(self.ordinal)];
        Cursor(values.map(CursorValue::Number).to_vec())
    }
}

impl ChangeLogEntry {
    /// Returns the position in the change log.
    pub fn position(&self) -> ChangePosition {
        ChangePosition { revision: self.revision.number, ordinal: self.ordinal }
    }
}
