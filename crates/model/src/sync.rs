//! State of the worker that synchronizes the database with the content folder.

use std::fmt;

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

impl ProblemKind {
    /// Returns the place of a problem of this kind that has no path.
    pub fn whole(self) -> ProblemPlace {
        match self {
            Self::Storage | Self::NoLeader => ProblemPlace::Database,
            _ => ProblemPlace::Folder,
        }
    }
}

/// Path for people, relative to the content folder. A path that is not UTF-8 is percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisplayPath(String);

impl DisplayPath {
    /// Creates a path from its readable form.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Place of a problem.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemPlace {
    /// The whole content folder.
    Folder,
    /// The database.
    Database,
    /// A file or subfolder.
    Path(DisplayPath),
}

impl ProblemPlace {
    /// Returns the path of the file or subfolder. `None` for the whole folder and the database.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Folder | Self::Database => None,
            Self::Path(path) => Some(path.as_str()),
        }
    }
}

/// A problem that an operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredProblem", into = "StoredProblem")]
pub struct SyncProblem {
    /// Kind of the problem.
    pub kind: ProblemKind,
    /// Place of the problem.
    pub place: ProblemPlace,
    /// Description of the problem in one sentence.
    pub message: String,
    /// Suggested action in one or two sentences.
    pub advice: String,
    /// Time at which the problem was first found.
    pub since: Timestamp,
}

/// Form in which a leader stores a problem for the followers.
#[derive(Serialize, Deserialize)]
struct StoredProblem {
    kind: ProblemKind,
    path: Option<DisplayPath>,
    message: String,
    advice: String,
    since: Timestamp,
}

impl From<StoredProblem> for SyncProblem {
    fn from(stored: StoredProblem) -> Self {
        let StoredProblem { kind, path, message, advice, since } = stored;
        let place = path.map_or_else(|| kind.whole(), ProblemPlace::Path);
        Self { kind, place, message, advice, since }
    }
}

impl From<SyncProblem> for StoredProblem {
    fn from(problem: SyncProblem) -> Self {
        let SyncProblem { kind, place, message, advice, since } = problem;
        let path = match place {
            ProblemPlace::Folder | ProblemPlace::Database => None,
            ProblemPlace::Path(path) => Some(path),
        };
        Self { kind, path, message, advice, since }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_problem_keeps_its_place() {
        let places = [
            (ProblemKind::Storage, ProblemPlace::Database, "null"),
            (ProblemKind::FolderMissing, ProblemPlace::Folder, "null"),
            (ProblemKind::Link, ProblemPlace::Path(DisplayPath::new("a.md")), "\"a.md\""),
        ];
        for (kind, place, path) in places {
            let problem = SyncProblem {
                kind,
                place,
                message: String::new(),
                advice: String::new(),
                since: Timestamp::default(),
            };
            let stored = serde_json::to_string(&problem).unwrap();
            assert!(stored.contains(&format!("\"path\":{path}")), "{stored}");
            assert_eq!(serde_json::from_str::<SyncProblem>(&stored).unwrap(), problem);
        }
    }
}
