//! Progress of a plan over time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use passerelle_model::interval::Interval;
use passerelle_model::key::PlanKey;
use passerelle_model::plan::{Progress, ProgressCounter};
use passerelle_model::timestamp::Timestamp;
use sea_orm::ColumnTrait;
use tokio::task::spawn_blocking;

use crate::entity::measure;
use crate::error::StorageError;
use crate::measure_versions::MeasureVersion;
use crate::meta::pruned_revision;
use crate::progress_curves::{ProgressPoint, StopOnDrop};
use crate::read_view::ReadView;

/// Maximum number of points. The oldest points are dropped first. It bounds the size of a response.
const MAX_PROGRESS_POINTS: usize = 1_000;

impl ReadView {
    /// Returns the progress of a plan at the end of each interval, back to the oldest row that was not
    /// pruned.
    pub async fn progress_over_time(
        &self,
        plan: &PlanKey,
        interval: Interval,
    ) -> Result<Arc<Vec<ProgressPoint>>, StorageError> {
        let key = (plan.clone(), interval, self.revision.number, self.latest_revision.pruned());
        let computing = Box::pin(self.compute_progress_over_time(plan, interval));
        self.index_cache.curves.get_or_compute(key, computing).await
    }

    async fn compute_progress_over_time(
        &self,
        plan: &PlanKey,
        interval: Interval,
    ) -> Result<Vec<ProgressPoint>, StorageError> {
        let measure_versions = self.measure_versions(measure::Column::PlanKey.eq(plan.as_str())).await?;
        let pruned = pruned_revision(&self.read_pool).await?;
        // Rows before a pruning are incomplete, so the points start with it.
        let boundaries: BTreeSet<i64> = measure_versions
            .iter()
            .flat_map(|version| std::iter::once(version.from_revision).chain(version.until_revision))
            .map(|boundary| boundary.max(pruned))
            .collect();
        let times = self.revision_times(&boundaries).await?;
        // The last boundary in an interval gives the progress at its end.
        let mut ends: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for boundary in boundaries.into_iter().filter(|boundary| *boundary <= self.revision.number.get()) {
            ends.entry(interval.end_after(times.revision(boundary)?.at))
                .and_modify(|last| *last = boundary.max(*last))
                .or_insert(boundary);
        }
        let (stop_on_drop, latest) = (StopOnDrop::default(), self.revision.at);
        let stop = stop_on_drop.flag();
        // Each point walks all versions. On a thread of its own, it delays no other request.
        let points =
            spawn_blocking(move || points_at(&measure_versions, &ends, interval, latest, &stop)).await;
        points?
    }
}

/// Returns the progress at the end of each interval up to `latest`. Stops early, with a part of them, if
/// `stop` is set.
fn points_at(
    measure_versions: &[MeasureVersion],
    ends: &BTreeMap<Timestamp, i64>,
    interval: Interval,
    latest: Timestamp,
    stop: &AtomicBool,
) -> Result<Vec<ProgressPoint>, StorageError> {
    let Some((first, _)) = ends.first_key_value() else { return Ok(Vec::new()) };
    let last = interval.end_after(latest);
    let mut all_ends: Vec<Timestamp> =
        std::iter::successors(Some(*first), |end| Some(interval.end_after(*end)))
            .take_while(|end| *end <= last)
            .collect();
    let kept = all_ends.split_off(all_ends.len().saturating_sub(MAX_PROGRESS_POINTS));
    // The last boundary before the first kept point says how far it was there. The points before are not
    // computed.
    let before = all_ends.iter().rev().find_map(|end| ends.get(end));
    let mut progress = Some(Progress::default());
    if let Some(boundary) = before {
        progress = progress_at(measure_versions, *boundary)?;
    }
    let mut points = Vec::with_capacity(kept.len());
    for end in kept {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if let Some(boundary) = ends.get(&end) {
            progress = progress_at(measure_versions, *boundary)?;
        }
        points.push(ProgressPoint { at: end.min(latest), progress });
    }
    Ok(points)
}

/// Returns the progress at a revision. `None` if no measure had a known status.
fn progress_at(measure_versions: &[MeasureVersion], revision: i64) -> Result<Option<Progress>, StorageError> {
    let mut counter = ProgressCounter::default();
    let is_live = |version: &&MeasureVersion| {
        version.from_revision <= revision && version.until_revision.is_none_or(|until| until > revision)
    };
    for version in measure_versions.iter().filter(is_live) {
        counter.add(version.status()?, version.repeat_group()?);
    }
    Ok(Some(counter.finish()).filter(|progress| !progress.lacks_statuses()))
}
