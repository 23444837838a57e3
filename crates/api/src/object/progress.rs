//! Object type `Progress`, and counts by status.

use async_graphql::{Object, SimpleObject};
use passerelle_model::plan::{MeasureStatus as Status, Progress};
use passerelle_storage::query_index::MeasureFacets;

use super::MeasureStatus;

pub(crate) struct ProgressObject(pub(crate) Progress);

impl ProgressObject {
    /// Returns the progress of counted measures. `None` if no measure of the plan has a known status.
    pub(super) fn of(counts: &MeasureFacets) -> Option<Self> {
        (!counts.lacks_statuses).then_some(Self(counts.progress))
    }
}

/// Number of measures with a status.
#[derive(SimpleObject)]
pub(crate) struct StatusCount {
    /// Status of the counted measures.
    status: MeasureStatus,
    /// Number of measures with this status.
    count: i32,
}

/// Progress of a set of measures.
#[Object(name = "Progress")]
impl ProgressObject {
    /// Number of measures in the set.
    fn total(&self) -> i32 {
        to_int(self.0.total())
    }

    /// Number of measures with the status `COMPLETED`.
    fn completed(&self) -> i32 {
        to_int(self.0.count(Status::Completed))
    }

    /// `completed` divided by `total`, from 0 to 1, for example `0.25`. `0` if the set is empty.
    fn ratio(&self) -> f64 {
        self.0.ratio()
    }

    /// Number of measures for each status, in the order of `MeasureStatus`. Statuses without measures
    /// have the count 0.
    fn counts(&self) -> Vec<StatusCount> {
        status_counts(&self.0)
    }

    /// Progress in which repeated measures count once. Repeated measures with different statuses count as not
    /// completed: the first of their statuses in the order of `MeasureStatus` counts, without `COMPLETED`.
    fn distinct(&self) -> ProgressObject {
        Self(self.0.distinct())
    }
}

/// Returns the number of measures for each status, also for those without measures.
pub(super) fn status_counts(progress: &Progress) -> Vec<StatusCount> {
    let count = |status: Status| StatusCount { status: status.into(), count: to_int(progress.count(status)) };
    Status::ALL.into_iter().map(count).collect()
}

/// Converts a count to the `Int` of GraphQL, which is limited to 2³¹ − 1. Larger counts become the limit.
pub(crate) fn to_int(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}
