//! In-memory cache of the measure indexes of plans.
//!
//! Everything here is derived from rows and can be evicted at any time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::revision::RevisionNumber;
use tokio::sync::{Mutex, OnceCell};

use crate::progress_curves::ProgressCurves;
use crate::query_index::{MeasureFacets, MeasureFilter, MeasureIndex, TitleIndex};

/// Number of cached indexes of past revisions.
pub(crate) const MAX_PAST_INDEXES: usize = 8;

/// The measure index of one plan at one revision, with lazily computed parts.
#[derive(Debug)]
pub(crate) struct CachedIndex {
    pub(crate) index: MeasureIndex,
    pub(crate) title_words: OnceCell<TitleIndex>,
    /// Words of all texts of the measures, for filters at a past revision.
    pub(crate) text_words: OnceCell<TitleIndex>,
    size: PlanSize,
    /// The latest filter results, newest first. A query reads a list, its count and its facets with the
    /// same filter. The lock is never held across an `await`.
    filter_results: std::sync::Mutex<VecDeque<(FilterKey, Arc<FilterResult>)>>,
}

/// A category (`None` for the whole plan) and a filter.
type FilterKey = (Option<CategoryKey>, MeasureFilter);

/// The positions of the measures that match a filter, and their facets, computed on first use.
#[derive(Debug)]
pub(crate) struct FilterResult {
    pub(crate) measures: Vec<usize>,
    tally: OnceLock<MeasureFacets>,
}

impl FilterResult {
    pub(crate) fn tally(&self, index: &MeasureIndex) -> &MeasureFacets {
        self.tally.get_or_init(|| index.facets(&self.measures))
    }
}

/// Number of cached filter results per plan: a list and the five facets that are counted without their own
/// condition, for two queries.
const MAX_FILTER_RESULTS: usize = 12;

/// Size of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanSize {
    /// Number of measures.
    pub measures: usize,
    /// Number of categories of all levels.
    pub categories: usize,
    /// Number of levels of categories.
    pub levels: usize,
}

impl PlanSize {
    fn of(index: &MeasureIndex) -> Self {
        let chains = index.tree().ancestor_chains();
        Self {
            measures: index.measures().len(),
            categories: chains.len(),
            levels: chains.iter().map(Vec::len).max().unwrap_or_default(),
        }
    }
}

/// The latest index of each plan and a few of past revisions.
#[derive(Debug, Default)]
pub(crate) struct IndexCache {
    /// The lock is never held across an `await`.
    latest: RwLock<HashMap<PlanKey, (RevisionNumber, Arc<CachedIndex>)>>,
    /// Makes concurrent cache misses wait for one load. Held across an `await`, so the mutex is asynchronous.
    pub(crate) load_lock: Mutex<()>,
    pub(crate) past_indexes: Mutex<Vec<(PlanKey, RevisionNumber, Arc<CachedIndex>)>>,
    pub(crate) curves: ProgressCurves,
}

impl IndexCache {
    pub(crate) fn get(&self, plan: &PlanKey) -> Option<(RevisionNumber, Arc<CachedIndex>)> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).get(plan).cloned()
    }

    /// Returns the size of the largest cached index. Each number is the largest of any plan.
    pub(crate) fn largest_plan(&self) -> PlanSize {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
        latest.values().fold(PlanSize::default(), |largest, (_, cached)| PlanSize {
            measures: largest.measures.max(cached.size.measures),
            categories: largest.categories.max(cached.size.categories),
            levels: largest.levels.max(cached.size.levels),
        })
    }

    pub(crate) fn insert(&self, plan: &PlanKey, at: RevisionNumber, index: &Arc<CachedIndex>) {
        let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
        latest.insert(plan.clone(), (at, Arc::clone(index)));
    }
}

impl CachedIndex {
    pub(crate) fn new(index: MeasureIndex) -> Self {
        let size = PlanSize::of(&index);
        Self {
            index,
            title_words: OnceCell::new(),
            text_words: OnceCell::new(),
            size,
            filter_results: std::sync::Mutex::default(),
        }
    }

    /// Returns a cached result.
    fn cached_result(&self, key: &FilterKey) -> Option<Arc<FilterResult>> {
        let results = self.filter_results.lock().unwrap_or_else(PoisonError::into_inner);
        results.iter().find(|(candidate, _)| candidate == key).map(|(_, result)| Arc::clone(result))
    }

    /// Applies a filter to the measures of a category, or of the whole plan. `words` is needed if the
    /// filter reads texts.
    pub(crate) fn filter_measures(
        &self,
        category: Option<&CategoryKey>,
        filter: &MeasureFilter,
        words: Option<&TitleIndex>,
    ) -> Arc<FilterResult> {
        let key = (category.cloned(), filter.clone());
        if let Some(result) = self.cached_result(&key) {
            return result;
        }
        let measures = self.index.matching(category, filter, words);
        let result = Arc::new(FilterResult { measures, tally: OnceLock::new() });
        let mut results = self.filter_results.lock().unwrap_or_else(PoisonError::into_inner);
        results.truncate(MAX_FILTER_RESULTS - 1);
        results.push_front((key, Arc::clone(&result)));
        result
    }
}
