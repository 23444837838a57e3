//! Object types `SyncStatus`, `SyncProblem` and `Revision`.

use async_graphql::{Context, Object};
use passerelle_model::revision::Revision;
use passerelle_model::sync::{SyncProblem, SyncStatus};

use super::DateTime;
use super::enums::{SyncProblemKind, SyncRole, SyncState, WatchMode};
use super::progress::to_int;
use crate::context::{load_required, require_document_access, view};
use crate::error::ApiError;
use crate::loader::FolderCountsKey;

pub(crate) struct RevisionObject(pub(crate) Revision);

/// Version of the whole content. Every published batch of changes creates a new revision.
#[Object(name = "Revision")]
impl RevisionObject {
    /// Number of the revision, for example `12`. Numbers increase by 1. `0` if nothing is published yet.
    fn number(&self) -> i32 {
        to_int(self.0.number.get())
    }

    /// Time at which the revision was published. `1970-01-01T00:00:00.000Z` if nothing is published yet.
    fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

pub(crate) struct SyncProblemObject<'a>(&'a SyncProblem);

/// Problem that prevents the service from publishing the whole content folder. For operators.
#[Object(name = "SyncProblem")]
impl SyncProblemObject<'_> {
    /// Kind of the problem, for example `FOLDER_MISSING`.
    fn kind(&self) -> SyncProblemKind {
        self.0.kind.into()
    }

    /// Path of the affected file or subfolder, relative to the content folder. Bytes that are not valid UTF-8
    /// are percent-encoded, for example `caf%E9.md`. Null if the whole folder is affected.
    fn path(&self) -> Option<&str> {
        self.0.place.path()
    }

    /// Description of the problem in one sentence.
    fn message(&self) -> &str {
        &self.0.message
    }

    /// Action that the operator can take, in one sentence.
    fn suggestion(&self) -> &str {
        &self.0.advice
    }

    /// Time at which the problem was detected.
    fn detected_at(&self) -> DateTime {
        DateTime(self.0.since)
    }
}

/// State of the watcher at the time of the request.
pub(crate) struct SyncStatusObject(pub(crate) SyncStatus);

/// State of the synchronisation between the content folder and the published content.
#[Object(name = "SyncStatus")]
impl SyncStatusObject {
    /// Method to detect changes in the content folder.
    fn mode(&self) -> WatchMode {
        self.0.mode.into()
    }

    /// State of the synchronisation, for example `IDLE`.
    fn state(&self) -> SyncState {
        self.0.state.into()
    }

    /// Part of the process that answers this request. `LEADER` if one process serves alone. The other fields
    /// of a follower have the state that the leader last reported.
    fn role(&self) -> SyncRole {
        self.0.role.into()
    }

    /// Name of the process that leads: its machine, its process id and its start, for example
    /// `web-1/17@2026-01-31T12:00:00.000Z`. Null if no process leads.
    fn leader(&self) -> Option<&str> {
        self.0.leader.as_deref()
    }

    /// Time at which the leader was last heard of. Null if this process leads, and before the first leader.
    fn leader_seen_at(&self) -> Option<DateTime> {
        self.0.leader_seen_at.map(DateTime)
    }

    /// Message of the most severe problem. Null if `state` is not `DEGRADED`. Error `FORBIDDEN` as for
    /// `problems`.
    async fn degraded_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        require_document_access(ctx)?;
        Ok(self.0.reason())
    }

    /// Time at which the oldest current problem was detected. Null if `state` is not `DEGRADED`.
    fn degraded_since(&self) -> Option<DateTime> {
        self.0.problems.iter().map(|problem| problem.since).min().map(DateTime)
    }

    /// Current problems, most severe first. Limited to 100. Empty if there are none. Error `FORBIDDEN` if the
    /// operator protects documents with a token and the request does not have it.
    async fn problems(&self, ctx: &Context<'_>) -> Result<Vec<SyncProblemObject<'_>>, ApiError> {
        require_document_access(ctx)?;
        Ok(self.0.problems.iter().map(SyncProblemObject).collect())
    }

    /// Number of current problems, including those beyond the limit of `problems`.
    fn problem_count(&self) -> i32 {
        to_int(self.0.problem_count)
    }

    /// Number of times that the operating system lost file events since the service started. Each time, the
    /// whole folder was scanned.
    fn overflow_count(&self) -> i32 {
        to_int(self.0.overflows)
    }

    /// Number of changes without a file event since the service started. A scan of the whole folder found
    /// them. `0` if the operating system reports every change.
    fn missed_change_count(&self) -> i32 {
        to_int(self.0.missed)
    }

    /// Latest revision of the content.
    async fn revision(&self, ctx: &Context<'_>) -> Result<RevisionObject, ApiError> {
        Ok(RevisionObject(view(ctx)?.revision()))
    }

    /// Number of changed documents that are not published yet. `0` if everything is published.
    fn pending(&self) -> i32 {
        to_int(self.0.pending)
    }

    /// Time of the last scan of the whole folder. Null before the first scan.
    fn last_scan_at(&self) -> Option<DateTime> {
        self.0.last_scan_at.map(DateTime)
    }

    /// Number of documents in the content folder.
    async fn documents(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(load_required(ctx, FolderCountsKey).await?.documents))
    }

    /// Number of documents in the state `REJECTED`.
    async fn rejected(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(load_required(ctx, FolderCountsKey).await?.rejected))
    }

    /// Number of documents in the state `HELD`.
    async fn held(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(to_int(load_required(ctx, FolderCountsKey).await?.held))
    }
}
