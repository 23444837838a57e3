//! Checkpoint of the index: the state of the database that a commit of the index contains.
//!
//! It is stored as the payload of each Tantivy commit. At start the updater continues from it, or rebuilds
//! the index.

use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{RowId, SearchKind};
use serde::{Deserialize, Serialize};

/// Version of the index format. Increase it when the analysis, the stemmer, the fields or the indexed text
/// change: an index of another version is rebuilt.
const VERSION: u32 = 3;

/// Content of the database that is in the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The index contains everything of this revision.
    pub(crate) revision: Revision,
    /// The oldest revision that the database still had at that time.
    pub(crate) pruned: RevisionNumber,
    /// Largest indexed row id of each kind, in the order of [`SearchKind::ALL`].
    pub(crate) last_rows: [RowId; SearchKind::ALL.len()],
}

#[derive(Serialize, Deserialize)]
struct Payload {
    version: u32,
    revision: i64,
    at: i64,
    pruned: i64,
    last_rows: [RowId; SearchKind::ALL.len()],
}

impl Checkpoint {
    /// Encodes the checkpoint as JSON.
    pub(crate) fn payload(&self) -> String {
        let payload = Payload {
            version: VERSION,
            revision: self.revision.number.get(),
            at: self.revision.at.millis(),
            pruned: self.pruned.get(),
            last_rows: self.last_rows,
        };
        // Cannot fail: the payload contains only numbers.
        serde_json::to_string(&payload).unwrap_or_default()
    }

    /// Decodes a checkpoint. Returns `None` if another version of the program wrote it.
    pub(crate) fn read(payload: &str) -> Option<Self> {
        let payload: Payload = serde_json::from_str(payload).ok()?;
        (payload.version == VERSION).then(|| Self {
            revision: Revision {
                number: RevisionNumber::new(payload.revision),
                at: Timestamp::from_millis(payload.at),
            },
            pruned: RevisionNumber::new(payload.pruned),
            last_rows: payload.last_rows,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_of_this_version_round_trips_and_others_are_ignored() {
        let checkpoint = Checkpoint {
            revision: Revision { number: RevisionNumber::new(7), at: Timestamp::from_millis(1_000) },
            pruned: RevisionNumber::new(2),
            last_rows: [1, 2, 3, 4].map(RowId::new),
        };
        let payload = checkpoint.payload();
        assert_eq!(Checkpoint::read(&payload), Some(checkpoint));
        let version = |number: u32| format!("\"version\":{number}");
        let older = payload.replace(&version(VERSION), &version(VERSION - 1));
        assert_ne!(older, payload);
        assert_eq!(Checkpoint::read(&older), None);
        assert_eq!(Checkpoint::read("{}"), None);
    }
}
