//! Task that keeps the index at the latest revision.
//!
//! For each revision it reads the rows that began or ended since the checkpoint of the index. The database
//! commits first: after a crash the index continues from its checkpoint. If the checkpoint does not match the
//! database, the index is rebuilt, which takes seconds.

use std::pin::Pin;
use std::time::Duration;

use passerelle_model::revision::Revision;
use passerelle_storage::{BatchLimit, CheckpointStatus, ReadView, RowId, SearchCursor, SearchKind, Storage};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::SearchError;
use crate::index::checkpoint::Checkpoint;
use crate::index::location::IndexLocation;
use crate::index::writer::DocumentWriter;
use crate::live::LiveIndex;
use crate::query::snapshot::Snapshot;

/// Rows that are read at once: a few hundred KiB of page text, and at most 4 MiB. A page can have a text of 5
/// MiB, and many of them are published while one is indexed.
const BATCH: BatchLimit = BatchLimit { rows: 200, bytes: 4 * 1024 * 1024 };
/// After an update with at least this many documents, further updates are delayed by [`BATCH_DELAY`] and
/// committed together. Each commit takes milliseconds and creates a segment that must be merged later.
const BATCH_DOCUMENTS: usize = 100;
const BATCH_DELAY: Duration = Duration::from_millis(100);
/// Back-off after an error. It doubles with each attempt, up to the maximum.
const MIN_BACKOFF: Duration = Duration::from_millis(200);
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// Task that writes the index. Run it with [`IndexUpdater::run`].
pub struct IndexUpdater {
    storage: Storage,
    location: IndexLocation,
    live: watch::Sender<LiveIndex>,
    writer: Option<DocumentWriter>,
}

impl IndexUpdater {
    pub(crate) fn new(storage: Storage, location: IndexLocation, live: watch::Sender<LiveIndex>) -> Self {
        Self { storage, location, live, writer: None }
    }

    /// Updates the index after each revision until the token is cancelled.
    ///
    /// The future is boxed, so that its code is generated in this crate and not again in each caller.
    pub fn run(self, stop: CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(self.update_until(stop))
    }

    async fn update_until(mut self, stop: CancellationToken) {
        let mut revisions = self.storage.subscribe_revisions();
        let mut backoff = MIN_BACKOFF;
        while !stop.is_cancelled() {
            revisions.borrow_and_update();
            match self.update(self.storage.cached_latest()).await {
                Ok(count) => {
                    backoff = MIN_BACKOFF;
                    if count >= BATCH_DOCUMENTS {
                        stop.run_until_cancelled(tokio::time::sleep(BATCH_DELAY)).await;
                    }
                    if let Some(Err(_)) = stop.run_until_cancelled(revisions.changed()).await {
                        // The storage was closed.
                        return;
                    }
                }
                Err(error) => {
                    self.fall_back(&error);
                    stop.run_until_cancelled(tokio::time::sleep(backoff)).await;
                    backoff = (backoff * 2).min(MAX_BACKOFF);
                }
            }
        }
    }

    /// Closes the index after an error. Uses memory from now on, unless the database caused the error.
    fn fall_back(&mut self, error: &SearchError) {
        self.writer = None;
        let is_index_error = !matches!(error, SearchError::Storage(_));
        if is_index_error && self.location != IndexLocation::Memory {
            tracing::warn!(%error, "cannot use the search index on disk, building it in memory");
            self.location = IndexLocation::Memory;
        } else {
            tracing::warn!(%error, "cannot update the search index, retrying");
        }
    }

