//! How far a set of measures is.

use async_graphql::{Object, SimpleObject};
use passerelle_model::plan::{MeasureStatus as Status, Progress};

use super::MeasureStatus;

/// Measures counted by status.
pub(crate) struct ProgressObject(pub(crate) Progress);

/// How many measures have a status.
#[derive(SimpleObject)]
pub(crate) struct StatusCount {
    /// The status.
    status: MeasureStatus,
    /// The measures that have it.
    count: i32,
}

/// How far a set of measures is.
#[Object(name = "Progress")]
impl ProgressObject {
    /// All measures of the set.
    fn total(&self) -> i32 {
        saturate(self.0.total())
    }

    /// Those that are `COMPLETED`.
    fn completed(&self) -> i32 {
        saturate(self.0.count(Status::Completed))
    }

    /// `completed` divided by `total`, from 0 to 1; 0 where there are no measures.
    fn ratio(&self) -> f64 {
        self.0.ratio()
    }

    /// One count for each status that occurs, in the order of the enum.
    fn counts(&self) -> Vec<StatusCount> {
        status_counts(&self.0)
    }

    /// The same with rows that say the same thing counted once. Rows that disagree are not completed, and have the first
    /// of their other statuses in the order of the enum.
    fn distinct(&self) -> ProgressObject {
        Self(self.0.distinct())
    }
}

/// One count for each status that occurs.
pub(super) fn status_counts(progress: &Progress) -> Vec<StatusCount> {
    let count = |count: passerelle_model::plan::StatusCount| StatusCount {
        status: count.status.into(),
        count: saturate(count.count),
    };
    progress.counts().map(count).collect()
}

/// A count as the `Int` of GraphQL, which has 31 bits.
pub(crate) fn saturate(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}
