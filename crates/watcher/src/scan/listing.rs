//! Result of a scan: the files that were found, and the problems.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};

use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::ProblemKind;

use crate::scan::scope::ScanScope;
use crate::status::problem::{ProblemDetail, display_path};

/// A file that a scan found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundFile {
    /// Path below the folder, in the spelling of the file system.
    pub(crate) file: PathBuf,
    /// Fingerprint of the file.
    pub(crate) fingerprint: Fingerprint,
}

/// Result of listing the folder or a part of it.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Documents by path.
    pub(crate) found: BTreeMap<DocumentPath, FoundFile>,
    /// Assets by path.
    pub(crate) assets: BTreeMap<DocumentPath, FoundFile>,
    /// Fingerprints of acceptances, by path without the suffix.
    pub(crate) accept_files: BTreeMap<DocumentPath, Fingerprint>,
    /// Scanned paths in normalized spelling. A stored path below them that was not found is removed. `None`
    /// for the whole folder.
    pub(crate) scanned: Option<BTreeSet<PathBuf>>,
    /// Paths that cannot be read. The files below them are neither found nor missing.
    pub(crate) unreadable: BTreeSet<PathBuf>,
    /// Folders without a watch.
    pub(crate) unwatched: BTreeSet<PathBuf>,
    /// Problems by path.
    pub(crate) problems: Vec<(PathBuf, ProblemDetail)>,
    /// Case-folded paths of the documents.
    pub(crate) case_folded_names: HashSet<String>,
}

impl Listing {
    pub(crate) fn new(scope: &ScanScope) -> Self {
        let scanned = match scope {
            ScanScope::Everything => None,
            ScanScope::Paths(paths) => Some(paths.iter().map(|path| normalized(path)).collect()),
        };
        Self { scanned, ..Self::default() }
    }

    /// Returns true if an acceptance exists for a version of a document that was written before an instant,
    /// in nanoseconds since the Unix epoch. An older acceptance was for another version.
    pub(crate) fn has_acceptance(&self, path: &DocumentPath, changed_before_nanos: i64) -> bool {
        if self.accept_files.is_empty() {
            return false;
        }
        let without_ending =
            path.as_str().strip_suffix(path.name()).map(|folder| format!("{folder}{}", path.stem()));
        let short = without_ending.and_then(|path| DocumentPath::parse(&path).ok());
        let files = [Some(path), short.as_ref()];
        let mut files = files.into_iter().flatten().filter_map(|path| self.accept_files.get(path));
        files.any(|file| file.changed_nanos >= changed_before_nanos)
    }

    /// Returns true if the scan would have found a file at this path.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let path = Path::new(path);
        let is_below_any =
            |folders: &BTreeSet<PathBuf>| path.ancestors().any(|ancestor| folders.contains(ancestor));
        self.scanned.as_ref().is_none_or(is_below_any) && !is_below_any(&self.unreadable)
    }

    /// Returns the stored paths that the scan covered and did not find.
    pub(crate) fn missing<T>(
        &self,
        stored: &BTreeMap<DocumentPath, T>,
        found: &BTreeMap<DocumentPath, FoundFile>,
    ) -> BTreeSet<DocumentPath> {
        let is_gone = |path: &&DocumentPath| !found.contains_key(*path) && self.covers(path.as_str());
        let Some(scanned) = &self.scanned else {
            return stored.keys().filter(is_gone).cloned().collect();
        };
        let mut missing = BTreeSet::new();
        for scanned_path in scanned {
            let Some(scanned_path) = scanned_path.to_str() else { continue };
            if scanned_path.is_empty() {
                return stored.keys().filter(is_gone).cloned().collect();
            }
            // Names with characters below the slash sort between a folder and its files.
            let below = format!("{scanned_path}/");
            let inside = stored.range::<str, _>((Bound::Excluded(below.as_str()), Bound::Unbounded));
            let inside = inside.map(|(path, _)| path).take_while(|path| path.as_str().starts_with(&below));
            let exact = stored.get_key_value(scanned_path).map(|(path, _)| path);
            missing.extend(exact.into_iter().chain(inside).filter(is_gone).cloned());
        }
        missing
    }

    pub(crate) fn add_problem(&mut self, path: &Path, kind: ProblemKind, problem: &str) {
        let message = format!(
            "{} {problem}",
            if path.as_os_str().is_empty() { ".".to_owned() } else { display_path(path).to_string() }
        );
        self.problems.push((path.to_owned(), ProblemDetail::new(kind, message)));
    }

    pub(crate) fn add_unreadable(&mut self, path: &Path, kind: ProblemKind, reason: &str) {
        self.add_problem(path, kind, reason);
        self.unreadable.insert(normalized(path));
    }
}

/// Returns the case-folded path. A file system without case has one file for two such paths.
pub(crate) fn case_folded(path: &DocumentPath) -> String {
    path.as_str().to_lowercase()
}

/// Returns the path in the normalisation form of document paths.
fn normalized(path: &Path) -> PathBuf {
    path.to_str()
        .and_then(|text| DocumentPath::parse(text).ok())
        .map_or_else(|| display_path(path).to_string().into(), |path| path.as_str().into())
}
