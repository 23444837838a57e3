//! State of the worker that synchronises the database with the folder.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// The number of a batch of changes, without gaps, in the order in which they became visible. 0: nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionNumber(i64);

impl RevisionNumber {
    /// The revision of this number.
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A revision and when it was published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub number: RevisionNumber,
    /// Time of publication.
    pub at: Timestamp,
}

/// Source of change notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WatchMode {
    /// The operating system tells.
    #[default]
    Native,
    /// The folder is looked at again and again.
    Polling,
}

/// State of the worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncState {
    /// Nothing known to be different from the folder.
    #[default]
    Idle,
    /// Changes are being read or published.
    Syncing,
    /// The folder cannot be read or watched in full; the last good state is served.
    Degraded,
}

/// Kind of a problem with the folder or the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The folder is not there, or cannot be read.
    FolderMissing,
    /// The folder is empty and was not.
    FolderEmpty,
    /// Most of the documents are gone at once.
    MassRemoval,
    /// The database cannot be read or written.
    Storage,
    /// The worker failed for another reason.
    Failed,
    /// A folder or file cannot be looked at.
    Unreadable,
    /// A folder lies too deep.
    TooDeep,
    /// The system gives no notice of changes in a folder.
    Unwatched,
    /// A name is not UTF-8.
    NameNotUtf8,
    /// A name cannot be that of a document.
    NameInvalid,
    /// Two names differ in case, or in how accents are spelt, and in nothing else.
    NameTwice,
    /// A link, which is not followed.
    Link,
    /// A pipe, a socket or a device.
    SpecialFile,
}

/// Something that an operator should know of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProblem {
    /// Kind of the problem.
    pub kind: ProblemKind,
    /// Path below the folder, percent-encoded if it is not UTF-8. `None` for the folder itself or the
    /// database.
    pub path: Option<String>,
    /// Description of the problem in one sentence.
    pub message: String,
    /// Suggested action in one or two sentences.
    pub advice: String,
    /// Since when.
    pub since: Timestamp,
}

/// The worker's state, as it tells it to the API over a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// Source of change notifications.
    pub mode: WatchMode,
    /// State of the worker.
    pub state: SyncState,
    /// Documents known to be different and not yet published.
    pub pending: u32,
    /// End of the last full scan. `None` before the first one.
    pub last_scan_at: Option<Timestamp>,
    /// Current problems, most severe first. At most [`SyncStatus::MAX_PROBLEMS`].
    pub problems: Vec<SyncProblem>,
    /// Number of all current problems, including those that are not listed.
    pub problem_count: u32,
    /// Number of overflows of the event queue since the start.
    pub overflows: u64,
    /// Number of changes since the start that only a full scan found, because their events were lost.
    pub missed: u64,
    /// Number of full scans since the start.
    pub scans: u64,
}

impl SyncStatus {
    /// The most problems that are told.
    pub const MAX_PROBLEMS: usize = 100;

    /// Returns the message of the most severe problem. `None` if there is no problem.
    pub fn reason(&self) -> Option<&str> {
        self.problems.first().map(|problem| problem.message.as_str())
    }
}

/// Result of a requested full scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncOutcome {
    /// A revision with everything in it that was written before the request; none where it could not be made.
    pub revision: Option<Revision>,
    /// Problems that remain after the scan.
    pub problems: Vec<SyncProblem>,
}
