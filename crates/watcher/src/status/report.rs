//! Report of a pass over the folder.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use passerelle_model::diagnostic::{Diagnostic, Severity};
use passerelle_model::path::DocumentPath;
use passerelle_model::revision::Revision;
use passerelle_model::sync::{ProblemKind, SyncProblem};

/// Move of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Path at the last sync.
    pub from: DocumentPath,
    /// Present path.
    pub to: DocumentPath,
}

/// Document whose new version was rejected.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// Path of the document.
    pub path: DocumentPath,
    /// Diagnostics of the new version.
    pub diagnostics: Vec<Diagnostic>,
}

/// Document whose new version awaits confirmation.
#[derive(Clone, Debug)]
pub struct HeldVersion {
    /// Path of the document.
    pub path: DocumentPath,
    /// Diagnostic that says what the new version would remove.
    pub diagnostic: Diagnostic,
}

/// Report of one sync for operators, one fact per line.
#[derive(Clone, Debug, Default)]
pub struct SyncReport {
    /// True if the whole folder was scanned.
    pub is_full_scan: bool,
    /// Number of documents in the scope.
    pub found: usize,
    /// Documents whose new version is published.
    pub published: Vec<DocumentPath>,
    /// Documents whose new version was rejected.
    pub rejected: Vec<Rejection>,
    /// Documents that are drafts and not published.
    pub drafts: Vec<DocumentPath>,
    /// Moved documents.
    pub moved: Vec<Move>,
    /// Documents that are no longer published.
    pub removed: Vec<DocumentPath>,
    /// Number of new, changed or removed assets.
    pub assets: usize,
    /// Documents that are missing or being written. They are checked again soon.
    pub pending: Vec<DocumentPath>,
    /// Number of entries in the change log.
    pub changes: usize,
    /// The new revision. `None` if nothing changed.
    pub revision: Option<Revision>,
    /// Current problems, most severe first.
    pub problems: Vec<SyncProblem>,
    /// Folders without a watch.
    pub(crate) unwatched: BTreeSet<PathBuf>,
    /// Files that are new, changed or missing.
    pub(crate) changed_paths: Vec<DocumentPath>,
    /// Documents whose new version awaits confirmation.
    pub held: Vec<HeldVersion>,
    /// Reason why removed documents are still published. `None` if none are held.
    pub removal_hold: Option<String>,
}

impl SyncReport {
    /// Returns true if the pass made a new revision.
    pub fn changed(&self) -> bool {
        self.revision.is_some()
    }
}

impl fmt::Display for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "found      {}", self.found)?;
        writeln!(f, "published  {}", self.published.len())?;
        for path in &self.published {
            writeln!(f, "  {path}")?;
        }
        writeln!(f, "rejected   {}", self.rejected.len())?;
        for Rejection { path, diagnostics } in &self.rejected {
            let error = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
            let line = error.and_then(|error| error.position).map(|at| format!(":{}:{}", at.line, at.column));
            let message = error.map(|error| error.message.as_str()).unwrap_or_default();
            writeln!(f, "  {path}{}: {message}", line.unwrap_or_default())?;
        }
        for path in &self.drafts {
            writeln!(f, "draft      {path}")?;
        }
        writeln!(f, "moved      {}", self.moved.len())?;
        for Move { from, to } in &self.moved {
            writeln!(f, "  {from} -> {to}")?;
        }
        writeln!(f, "removed    {}", self.removed.len())?;
        for path in &self.removed {
            writeln!(f, "  {path}")?;
        }
        if self.assets > 0 {
            writeln!(f, "assets     {}", self.assets)?;
        }
        for problem in self.problems.iter().filter(|problem| problem.kind != ProblemKind::MassRemoval) {
            writeln!(f, "problem    {}\n           {}", problem.message, problem.advice)?;
        }
        for HeldVersion { path, diagnostic } in &self.held {
            writeln!(f, "held       {path}: {}", diagnostic.message)?;
        }
        if let Some(reason) = &self.removal_hold {
            writeln!(f, "held       {reason}")?;
        }
        match self.revision {
            Some(revision) => write!(f, "revision   {} ({} changes)", revision.number, self.changes),
            None => write!(f, "revision   unchanged"),
        }
    }
}
