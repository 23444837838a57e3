//! What stands between the folder and what is served, and what to do about it.

use std::collections::BTreeMap;
use std::path::Path;

use passerelle_model::sync::{ProblemKind, SyncProblem};
use passerelle_model::timestamp::Timestamp;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// Control characters and what an encoded path is told by.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// Something that was found to be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) kind: ProblemKind,
    /// What is wrong, in a sentence that begins with the path where there is one.
    pub(crate) message: String,
}

impl Trouble {
    pub(crate) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// A path as it is told: what is no UTF-8 in it is percent-encoded.
pub(crate) fn told(path: &Path) -> String {
    match path.to_str() {
        Some(path) => path.to_owned(),
        None => percent_encode(path.as_os_str().as_encoded_bytes(), ENCODED).to_string(),
    }
}

/// What to do about something.
fn advice(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::FolderMissing => {
            "Put the folder back, mount it, or let the service read it; everything is compared when it is there."
        }
        ProblemKind::FolderEmpty => {
            "Mount the folder or put the documents back. If they are to go, run `passerelle sync --accept-removals`."
        }
        ProblemKind::MassRemoval => {
            "Put the documents back, or say that they are to go with the file that the message names or with `passerelle \
             accept .`."
        }
        ProblemKind::Storage => {
            "See that the database can be written to and that the disk has room; it is tried again."
        }
        ProblemKind::Failed => "It is tried again; if it stays, report what the log says.",
        ProblemKind::Unreadable => "Let the service read it: a folder needs the rights to read and to enter.",
        ProblemKind::TooDeep => "Move it up, or out of the folder.",
        ProblemKind::Unwatched => {
            "Raise fs.inotify.max_user_watches with sysctl. Until then the folder is looked at every 2 s."
        }
        ProblemKind::NameNotUtf8 => "Rename it in UTF-8, for example with `convmv -f latin1 -t utf8`.",
        ProblemKind::NameInvalid => "Rename it.",
        ProblemKind::NameTwice => "Rename one of the two, or remove it.",
        ProblemKind::Link => {
            "Put a copy in its place: links are not followed. A name with a dot before it is passed over."
        }
        ProblemKind::SpecialFile => "Move it out of the folder, or put a dot before its name.",
    }
}

/// What is wrong at each path, and since when.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: BTreeMap<(ProblemKind, String), (String, Timestamp)>,
}

impl Problems {
    /// Takes over what was found where it was looked. `speaks_of` tells whether it was looked at a path.
    pub(crate) fn update(
        &mut self,
        found: impl IntoIterator<Item = (String, Trouble)>,
        speaks_of: impl Fn(&str) -> bool,
        at: Timestamp,
    ) {
        let before = std::mem::take(&mut self.found);
        for (path, trouble) in found {
            let key = (trouble.kind, path);
            let since = before.get(&key).map_or(at, |(_, since)| *since);
            self.found.insert(key, (trouble.message, since));
        }
        for (key, known) in before {
            if !speaks_of(&key.1) {
                self.found.entry(key).or_insert(known);
            }
        }
    }

    /// Whether there is one of this kind.
    pub(crate) fn has(&self, kind: ProblemKind) -> bool {
        self.found.range((kind, String::new())..).next().is_some_and(|((found, _), _)| *found == kind)
    }

    /// Whether there is one of this kind at a path.
    pub(crate) fn is_at(&self, kind: ProblemKind, path: &str) -> bool {
        self.found.contains_key(&(kind, path.to_owned()))
    }

    /// Says that there is none of this kind any more.
    pub(crate) fn clear(&mut self, kind: ProblemKind) {
        self.found.retain(|(found, _), _| *found != kind);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// The gravest of them, as they are told.
    pub(crate) fn told(&self, most: usize) -> Vec<SyncProblem> {
        let told = |((kind, path), (message, since)): (&(ProblemKind, String), &(String, Timestamp))| {
            let trouble = Trouble { kind: *kind, message: message.clone() };
            problem(&trouble, (!path.is_empty()).then(|| path.clone()), *since)
        };
        self.found.iter().take(most).map(told).collect()
    }
}

/// As it is told.
pub(crate) fn problem(trouble: &Trouble, path: Option<String>, since: Timestamp) -> SyncProblem {
    SyncProblem {
        kind: trouble.kind,
        path,
        message: trouble.message.clone(),
        advice: advice(trouble.kind).to_owned(),
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
    fn a_problem_stays_since_it_was_first_seen_until_it_is_looked_at_and_gone() {
        let mut problems = Problems::default();
        let link = || [("a.md".to_owned(), Trouble::new(ProblemKind::Link, "a.md is a link"))];
        problems.update(link(), |_| true, at(1));
        problems.update(link(), |_| true, at(2));
        problems.update([], |path| path == "b.md", at(3));
        let told = problems.told(10);
        assert_eq!((told.len(), told[0].since, told[0].path.as_deref()), (1, at(1), Some("a.md")));
        let other = [("a.md".to_owned(), Trouble::new(ProblemKind::SpecialFile, "a.md is a pipe"))];
        problems.update(other, |_| true, at(4));
        assert_eq!(problems.told(10)[0].since, at(4));
        problems.update([], |_| true, at(5));
        assert_eq!(problems.len(), 0);
    }

    #[test]
    fn a_name_that_is_no_utf8_is_told_in_percents() {
        assert_eq!(told(Path::new(OsStr::from_bytes(b"a\xFF%.md"))), "a%FF%25.md");
        assert_eq!(told(Path::new("é%.md")), "é%.md");
    }
}
