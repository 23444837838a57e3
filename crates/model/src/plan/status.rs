//! Statuses of a measure.

use serde::{Deserialize, Serialize};

/// Status of a measure. The names are those of Kausal Watch and Decidim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MeasureStatus {
    /// Work has not started.
    NotStarted,
    /// Work has started.
    InProgress,
    /// All work is done.
    Completed,
    /// Work is behind schedule.
    Late,
    /// Work is postponed.
    Postponed,
    /// The measure is abandoned.
    Cancelled,
    /// The measure is part of another measure now.
    Merged,
    /// The measure is no longer part of the plan.
    OutOfScope,
    /// The document gives no status, or a status that the reader does not know.
    Undefined,
}

impl MeasureStatus {
    /// Every status, in the order of the progress counts.
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

    /// Returns the upper-case name that the database and the API use, for example `NOT_STARTED`.
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

    /// Inverse of [`MeasureStatus::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
