//! Cache of decoded rows.
//!
//! A row of content says the same for as long as there is one, and its id is given to no other: what was read of it is right
//! at every revision that it lives at. Which rows live at a revision is never asked here.

use std::sync::{Arc, PoisonError, RwLock};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use passerelle_model::published::{PublishedMeasure, PublishedPlan};
use passerelle_model::sync::RevisionNumber;
use tokio::sync::Mutex;

use crate::error::StorageError;
use crate::read_view::ReadView;

/// Capacity of the measure cache in bytes, about 15,000 measures.
const MEASURE_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// Estimated bytes of a measure besides its texts: keys, counts and positions.
const MEASURE_OVERHEAD_BYTES: usize = 480;

/// The plans of a revision, the newest first.
type CachedPlans = Arc<Vec<Arc<PublishedPlan>>>;

/// Rows that were read.
#[derive(Debug)]
pub(crate) struct RowCache {
    /// By the ids of their rows.
    measures: Cache<i64, Arc<PublishedMeasure>>,
    /// There are few, and nearly every answer needs one: those of the newest revision that was asked for. Not the asynchronous
    /// lock: it is held for a look.
    plans: RwLock<Option<(RevisionNumber, CachedPlans)>>,
    /// The asynchronous mutex: who comes second waits for the first to have read them.
    load_lock: Mutex<()>,
}

impl Default for RowCache {
    fn default() -> Self {
        let weight = |_: &i64, measure: &Arc<PublishedMeasure>| {
            let texts =
                [&measure.title.html, &measure.title.text, &measure.title.markdown, &measure.status_text];
            let bytes = MEASURE_OVERHEAD_BYTES + texts.iter().map(|text| text.len()).sum::<usize>();
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
    /// The measure of a row, if it was read.
    pub(crate) fn measure(&self, row_id: i64) -> Option<Arc<PublishedMeasure>> {
        self.measures.get(&row_id)
    }

    /// Holds what was read of a row.
    pub(crate) fn insert(&self, row_id: i64, measure: &Arc<PublishedMeasure>) {
        self.measures.insert(row_id, Arc::clone(measure));
    }

    fn plans(&self, at: RevisionNumber) -> Option<CachedPlans> {
        let cached = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        cached.as_ref().filter(|(revision, _)| *revision == at).map(|(_, plans)| Arc::clone(plans))
    }

    fn insert_plans(&self, at: RevisionNumber, plans: &CachedPlans) {
        let mut cached = self.plans.write().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_none_or(|(revision, _)| *revision < at) {
            *cached = Some((at, Arc::clone(plans)));
        }
    }
}

impl ReadView {
    /// Every plan, as [`ReadView::plans`] gives them; without a statement where somebody asked at this revision before.
    pub async fn cached_plans(&self) -> Result<CachedPlans, StorageError> {
        match self.row_cache.plans(self.revision.number) {
            Some(plans) => Ok(plans),
            // Apart, so that who finds them there carries none of the other.
            None => Box::pin(self.load_plans()).await,
        }
    }

    async fn load_plans(&self) -> Result<CachedPlans, StorageError> {
        let at = self.revision.number;
        let _guard = self.row_cache.load_lock.lock().await;
        if let Some(plans) = self.row_cache.plans(at) {
            return Ok(plans);
        }
        let plans = Arc::new(self.plans().await?.into_iter().map(Arc::new).collect());
        self.row_cache.insert_plans(at, &plans);
        Ok(plans)
    }
}
