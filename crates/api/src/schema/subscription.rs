//! Root type of subscriptions: the change log and the synchronisation state as streams.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it awaits or not")]

use std::sync::{Arc, Weak};

use async_graphql::{Context, Description, Subscription as GraphqlSubscription};
use futures_util::stream::{self, Stream};
use passerelle_model::change::ChangeKind as Kind;
use passerelle_model::sync::{Revision, RevisionNumber, SyncStatus};
use passerelle_storage::{ChangeFilter, ChangeLogEntry, ChangePosition, ReadView, Storage};
use tokio::sync::watch;

use crate::change_batches::ChangeBatches;
use crate::context::{RequestContext, change_batches, request_context, storage, sync_status_receiver, view};
use crate::error::ApiError;
use crate::object::{ChangeKind, ChangeObject, SyncStatusObject};

/// Maximum number of changes that a subscriber may lag behind after it has caught up once. Beyond it,
/// refetching is cheaper than replaying, so the subscriber receives a `RESYNC`.
const MAX_LAG: u64 = 10_000;

/// Entry points for live updates. Available over Server-Sent Events and the multipart protocol of Apollo at
/// `/graphql`, and over WebSocket (`graphql-transport-ws`) at `/graphql` and `/graphql/ws`.
#[derive(Description)]
pub(crate) struct Subscription;

#[GraphqlSubscription(use_type_description)]
impl Subscription {
    /// Every change after `since`, oldest first, then each new change when it is published. Each change is
    /// sent once. To resume after a disconnect, pass the `revision` of the last received change as `since`. A
    /// `RESYNC` is sent if changes were pruned from the log, if there is no revision `since` yet, or if the
    /// client receives changes too slowly.
    ///
    /// Example: `subscription { changes(since: 12, kinds: [STATUS_CHANGED]) { revision before after } }`
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of the last revision that you have processed, for example `12`. If omitted, only \
                new changes are sent."
        )]
        since: Option<i32>,
        #[graphql(desc = "Send only changes of these kinds, and `RESYNC`. All kinds if omitted or empty.")]
        kinds: Option<Vec<ChangeKind>>,
    ) -> Result<impl Stream<Item = Result<ChangeObject, ApiError>> + use<>, ApiError> {
        let newest = view(ctx)?.revision().number;
        let since = since.map_or(newest, |since| RevisionNumber::new(i64::from(since)));
        let reader = ChangeReader {
            storage: storage(ctx)?.clone(),
            revisions: storage(ctx)?.subscribe_revisions(),
            status: sync_status_receiver(ctx)?,
            request: request_context(ctx)?,
            kinds: kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            position: ChangePosition::end_of(since),
            batches: change_batches(ctx)?,
            batch: (Weak::new(), 0),
            resync: None,
            has_caught_up: false,
        };
        // The client saw a newer revision than the database has: the database was replaced or rebuilt.
        let reader = if since > newest { reader.with_resync_first(&view(ctx)?) } else { reader };
        Ok(stream::try_unfold(reader, async |mut reader| {
            Ok(reader.next().await?.map(|change| (ChangeObject(change), reader)))
        }))
    }

    /// Current state of the synchronisation, then each new state when it changes.
    ///
    /// Example: `subscription { sync { state pending revision { number } } }`
    async fn sync(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<SyncStatusObject, ApiError>> + use<>, ApiError> {
        let mut status = sync_status_receiver(ctx)?;
        status.mark_changed();
        let reader = (storage(ctx)?.clone(), status, request_context(ctx)?);
        Ok(stream::try_unfold(reader, async |(storage, mut status, request)| {
            if status.changed().await.is_err() {
                return Ok(None);
            }
            request.wait_for_turn().await?;
            request.set_latest(storage.cached_latest());
            let now = status.borrow_and_update().clone();
            Ok(Some((SyncStatusObject(now), (storage, status, request))))
        }))
    }
}

