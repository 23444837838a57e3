//! What was read of rows, held for who reads them next.
//!
//! A row of content says the same for as long as there is one, and its id is given to no other: what was read of it is right
//! at every revision that it lives at. Which rows live at a revision is never asked here.

use std::sync::{Arc, PoisonError, RwLock};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use passerelle_model::served::{ServedMeasure, ServedPlan};
use passerelle_model::sync::RevisionNumber;
use tokio::sync::Mutex;

use crate::error::StorageError;
use crate::view::View;

/// What measures may take in memory, in bytes: some 15,000 of them.
const MEASURE_BYTES: u64 = 16 * 1024 * 1024;
/// What a measure takes beside its texts, about: keys, counts, its place among the others.
const OVERHEAD: usize = 480;

/// The plans of a revision, the newest first.
type Plans = Arc<Vec<Arc<ServedPlan>>>;

/// Rows that were read.
#[derive(Debug)]
pub(crate) struct HeldRows {
    /// By the ids of their rows.
    measures: Cache<i64, Arc<ServedMeasure>>,
    /// There are few, and nearly every answer needs one: those of the newest revision that was asked for. Not the asynchronous
    /// lock: it is held for a look.
    plans: RwLock<Option<(RevisionNumber, Plans)>>,
    /// The asynchronous mutex: who comes second waits for the first to have read them.
    reading: Mutex<()>,
}

impl Default for HeldRows {
    fn default() -> Self {
        let weight = |_: &i64, measure: &Arc<ServedMeasure>| {
            let texts =
                [&measure.title.html, &measure.title.text, &measure.title.markdown, &measure.status_text];
            let bytes = OVERHEAD + texts.iter().map(|text| text.len()).sum::<usize>();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let measures = Cache::builder()
            .max_capacity(MEASURE_BYTES)
            .weigher(weight)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { measures, plans: RwLock::default(), reading: Mutex::default() }
    }
}

impl HeldRows {
    /// The measure of a row, if it was read.
    pub(crate) fn measure(&self, row_id: i64) -> Option<Arc<ServedMeasure>> {
        self.measures.get(&row_id)
    }

    /// Holds what was read of a row.
    pub(crate) fn hold(&self, row_id: i64, measure: &Arc<ServedMeasure>) {
        self.measures.insert(row_id, Arc::clone(measure));
    }

    fn plans(&self, at: RevisionNumber) -> Option<Plans> {
        let held = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(revision, _)| *revision == at).map(|(_, plans)| Arc::clone(plans))
    }

    fn hold_plans(&self, at: RevisionNumber, plans: &Plans) {
        let mut held = self.plans.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|(revision, _)| *revision < at) {
            *held = Some((at, Arc::clone(plans)));
        }
    }
}

impl View {
    /// Every plan, as [`View::plans`] gives them; without a statement where somebody asked at this revision before.
    pub async fn all_plans(&self) -> Result<Plans, StorageError> {
        match self.rows.plans(self.revision.number) {
            Some(plans) => Ok(plans),
            // Apart, so that who finds them there carries none of the other.
            None => Box::pin(self.plans_anew()).await,
        }
    }

    async fn plans_anew(&self) -> Result<Plans, StorageError> {
        let at = self.revision.number;
        let _reading = self.rows.reading.lock().await;
        if let Some(plans) = self.rows.plans(at) {
            return Ok(plans);
        }
        let plans = Arc::new(self.plans().await?.into_iter().map(Arc::new).collect());
        self.rows.hold_plans(at, &plans);
        Ok(plans)
    }
}
