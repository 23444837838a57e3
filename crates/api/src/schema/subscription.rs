//! Where subscriptions begin.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it waits or not")]

use std::collections::VecDeque;
use std::sync::Arc;

use async_graphql::{Context, Description, Subscription as GraphqlSubscription};
use futures_util::stream::{self, Stream};
use passerelle_model::change::ChangeKind as Kind;
use passerelle_model::sync::{Revision, RevisionNumber, SyncStatus};
use passerelle_storage::{ChangeFilter, ChangePlace, LoggedChange, Storage, View};
use tokio::sync::watch;

use crate::context::{Scopes, scopes, storage, sync_channel, view};
use crate::error::ApiError;
use crate::object::{ChangeKind, ChangeObject, SyncStatusObject};

/// How many changes are read from the log at once.
const AT_ONCE: u32 = 200;
/// A subscriber who was up to date and falls behind by more changes than this is told to read everything again.
const FAR_BEHIND: u64 = 10_000;

/// Over SSE and Apollo's multipart at `/graphql`, and over WebSocket (`graphql-transport-ws`) at `/graphql` and `/graphql/ws`.
#[derive(Description)]
pub(crate) struct Subscription;

#[GraphqlSubscription(use_type_description)]
impl Subscription {
    /// Every change after `since`, which is replayed from the log, then each as it is published: none lost, none twice,
    /// in order. Whoever comes back gives the revision of the last change as `since`. A `RESYNC` comes where the log was
    /// pruned, or where a subscriber fell far behind: what follows it is told again.
    ///
    /// Example: `subscription { changes(since: 12, kinds: [STATUS_CHANGED]) { revision kind before after node { id } } }`
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The number of the last revision that is known; without it only what comes from now on."
        )]
        since: Option<i32>,
        #[graphql(desc = "Only changes of these kinds, and `RESYNC`.")] kinds: Option<Vec<ChangeKind>>,
    ) -> Result<impl Stream<Item = Result<ChangeObject, ApiError>> + use<>, ApiError> {
        let newest = view(ctx)?.revision().number;
        let since = since.map_or(newest, |since| RevisionNumber::new(i64::from(since)));
        let follower = Follower {
            storage: storage(ctx)?.clone(),
            revisions: storage(ctx)?.revisions(),
            status: sync_channel(ctx)?,
            scopes: scopes(ctx)?,
            kinds: kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            place: ChangePlace::after(since),
            waiting: VecDeque::new(),
            is_up_to_date: false,
        };
        // A revision that is still to come was told by another database, or by this one before it was made anew.
        let follower = if since > newest { follower.resynced(&view(ctx)?) } else { follower };
        Ok(stream::try_unfold(follower, async |mut follower| {
            Ok(follower.next().await?.map(|change| (ChangeObject(Arc::new(change)), follower)))
        }))
    }

    /// How the service stands to the folder, now and whenever that changes.
    ///
    /// Example: `subscription { sync { state pending revision { number } } }`
    async fn sync(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<SyncStatusObject, ApiError>> + use<>, ApiError> {
        let mut status = sync_channel(ctx)?;
        status.mark_changed();
        let follower = (storage(ctx)?.clone(), status, scopes(ctx)?);
        Ok(stream::try_unfold(follower, async |(storage, mut status, scopes)| {
            if status.changed().await.is_err() {
                return Ok(None);
            }
            scopes.read_from(storage.newest());
            let now = status.borrow_and_update().clone();
            Ok(Some((SyncStatusObject(now), (storage, status, scopes))))
        }))
    }
}

/// Reads the log of changes as it grows. Nothing is held for a subscriber but a place in the log and a page of it, so
/// that a slow one costs nothing and loses nothing.
struct Follower {
    storage: Storage,
    revisions: watch::Receiver<Revision>,
    /// Nobody tells of anything any more once the service stops.
    status: watch::Receiver<SyncStatus>,
    scopes: Arc<Scopes>,
    kinds: Vec<Kind>,
    place: ChangePlace,
    waiting: VecDeque<LoggedChange>,
    is_up_to_date: bool,
}

impl Follower {
    /// The next change; none when the service stops.
    async fn next(&mut self) -> Result<Option<LoggedChange>, ApiError> {
        loop {
            if let Some(change) = self.waiting.pop_front() {
                self.place = change.place();
                return Ok(Some(change));
            }
            self.revisions.mark_unchanged();
            let view = self.storage.newest();
            let end = ChangePlace::after(view.revision().number);
            if self.place < end {
                self.read(&view, end).await?;
                continue;
            }
            self.is_up_to_date = true;
            tokio::select! {
                _ = self.revisions.changed() => {}
                () = ended(&mut self.status) => return Ok(None),
            }
        }
    }

    /// Reads on in the log up to the revision of a view.
    async fn read(&mut self, view: &View, end: ChangePlace) -> Result<(), ApiError> {
        self.scopes.read_from(view.clone());
        if self.is_up_to_date && self.is_far_behind(view).await? {
            tracing::warn!(graphql.revision = end.revision.get(), "a subscriber fell far behind");
            self.waiting.push_back(resync(view));
            return Ok(());
        }
        self.waiting.extend(view.changes_after(self.place, &self.kinds, AT_ONCE).await?);
        if self.waiting.is_empty() {
            self.place = end;
        }
        Ok(())
    }

    /// Begins with the news that everything must be read again.
    fn resynced(mut self, view: &View) -> Self {
        self.waiting.push_back(resync(view));
        self
    }

    async fn is_far_behind(&self, view: &View) -> Result<bool, ApiError> {
        let filter = ChangeFilter { since: self.place.revision, kinds: self.kinds.clone() };
        Ok(view.change_count(&filter).await? > FAR_BEHIND)
    }
}

async fn ended(status: &mut watch::Receiver<SyncStatus>) {
    while status.changed().await.is_ok() {}
}

/// What a subscriber is told who must read everything again that there is at a revision.
fn resync(view: &View) -> LoggedChange {
    LoggedChange {
        revision: view.revision(),
        ordinal: ChangePlace::after(view.revision().number).ordinal,
        kind: Kind::Resync,
        node: None,
        field: None,
        before: None,
        after: None,
    }
}
