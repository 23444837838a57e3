//! The statuses of a measure.

use serde::{Deserialize, Serialize};

/// Status of a measure. The names are those of Kausal Watch and Decidim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MeasureStatus {
    /// Not begun.
    NotStarted,
    /// Under way.
    InProgress,
    /// Done.
    Completed,
    /// Behind its time.
    Late,
    /// Put off.
    Postponed,
    /// Given up.
    Cancelled,
    /// Taken into another measure.
    Merged,
    /// No longer part of the plan.
    OutOfScope,
    /// Not understood.
    Undefined,
}

impl MeasureStatus {
    /// Every status, in the order in which they are counted.
    pub const ALL: [Self; 9] = [
        Self::NotStarted,
        Self::InProgress,
        Self::Completed,
        Self::Late,
        Self::Postponed,
        Self::Cancelled,
        Self::Merged,
        Self::OutOfScope,
        Self::Undefined,
    ];

    /// The name in upper case, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Late => "LATE",
            Self::Postponed => "POSTPONED",
            Self::Cancelled => "CANCELLED",
            Self::Merged => "MERGED",
            Self::OutOfScope => "OUT_OF_SCOPE",
            Self::Undefined => "UNDEFINED",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
