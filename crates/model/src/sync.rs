//! State of the worker that synchronizes the database with the content folder.

use serde::{Deserialize, Serialize};

use crate::revision::Revision;
use crate::timestamp::Timestamp;

/// Source of change notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WatchMode {
    /// The operating system sends change events.
    #[default]
    Native,
    /// The worker scans the folder at regular intervals.
    Polling,
}

/// State of the worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncState {
    /// The database agrees with the folder, as far as the worker knows.
    #[default]
    Idle,
    /// The worker reads or publishes changes.
    Syncing,
    /// The worker cannot read or watch the whole folder. The last valid content stays published.
    Degraded,
}

/// Part of a process in the synchronisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncRole {
    /// The process reads the folder and publishes its changes.
    #[default]
    Leader,
    /// The process serves the content that the leader publishes.
    Follower,
}

/// Kind of a problem with the folder or the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The folder does not exist or cannot be read.
    FolderMissing,
    /// The folder is empty but was not empty before.
    FolderEmpty,
    /// Most documents disappeared at once.
    MassRemoval,
    /// The database cannot be read or written.
    Storage,
    /// The worker failed for another reason.
    Failed,
    /// No process synchronises the folder.
    NoLeader,
    /// A file or folder cannot be read.
    Unreadable,
    /// A folder is nested too deeply.
    TooDeep,
    /// The operating system sends no change events for a folder.
    Unwatched,
    /// A file name is not valid UTF-8.
    NameNotUtf8,
    /// A file name is not allowed for a document.
    NameInvalid,
    /// Two file names differ only in case or in the encoding of accents.
    NameTwice,
    /// A symbolic link. The worker does not follow it.
    Link,
    /// A pipe, socket or device.
    SpecialFile,
}

/// A problem that an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncProblem {
    /// Kind of the problem.
    pub kind: ProblemKind,
    /// Path relative to the content folder, percent-encoded if it is not UTF-8. `None` for the folder
    /// itself or the database.
    pub path: Option<String>,
    /// Description of the problem in one sentence.
    pub message: String,
    /// Suggested action in one or two sentences.
    pub advice: String,
    /// Time at which the problem was first found.
    pub since: Timestamp,
}

/// State of the worker, sent to the API over a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncStatus {
    /// Part of this process in the synchronisation.
    pub role: SyncRole,
    /// Name of the process that leads. `None` if no process leads.
    pub leader: Option<String>,
    /// Time at which a follower last heard of the leader. `None` in the leader, and before the first one.
    pub leader_seen_at: Option<Timestamp>,
    /// Source of change notifications.
    pub mode: WatchMode,
    /// State of the worker.
    pub state: SyncState,
    /// Number of changed documents that are not published yet.
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
    /// Maximum number of listed problems. It bounds the size of a status response.
    pub const MAX_PROBLEMS: usize = 100;

    /// Returns the message of the most severe problem. `None` if there is no problem.
    pub fn reason(&self) -> Option<&str> {
        self.problems.first().map(|problem| problem.message.as_str())
    }
}

/// Result of a requested full scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncOutcome {
    /// Revision that contains everything that was written before the request. `None` if publishing failed.
    pub revision: Option<Revision>,
    /// Problems that remain after the scan.
    pub problems: Vec<SyncProblem>,
}