    /// Updates the index to the revision of a view. Returns the number of documents that were added.
    async fn update(&mut self, view: ReadView) -> Result<usize, SearchError> {
        let (started, revision) = (Instant::now(), view.revision());
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.open(&view).await?,
        };
        let since = writer.checkpoint();
        if since.revision == revision && self.live.borrow().revision() == Some(revision) {
            self.writer = Some(writer);
            return Ok(0);
        }
        let status = view.checkpoint_status(since.revision).await?;
        let writer = if can_continue(&writer, &status, since, &view).await? {
            writer
        } else {
            drop(writer);
            self.open_empty().await?
        };
        let (writer, snapshot, count) = Update { view: &view, status, writer }.apply().await?;
        tracing::debug!(
            search.revision = %revision.number,
            search.since = %since.revision.number,
            elapsed_ms = started.elapsed().as_secs_f64() * 1_000.0,
            "updated the search index"
        );
        self.live.send_replace(LiveIndex::new(snapshot));
        self.writer = Some(writer);
        Ok(count)
    }

    async fn open(&self, view: &ReadView) -> Result<DocumentWriter, SearchError> {
        let location = self.location.clone();
        let writer = blocking(move || DocumentWriter::open(&location)).await?;
        tracing::debug!(
            search.revision = %writer.checkpoint().revision.number,
            search.latest = %view.revision().number,
            "opened the search index"
        );
        Ok(writer)
    }

    async fn open_empty(&self) -> Result<DocumentWriter, SearchError> {
        let location = self.location.clone();
        blocking(move || DocumentWriter::open_empty(&location)).await
    }
}

/// Returns true if the index can continue from its checkpoint.
///
/// The database must have that revision and all rows that ended since. No plan may have changed its language,
/// because the unchanged rows of such a plan are indexed in the old language.
async fn can_continue(
    writer: &DocumentWriter,
    status: &CheckpointStatus,
    since: Checkpoint,
    view: &ReadView,
) -> Result<bool, SearchError> {
    let has_revision =
        status.published_at == Some(since.revision.at) && since.revision.number <= view.revision().number;
    let has_ended_rows = since.revision == Revision::default() || !writer.is_before(status.pruned_revision);
    Ok(has_revision && has_ended_rows && !view.plans_changed_language(since.revision.number).await?)
}

/// Update of an index from its checkpoint to the revision of a view.
struct Update<'v> {
    view: &'v ReadView,
    status: CheckpointStatus,
    writer: DocumentWriter,
}

impl Update<'_> {
    async fn apply(self) -> Result<(DocumentWriter, Snapshot, usize), SearchError> {
        let Self { view, status, mut writer } = self;
        let since = writer.checkpoint();
        let languages = view.plan_languages().await?;
        // SQLite may reuse the id of a row that was pruned, so a larger id does not imply a newer row.
        let ids_increase = since.pruned == status.pruned_revision;
        let mut last_rows = since.last_rows;
        let mut count = 0;
        for (kind, last_row) in SearchKind::ALL.into_iter().zip(&mut last_rows) {
            let ended = view.removed_search_rows(kind, since.revision.number).await?;
            writer.remove(kind, &ended);
            if !ids_increase {
                *last_row = RowId::default();
            }
            let mut from = SearchCursor { since: since.revision.number, row_id: *last_row };
            loop {
                let rows = view.search_entries(kind, from, BATCH, &languages).await?;
                let Some(last) = rows.last() else { break };
                from.row_id = last.row_id;
                count += rows.len();
                *last_row = (*last_row).max(last.row_id);
                writer = blocking(move || writer.add(&rows).map(|()| writer)).await?;
            }
        }
        let checkpoint = Checkpoint { revision: view.revision(), pruned: status.pruned_revision, last_rows };
        blocking(move || {
            writer.commit(checkpoint)?;
            let (fields, searcher) = writer.searcher()?;
            let snapshot = Snapshot::new(fields, searcher, checkpoint.revision)?;
            Ok((writer, snapshot, count))
        })
        .await
    }
}

/// Runs index work on a blocking thread.
///
/// It is not cancelled: the updater always waits for it, and a commit must not stop half-way.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    let result = tokio::task::spawn_blocking(work).await;
    // A panic of the library means that the index is damaged.
    result.unwrap_or_else(|error| Err(SearchError::Damaged(error.to_string())))
}
