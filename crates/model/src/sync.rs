//! How the worker that keeps the service equal to the folder is doing.

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
    /// When it was published.
    pub at: Timestamp,
}

/// How changes come to be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WatchMode {
    /// The operating system tells.
    #[default]
    Native,
    /// The folder is looked at again and again.
    Polling,
}

/// What the worker is at.
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

/// What can stand between the folder and what is served, or between the service and its folder.
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
    /// What it is.
    pub kind: ProblemKind,
    /// Where, as a path below the folder. What is not UTF-8 is percent-encoded. None: the folder itself, or none of its files.
    pub path: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
    /// Since when.
    pub since: Timestamp,
}

/// The worker's state, as it tells it to the API over a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// How changes come to be known.
    pub mode: WatchMode,
    /// What the worker is at.
    pub state: SyncState,
    /// Documents known to be different and not yet published.
    pub pending: u32,
    /// When the whole folder was last compared.
    pub last_scan_at: Option<Timestamp>,
    /// Why the state is [`SyncState::Degraded`], the gravest first; [`SyncStatus::MOST_PROBLEMS`] at the most.
    pub problems: Vec<SyncProblem>,
    /// How many there are.
    pub problem_count: u32,
    /// How often the system lost count of what changed, since the start.
    pub overflows: u64,
    /// How many changed documents only a full scan found, since the start: what events missed.
    pub missed: u64,
    /// How many full scans there were, since the start.
    pub scans: u64,
}

impl SyncStatus {
    /// The most problems that are told.
    pub const MOST_PROBLEMS: usize = 100;

    /// Why the state is [`SyncState::Degraded`], in a sentence.
    pub fn reason(&self) -> Option<&str> {
        self.problems.first().map(|problem| problem.message.as_str())
    }
}

/// What became of a request to look at the whole folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncOutcome {
    /// A revision with everything in it that was written before the request; none where it could not be made.
    pub revision: Option<Revision>,
    /// What stands between the folder and what is served.
    pub problems: Vec<SyncProblem>,
}
