//! Cache of the progress of plans over time.
//!
//! A curve reads every version of every measure of a plan. It changes only with the revision and with a
//! pruning, so it is computed once for a plan, an interval and a revision.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use passerelle_model::interval::Interval;
use passerelle_model::key::PlanKey;
use passerelle_model::plan::Progress;
use passerelle_model::revision::RevisionNumber;
use passerelle_model::timestamp::Timestamp;
use tokio::sync::Mutex;

/// Progress of a plan at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressPoint {
    /// End of the interval, or the time of the latest revision if that is earlier.
    pub at: Timestamp,
    /// Progress at that instant. `None` if no measure had a known status.
    pub progress: Option<Progress>,
}

/// Number of cached curves: three intervals of some plans. A curve has at most 1,000 points of 90 bytes.
const MAX_CURVES: usize = 32;

/// Plan, interval and revision of a curve, and the oldest revision that can be read.
pub(crate) type CurveKey = (PlanKey, Interval, RevisionNumber, RevisionNumber);
type Curve = Arc<Vec<ProgressPoint>>;

/// Curves that are cached, most recently computed first.
///
/// The asynchronous mutex is held while a curve is computed: one at a time in the whole process, because each
/// takes memory for all versions of a plan.
#[derive(Debug, Default)]
pub(crate) struct ProgressCurves(Mutex<VecDeque<(CurveKey, Curve)>>);

impl ProgressCurves {
    /// Returns a cached curve, or computes it.
    pub(crate) async fn get_or_compute<E>(
        &self,
        key: CurveKey,
        compute: impl Future<Output = Result<Vec<ProgressPoint>, E>>,
    ) -> Result<Curve, E> {
        let mut curves = self.0.lock().await;
        if let Some((_, curve)) = curves.iter().find(|(other, _)| *other == key) {
            return Ok(Arc::clone(curve));
        }
        let curve = Arc::new(compute.await?);
        curves.truncate(MAX_CURVES - 1);
        curves.push_front((key, Arc::clone(&curve)));
        Ok(curve)
    }
}

/// Tells a computation on another thread that nobody waits for it any more, when it is dropped.
#[derive(Default)]
pub(crate) struct StopOnDrop(Arc<AtomicBool>);

impl StopOnDrop {
    /// Returns the flag that is set when this is dropped.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
