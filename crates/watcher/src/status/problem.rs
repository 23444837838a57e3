//! Problems of the folder and the database, with suggested actions.

use std::collections::BTreeMap;
use std::path::Path;

use passerelle_model::sync::{DisplayPath, ProblemKind, ProblemPlace, SyncProblem};
use passerelle_model::timestamp::Timestamp;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// Control characters and the percent sign.
const PERCENT_ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// Returns the problem of a folder that no process synchronises.
pub fn no_leader(message: &str, since: Timestamp) -> SyncProblem {
    to_sync_problem(&ProblemDetail::new(ProblemKind::NoLeader, message), ProblemPlace::Database, since)
}

/// Returns the problem of a process that cannot read the state of the leader.
pub fn database_unavailable(since: Timestamp) -> SyncProblem {
    let message = "the database does not respond; it is tried again";
    to_sync_problem(&ProblemDetail::new(ProblemKind::Storage, message), ProblemPlace::Database, since)
}

/// Kind and message of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProblemDetail {
    pub(crate) kind: ProblemKind,
    /// Sentence that starts with the path, if there is one.
    pub(crate) message: String,
}

impl ProblemDetail {
    pub(crate) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// Formats a path for messages. A path that is not valid UTF-8 is percent-encoded: each of its non-ASCII
/// bytes and each `%`, for example `caf%E9.md`.
pub(crate) fn display_path(path: &Path) -> DisplayPath {
    DisplayPath::new(match path.to_str() {
        Some(path) => path.to_owned(),
        None => percent_encode(path.as_os_str().as_encoded_bytes(), PERCENT_ENCODED).to_string(),
    })
}

/// Returns the suggested action for a kind of problem.
fn advice(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::FolderMissing => {
            "Restore or mount the folder, or give the service permission to read it. It is scanned as soon as it is available."
        }
        ProblemKind::FolderEmpty => {
            "Mount the folder or restore the documents. To remove all documents, run `passerelle sync --accept-removals`."
        }
        ProblemKind::MassRemoval => {
            "Restore the documents, or confirm the removal with the file named in the message or with `passerelle \
             accept .`."
        }
        ProblemKind::Storage => {
            "Check that the database file is writable and that the disk has free space. The sync is retried automatically."
        }
        ProblemKind::Failed => {
            "The sync is retried automatically. If the problem persists, report the log messages."
        }
        ProblemKind::NoLeader => {
            "Start a process with `--sync auto` that can read the content folder. If one runs, look for errors of the \
             database in its log."
        }
        ProblemKind::Unreadable => {
            "Give the service read permission. A folder also needs the execute permission."
        }
        ProblemKind::TooDeep => "Move it to a higher level, or out of the folder.",
        ProblemKind::Unwatched => {
            "Raise fs.inotify.max_user_watches with sysctl. Until then the folder is polled every 2 s."
        }
        ProblemKind::NameNotUtf8 => "Rename it in UTF-8, for example with `convmv -f latin1 -t utf8`.",
        ProblemKind::NameInvalid => "Rename it.",
        ProblemKind::NameTwice => "Rename one of the two, or remove it.",
        ProblemKind::Link => {
            "Replace the link with a copy: links are not followed. Names that start with a dot are ignored."
        }
        ProblemKind::SpecialFile => "Move it out of the folder, or rename it to start with a dot.",
    }
}

/// Current problems by kind and place.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    entries: BTreeMap<(ProblemKind, ProblemPlace), Entry>,
}

/// Message of a problem, and the time of its detection.
#[derive(Debug)]
struct Entry {
    message: String,
    since: Timestamp,
}

impl Problems {
    /// Replaces the problems of the scanned paths with those that were found.
    pub(crate) fn update(
        &mut self,
        found: impl IntoIterator<Item = (ProblemPlace, ProblemDetail)>,
        is_scanned: impl Fn(&ProblemPlace) -> bool,
        at: Timestamp,
    ) {
        let before = std::mem::take(&mut self.entries);
        for (place, detail) in found {
            let key = (detail.kind, place);
            let since = before.get(&key).map_or(at, |entry| entry.since);
            self.entries.insert(key, Entry { message: detail.message, since });
        }
        for (key, entry) in before {
            if !is_scanned(&key.1) {
                self.entries.entry(key).or_insert(entry);
            }
        }
    }

    /// Returns true if there is a problem of this kind.
    pub(crate) fn has(&self, kind: ProblemKind) -> bool {
        self.entries.keys().any(|(found, _)| *found == kind)
    }

    /// Returns true if there is a problem of this kind at a place.
    pub(crate) fn is_at(&self, kind: ProblemKind, place: ProblemPlace) -> bool {
        self.entries.contains_key(&(kind, place))
    }

    /// Removes the problems of this kind.
    pub(crate) fn clear(&mut self, kind: ProblemKind) {
        self.entries.retain(|(found, _), _| *found != kind);
    }

    /// Returns the number of problems.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the most severe problems, at most `limit`.
    pub(crate) fn most_severe(&self, limit: usize) -> Vec<SyncProblem> {
        let to_problem = |((kind, place), entry): (&(ProblemKind, ProblemPlace), &Entry)| {
            let detail = ProblemDetail { kind: *kind, message: entry.message.clone() };
            to_sync_problem(&detail, place.clone(), entry.since)
        };
        self.entries.iter().take(limit).map(to_problem).collect()
    }
}

/// Converts a problem to the type of the status.
pub(crate) fn to_sync_problem(detail: &ProblemDetail, place: ProblemPlace, since: Timestamp) -> SyncProblem {
    SyncProblem {
        kind: detail.kind,
        place,
        message: detail.message.clone(),
        advice: advice(detail.kind).to_owned(),
        since,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn problem_keeps_its_first_time_until_a_scan_no_longer_finds_it() {
        let mut problems = Problems::default();
        let place = |path: &str| ProblemPlace::Path(DisplayPath::new(path));
        let link = || [(place("a.md"), ProblemDetail::new(ProblemKind::Link, "a.md is a link"))];
        problems.update(link(), |_| true, at(1));
        problems.update(link(), |_| true, at(2));
        problems.update([], |scanned| *scanned == place("b.md"), at(3));
        let reported = problems.most_severe(10);
        assert_eq!((reported.len(), reported[0].since, reported[0].place.path()), (1, at(1), Some("a.md")));
        let other = [(place("a.md"), ProblemDetail::new(ProblemKind::SpecialFile, "a.md is a pipe"))];
        problems.update(other, |_| true, at(4));
        assert_eq!(problems.most_severe(10)[0].since, at(4));
        problems.update([], |_| true, at(5));
        assert_eq!(problems.len(), 0);
    }

    #[test]
    fn non_utf8_path_is_displayed_percent_encoded() {
        assert_eq!(display_path(Path::new(OsStr::from_bytes(b"a\xFF%.md"))).as_str(), "a%FF%25.md");
        assert_eq!(display_path(Path::new("é%.md")).as_str(), "é%.md");
    }
}
