//! Root type of subscriptions: the change log and the synchronisation state as streams.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it awaits or not")]

use std::sync::{Arc, Weak};

use async_graphql::{Context, Description, ID, Subscription as GraphqlSubscription};
use futures_util::stream::{self, Stream};
use passerelle_model::change::ChangeKind as Kind;
use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::sync::SyncStatus;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, ChangePosition, DatabaseId, ReadView, Storage};
use tokio::sync::watch;

use crate::change_batches::{BATCH_SIZE, ChangeBatches};
use crate::context::{
    RequestContext, change_batches, event_position, request_context, storage, sync_status_receiver, view,
};
use crate::error::ApiError;
use crate::event_position::{EventPosition, Resume};
use crate::input::ChangeArgs;
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
    /// sent once. To resume after a disconnect, pass the `revision` of the last received change as `since`.
    /// Over Server-Sent Events, each event has an `id`, and a request with the header `Last-Event-ID`
    /// continues after that event, whatever `since` is. A `RESYNC` is sent if changes were pruned from the
    /// log, if there is no revision `since` yet, if the id is of another database, or if the client receives
    /// changes too slowly.
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
        #[graphql(
            desc = "Send only changes of these objects, and `RESYNC`. Global ids, at most 100. All objects if \
                omitted or empty."
        )]
        node_ids: Option<Vec<ID>>,
        #[graphql(
            desc = "Send only changes of this plan, its categories and its measures, and `RESYNC`. Slug of the plan, \
                for example `plan-climat` or, for one edition, `plan-climat-2025`. An error if there is no such plan."
        )]
        plan: Option<String>,
    ) -> Result<impl Stream<Item = Result<ChangeObject, ApiError>> + use<>, ApiError> {
        let filter = ChangeArgs { kinds, node_ids, plan }.into_filter(ctx).await?;
        let newest = view(ctx)?.revision().number;
        let since = since.map_or(newest, |since| RevisionNumber::new(i64::from(since)));
        let (event_position, database_id) = (event_position(ctx), storage(ctx)?.database_id());
        let (position, is_known) = match event_position.resume(database_id) {
            None => (ChangePosition::end_of(since), true),
            Some(Resume::After(position)) => (position, true),
            Some(Resume::Unknown) => (ChangePosition::end_of(newest), false),
        };
        let reader = ChangeReader {
            storage: storage(ctx)?.clone(),
            revisions: storage(ctx)?.subscribe_revisions(),
            status: sync_status_receiver(ctx)?,
            request: request_context(ctx)?,
            filter,
            position,
            event_position,
            database_id,
            batches: change_batches(ctx)?,
            batch: (Weak::new(), 0),
            resync: None,
            has_caught_up: false,
        };
        // The client saw another database, or a newer revision than this one has: it was replaced or rebuilt.
        let is_known = is_known && reader.position.revision <= newest;
        let reader = if is_known { reader } else { reader.with_resync_first(&view(ctx)?) };
        reader.publish_position();
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
    filter: ChangeFilter,
    position: ChangePosition,
    /// Receives the position of each change that is sent.
    event_position: EventPosition,
    database_id: DatabaseId,
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
            self.publish_position();
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

    /// Tells the transport the position, from which a client can resume.
    fn publish_position(&self) {
        self.event_position.set(self.database_id, self.position);
    }

    fn next_in_batch(&mut self) -> Option<Arc<ChangeLogEntry>> {
        let (batch, next) = &mut self.batch;
        let batch = batch.upgrade()?;
        let (index, change) = first_selected(&self.filter, &batch, *next)?;
        *next = index + 1;
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
        let batch = self.batches.after(view, self.position, self.log_filter()).await?;
        let first = first_selected(&self.filter, &batch, 0);
        let next = first.as_ref().map_or(batch.len(), |(index, _)| index + 1);
        self.batch = (Arc::downgrade(&batch), next);
        if first.is_none() {
            let is_full = batch.len() >= BATCH_SIZE as usize;
            let last = batch.last().filter(|_| is_full);
            self.position = last.map_or(end, |last| last.position());
        }
        Ok(first.map(|(_, change)| change))
    }

    /// Returns the filter for reading the log.
    ///
    /// A replay reads only the changes of the selected objects. Later, all subscribers read the same few
    /// changes, and each selects its own: 1,000 subscribers of different objects read a new revision once.
    fn log_filter(&self) -> ChangeFilter {
        let filter = self.filter.clone();
        if self.has_caught_up { ChangeFilter { nodes: Vec::new(), ..filter } } else { filter }
    }

    /// Makes `RESYNC` the first change that the subscriber receives.
    fn with_resync_first(mut self, view: &ReadView) -> Self {
        self.resync = Some(Arc::new(resync(view)));
        self
    }

    async fn lags_too_far(&self, view: &ReadView) -> Result<bool, ApiError> {
        let filter = ChangeFilter { since: self.position.revision, ..self.filter.clone() };
        Ok(view.change_count(&filter).await? > MAX_LAG)
    }
}

/// Returns the first change of a batch, from an index on, whose object is selected.
fn first_selected(
    filter: &ChangeFilter,
    batch: &[Arc<ChangeLogEntry>],
    from: usize,
) -> Option<(usize, Arc<ChangeLogEntry>)> {
    let mut changes = batch.iter().enumerate().skip(from);
    let (index, change) = changes.find(|(_, change)| filter.selects_node(change))?;
    Some((index, Arc::clone(change)))
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
