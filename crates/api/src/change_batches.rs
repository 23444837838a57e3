//! Batches of the change log that many subscribers share.
//!
//! Subscribers that replay the log from the same revision read the same rows. A batch is read once, and is
//! cached until newer batches take its place. A subscriber keeps no batch of its own: the cache bounds the
//! memory of all replays.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use passerelle_model::revision::RevisionNumber;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, ChangePosition, ReadView};

use crate::error::ApiError;

/// Number of changes that are read from the log in one statement.
pub(crate) const BATCH_SIZE: u32 = 200;
/// Maximum size of all cached batches in bytes: about 200 batches of usual changes.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// Approximate memory of a change besides its texts, in bytes.
const CHANGE_BYTES: usize = 200;
/// Time after the last access until a batch is removed.
const TIME_TO_IDLE: Duration = Duration::from_secs(30);

/// Changes after a position, oldest first.
pub(crate) type Batch = Arc<Vec<Arc<ChangeLogEntry>>>;

/// Position, filter, and the revision up to which the log was read.
type BatchKey = (ChangePosition, ChangeFilter, RevisionNumber);

/// Cache of batches. A clone shares it.
#[derive(Clone)]
pub(crate) struct ChangeBatches(Cache<BatchKey, Batch>);

impl Default for ChangeBatches {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|key: &BatchKey, batch: &Batch| {
                u32::try_from(key_bytes(key) + batch_bytes(batch)).unwrap_or(u32::MAX)
            })
            .time_to_idle(TIME_TO_IDLE);
        Self(cache.build())
    }
}

impl ChangeBatches {
    /// Returns the changes after a position, from the cache if another subscriber has read them.
    pub(crate) async fn after(
        &self,
        view: &ReadView,
        position: ChangePosition,
        filter: ChangeFilter,
    ) -> Result<Batch, ApiError> {
        let key = (position, filter.clone(), view.revision().number);
        let reading = async {
            let changes = view.changes_after(position, &filter, BATCH_SIZE).await?;
            Ok::<_, ApiError>(Arc::new(changes.into_iter().map(Arc::new).collect::<Vec<_>>()))
        };
        self.0.try_get_with(key, Box::pin(reading)).await.map_err(|error| ApiError::clone(&error))
    }
}

/// Memory of an entry without changes. Many subscribers with filters of their own have one each.
fn key_bytes((_, filter, _): &BatchKey) -> usize {
    let nodes = filter.nodes.iter().map(|node| CHANGE_BYTES + node.key().len());
    CHANGE_BYTES + filter.kinds.len() + nodes.sum::<usize>()
}

fn batch_bytes(batch: &Batch) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    batch.iter().map(|change| CHANGE_BYTES + text(&change.before) + text(&change.after)).sum()
}
