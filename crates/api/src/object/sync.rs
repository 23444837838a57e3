//! How the service stands to the folder.

use async_graphql::{Context, Object};
use passerelle_model::sync::{Revision, SyncProblem, SyncStatus};

use super::DateTime;
use super::enums::{SyncProblemKind, SyncState, WatchMode};
use super::progress::saturate;
use crate::context::{need, view};
use crate::error::ApiError;
use crate::loader::Counts;

/// A revision.
pub(crate) struct RevisionObject(pub(crate) Revision);

/// A batch of changes that became visible at once.
#[Object(name = "Revision")]
impl RevisionObject {
    /// Its number, without gaps. 0: nothing was published yet.
    fn number(&self) -> i32 {
        saturate(self.0.number.get())
    }

    /// When it was published.
    fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// A problem of the folder.
pub(crate) struct SyncProblemObject<'a>(&'a SyncProblem);

/// Something that stands between the folder and what is served, for operators.
#[Object(name = "SyncProblem")]
impl SyncProblemObject<'_> {
    /// What it is.
    fn kind(&self) -> SyncProblemKind {
        self.0.kind.into()
    }

    /// Where, as a path below the folder; bytes that are not UTF-8 are percent-encoded. Null: the folder as a whole.
    fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// What is wrong, in a sentence.
    fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    fn advice(&self) -> &str {
        &self.0.advice
    }

    /// Since when.
    fn since(&self) -> DateTime {
        DateTime(self.0.since)
    }
}

/// The worker's state.
pub(crate) struct SyncStatusObject(pub(crate) SyncStatus);

/// How the service stands to the folder.
#[Object(name = "SyncStatus")]
impl SyncStatusObject {
    /// How changes come to be known.
    fn mode(&self) -> WatchMode {
        self.0.mode.into()
    }

    /// What the worker is at.
    fn state(&self) -> SyncState {
        self.0.state.into()
    }

    /// Why the state is `DEGRADED`, for operators. Null otherwise.
    fn reason(&self) -> Option<&str> {
        self.0.reason()
    }

    /// Since when the state is `DEGRADED`. Null otherwise.
    fn since(&self) -> Option<DateTime> {
        self.0.problems.iter().map(|problem| problem.since).min().map(DateTime)
    }

    /// What stands between the folder and what is served, the gravest first; 100 at the most.
    fn problems(&self) -> Vec<SyncProblemObject<'_>> {
        self.0.problems.iter().map(SyncProblemObject).collect()
    }

    /// How many problems there are.
    fn problem_count(&self) -> i32 {
        saturate(self.0.problem_count)
    }

    /// How often the system lost count of what changed, since the service started. Everything was compared each time.
    fn overflow_total(&self) -> i32 {
        saturate(self.0.overflows)
    }

    /// How many changes only a comparison of the whole folder found, since the service started: what events missed. Stays 0
    /// where the system tells of every change.
    fn scan_found_missed_total(&self) -> i32 {
        saturate(self.0.missed)
    }

    /// The newest revision.
    async fn revision(&self, ctx: &Context<'_>) -> Result<RevisionObject, ApiError> {
        Ok(RevisionObject(view(ctx)?.revision()))
    }

    /// Documents known to be different from what is served.
    fn pending(&self) -> i32 {
        saturate(self.0.pending)
    }

    /// When the whole folder was last compared.
    fn last_scan_at(&self) -> Option<DateTime> {
        self.0.last_scan_at.map(DateTime)
    }

    /// All documents of the folder.
    async fn documents(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(need(ctx, Counts).await?.documents))
    }

    /// Documents whose newest bytes were refused.
    async fn rejected(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(need(ctx, Counts).await?.rejected))
    }

    /// Documents that wait for a person's word.
    async fn held(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(saturate(need(ctx, Counts).await?.held))
    }
}