/// Reader of the change log for one subscriber.
///
/// It stores a position in the log and no change, so a slow subscriber needs no queue and misses no change.
struct ChangeReader {
    storage: Storage,
    revisions: watch::Receiver<Revision>,
    /// Closed when the service stops, which ends the subscription.
    status: watch::Receiver<SyncStatus>,
    request: Arc<RequestContext>,
    kinds: Vec<Kind>,
    position: ChangePosition,
    batches: ChangeBatches,
    /// Batch that was read last, and the index of its next change. If it left the cache, it is read again.
    batch: (Weak<Vec<Arc<ChangeLogEntry>>>, usize),
    /// `RESYNC` that is sent next.
    resync: Option<Arc<ChangeLogEntry>>,
    has_caught_up: bool,
}

impl ChangeReader {
    /// Waits for the next change. Returns `None` if the service stops.
    async fn next(&mut self) -> Result<Option<Arc<ChangeLogEntry>>, ApiError> {
        let change = self.wait_for_change().await?;
        if let Some(change) = &change {
            self.position = change.position();
            self.request.wait_for_turn().await?;
        }
        Ok(change)
    }

    async fn wait_for_change(&mut self) -> Result<Option<Arc<ChangeLogEntry>>, ApiError> {
        loop {
            if let Some(change) = self.resync.take().or_else(|| self.next_in_batch()) {
                return Ok(Some(change));
            }
            self.revisions.mark_unchanged();
            let view = self.storage.cached_latest();
            let end = ChangePosition::end_of(view.revision().number);
            if self.position < end {
                if let Some(first) = self.read(&view, end).await? {
                    return Ok(Some(first));
                }
                continue;
            }
            self.has_caught_up = true;
            tokio::select! {
                _ = self.revisions.changed() => {}
                () = closed(&mut self.status) => return Ok(None),
            }
        }
    }

    fn next_in_batch(&mut self) -> Option<Arc<ChangeLogEntry>> {
        let (batch, next) = &mut self.batch;
        let change = batch.upgrade()?.get(*next).cloned()?;
        *next += 1;
        Some(change)
    }

    /// Reads the next batch of changes, up to the revision of `view`. Returns the first one.
    async fn read(
        &mut self,
        view: &ReadView,
        end: ChangePosition,
    ) -> Result<Option<Arc<ChangeLogEntry>>, ApiError> {
        self.request.set_latest(view.clone());
        if self.has_caught_up && self.lags_too_far(view).await? {
            tracing::warn!(
                graphql.revision = end.revision.get(),
                "a subscriber lags too far behind and must refetch"
            );
            return Ok(Some(Arc::new(resync(view))));
        }
        let batch = self.batches.after(view, self.position, &self.kinds).await?;
        self.batch = (Arc::downgrade(&batch), 1);
        let first = batch.first().cloned();
        if first.is_none() {
            self.position = end;
        }
        Ok(first)
    }

    /// Makes `RESYNC` the first change that the subscriber receives.
    fn with_resync_first(mut self, view: &ReadView) -> Self {
        self.resync = Some(Arc::new(resync(view)));
        self
    }

    async fn lags_too_far(&self, view: &ReadView) -> Result<bool, ApiError> {
        let filter = ChangeFilter { since: self.position.revision, kinds: self.kinds.clone() };
        Ok(view.change_count(&filter).await? > MAX_LAG)
    }
}

async fn closed(status: &mut watch::Receiver<SyncStatus>) {
    while status.changed().await.is_ok() {}
}

/// Returns a `RESYNC` at the revision of `view`. Its ordinal is the last one of the revision, so the log
/// continues with the next revision.
fn resync(view: &ReadView) -> ChangeLogEntry {
    ChangeLogEntry {
        revision: view.revision(),
        ordinal: ChangePosition::end_of(view.revision().number).ordinal,
        kind: Kind::Resync,
        node: None,
        field: None,
        before: None,
        after: None,
    }
}
