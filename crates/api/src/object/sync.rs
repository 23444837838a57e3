//! How the service stands to the folder.

use async_graphql::{Context, Object};
use passerelle_document::sync::{Revision, SyncStatus};

use super::DateTime;
use super::enums::{SyncState, WatchMode};
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
    async fn number(&self) -> i32 {
        saturate(self.0.number.get())
    }

    /// When it was published.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// The worker's state.
pub(crate) struct SyncStatusObject(pub(crate) SyncStatus);

/// How the service stands to the folder.
#[Object(name = "SyncStatus")]
impl SyncStatusObject {
    /// How changes come to be known.
    async fn mode(&self) -> WatchMode {
        self.0.mode.into()
    }

    /// What the worker is at.
    async fn state(&self) -> SyncState {
        self.0.state.into()
    }

    /// Why the state is `DEGRADED`, for operators. Null otherwise.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The newest revision.
    async fn revision(&self, ctx: &Context<'_>) -> Result<RevisionObject, ApiError> {
        Ok(RevisionObject(view(ctx)?.revision()))
    }

    /// Documents known to be different from what is served.
    async fn pending(&self) -> i32 {
        saturate(self.0.pending)
    }

    /// When the whole folder was last compared.
    async fn last_scan_at(&self) -> Option<DateTime> {
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
