//! Cache of decoded rows.
//!
//! A content row never changes after it is written and its id is never reused, so an entry stays valid
//! until it is evicted. The cache does not know which rows are live at a revision.

use std::sync::{Arc, PoisonError, RwLock};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use passerelle_model::published::{PublishedMeasure, PublishedPlan};
use passerelle_model::revision::RevisionNumber;
use tokio::sync::Mutex;

use crate::row_id::RowId;

/// Capacity of the measure cache in bytes, about 15,000 measures.
const MEASURE_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// Estimated bytes of a measure besides its texts: keys, counts and positions.
const MEASURE_OVERHEAD_BYTES: usize = 480;

/// Plans of a revision, newest first.
pub(crate) type CachedPlans = Arc<Vec<Arc<PublishedPlan>>>;

/// Measures and plans that were read from the database.
#[derive(Debug)]
pub(crate) struct RowCache {
    /// By row id.
    measures: Cache<RowId, Arc<PublishedMeasure>>,
    /// The plans of the latest revision that was read. The lock is never held across an `await`.
    plans: RwLock<Option<(RevisionNumber, CachedPlans)>>,
    /// Makes concurrent cache misses wait for one load. Held across an `await`, so the mutex is asynchronous.
    pub(crate) load_lock: Mutex<()>,
}

impl Default for RowCache {
    fn default() -> Self {
        let weight = |_: &RowId, measure: &Arc<PublishedMeasure>| {
            let texts =
                [&measure.title.html, &measure.title.text, &measure.title.markdown, &measure.status_text];
            let texts = texts.iter().map(|text| text.len()).sum::<usize>();
            let bytes = MEASURE_OVERHEAD_BYTES + texts + measure.details.size();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let measures = Cache::builder()
            .max_capacity(MEASURE_CACHE_BYTES)
            .weigher(weight)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { measures, plans: RwLock::default(), load_lock: Mutex::default() }
    }
}

impl RowCache {
    /// Returns the cached measure of a row.
    pub(crate) fn measure(&self, row_id: RowId) -> Option<Arc<PublishedMeasure>> {
        self.measures.get(&row_id)
    }

    /// Adds the measure of a row.
    pub(crate) fn insert(&self, row_id: RowId, measure: &Arc<PublishedMeasure>) {
        self.measures.insert(row_id, Arc::clone(measure));
    }

    pub(crate) fn plans(&self, at: RevisionNumber) -> Option<CachedPlans> {
        let cached = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        cached.as_ref().filter(|(revision, _)| *revision == at).map(|(_, plans)| Arc::clone(plans))
    }

    pub(crate) fn insert_plans(&self, at: RevisionNumber, plans: &CachedPlans) {
        let mut cached = self.plans.write().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_none_or(|(revision, _)| *revision < at) {
            *cached = Some((at, Arc::clone(plans)));
        }
    }
}
