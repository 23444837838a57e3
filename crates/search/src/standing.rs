//! Where an index stands: written into each of its commits, and what is asked of it before it is gone on with.

use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::SearchKind;
use serde::{Deserialize, Serialize};

/// Of what this version writes. Raise it when the analysis, the fields or what goes into them changes: an index of another
/// version is built anew.
const VERSION: u32 = 1;

/// What of the database is in the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Everything of this revision.
    pub(crate) revision: Revision,
    /// What had been pruned by then.
    pub(crate) pruned: RevisionNumber,
    /// The last row of each kind.
    pub(crate) last_rows: [i64; SearchKind::ALL.len()],
}

#[derive(Serialize, Deserialize)]
struct Payload {
    version: u32,
    revision: i64,
    at: i64,
    pruned: i64,
    last_rows: [i64; SearchKind::ALL.len()],
}

impl Standing {
    /// As it is written.
    pub(crate) fn payload(&self) -> String {
        let payload = Payload {
            version: VERSION,
            revision: self.revision.number.get(),
            at: self.revision.at.millis(),
            pruned: self.pruned.get(),
            last_rows: self.last_rows,
        };
        // Numbers can always be written.
        serde_json::to_string(&payload).unwrap_or_default()
    }

    /// What was written, if by this version.
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
    fn a_standing_comes_back_and_one_of_another_version_does_not() {
        let standing = Standing {
            revision: Revision { number: RevisionNumber::new(7), at: Timestamp::from_millis(1_000) },
            pruned: RevisionNumber::new(2),
            last_rows: [1, 2, 3, 4],
        };
        let payload = standing.payload();
        assert_eq!(Standing::read(&payload), Some(standing));
        assert_eq!(Standing::read(&payload.replace("\"version\":1", "\"version\":0")), None);
        assert_eq!(Standing::read("{}"), None);
    }
}
