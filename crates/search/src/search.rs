//! Handle for searching: the latest snapshot of the index, and the threads that search it.

use std::sync::Arc;
use std::time::Duration;

use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_storage::Storage;
use tokio::sync::watch;

use crate::blocking::{BlockingPool, Cancellation};
use crate::error::SearchError;
use crate::index::location::IndexLocation;
use crate::live::LiveIndex;
use crate::query::request::{SearchRequest, SearchResults};
use crate::query::snapshot::Snapshot;
use crate::updater::IndexUpdater;

/// Time that a search waits for the index to contain a revision. An update of a few documents takes
/// milliseconds. After thousands of changes the update takes longer, and the search uses the previous
/// snapshot.
pub const REVISION_TIMEOUT: Duration = Duration::from_millis(500);
/// Maximum number of searches at once. More would not be faster, because a search uses one core and no I/O,
/// but each needs up to 10 MiB.
const MAX_CONCURRENT: usize = 4;

/// Handle for searching. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    live: watch::Receiver<LiveIndex>,
    pool: BlockingPool,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("revision", &self.revision()).finish()
    }
}

impl Search {
    /// Creates a handle, and the task that keeps the index up to date. The caller must run the task.
    pub fn new(storage: Storage, location: IndexLocation) -> (Self, IndexUpdater) {
        let (sender, live) = watch::channel(LiveIndex::default());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = BlockingPool::new(cores.min(MAX_CONCURRENT));
        (Self { live, pool }, IndexUpdater::new(storage, location, sender))
    }

    /// Returns the revision of the index. `None` until it is built for the first time.
    pub fn revision(&self) -> Option<Revision> {
        self.live.borrow().revision()
    }

    /// Waits until the index is built for the first time.
    pub async fn built(&self) {
        // The result is an error only if the updater has ended, which happens at shutdown.
        drop(self.live.clone().wait_for(|live| live.snapshot().is_some()).await);
    }

    /// Waits until the index contains a revision, without a time limit.
    pub async fn reached(&self, revision: RevisionNumber) {
        // An error means that the updater ended, which happens only at shutdown.
        drop(self.live.clone().wait_for(|live| live.contains(revision)).await);
    }

    /// Waits until the index contains a revision, at most [`REVISION_TIMEOUT`], and returns the latest
    /// snapshot. Returns `None` if the index is not built yet.
    pub async fn at(&self, revision: RevisionNumber) -> Option<Arc<Snapshot>> {
        let mut live = self.live.clone();
        // After a timeout, or if the updater has ended, an older snapshot is used.
        drop(tokio::time::timeout(REVISION_TIMEOUT, live.wait_for(|live| live.contains(revision))).await);
        self.live.borrow().snapshot().cloned()
    }

    /// Searches the snapshot of [`Search::at`]. Returns `None` if the index is not built yet.
    ///
    /// # Errors
    /// The same as [`Search::run`].
    pub async fn search(
        &self,
        revision: RevisionNumber,
        request: SearchRequest,
    ) -> Result<Option<SearchResults>, SearchError> {
        let Some(snapshot) = self.at(revision).await else { return Ok(None) };
        self.run(move |cancellation| snapshot.search(&request, cancellation)).await.map(Some)
    }

    /// Runs search work on a blocking thread: a search, a filter or a snippet.
    ///
    /// At most as many run at once as there are cores, and at most 4. Further calls wait in first-in,
    /// first-out order. The work is cancelled when the future is dropped.
    ///
    /// # Errors
    /// The error of the work, or [`SearchError::Damaged`] if it panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Cancellation) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, SearchError> {
        self.pool.run(work).await?
    }
}
