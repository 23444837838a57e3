//! Progress of a set of measures.

use std::collections::HashMap;

use serde::Serialize;

use super::MeasureStatus;

/// Number of measures with one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusCount {
    /// Status of the counted measures.
    pub status: MeasureStatus,
    /// Number of measures.
    pub count: u32,
}

type Counts = [u32; MeasureStatus::ALL.len()];

/// Number of measures per status, counted twice: once with repeated measures and once without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    counts: Counts,
    distinct: Counts,
}

impl Progress {
    /// Returns the number of all measures.
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Returns the number of measures with this status.
    pub fn count(&self, status: MeasureStatus) -> u32 {
        self.counts[status as usize]
    }

    /// Returns the share of completed measures, from 0 to 1. Returns 0 if there are no measures.
    pub fn ratio(&self) -> f64 {
        let total = self.total();
        if total == 0 { 0.0 } else { f64::from(self.count(MeasureStatus::Completed)) / f64::from(total) }
    }

    /// Returns true if there are measures and all of them are [`MeasureStatus::Undefined`]. The progress is
    /// unknown then.
    pub fn lacks_statuses(&self) -> bool {
        let total = self.total();
        total > 0 && self.count(MeasureStatus::Undefined) == total
    }

    /// Returns one count per status that occurs, in the order of [`MeasureStatus::ALL`].
    pub fn counts(&self) -> impl Iterator<Item = StatusCount> {
        let counts = MeasureStatus::ALL.into_iter().zip(self.counts);
        counts.filter(|(_, count)| *count > 0).map(|(status, count)| StatusCount { status, count })
    }

    /// Returns the progress with each group of repeated measures counted once.
    ///
    /// If the statuses of a group differ, the group gets the first status other than `COMPLETED`, in the
    /// order of [`MeasureStatus::ALL`].
    #[must_use]
    pub fn distinct(&self) -> Self {
        Self { counts: self.distinct, distinct: self.distinct }
    }
}

/// Counts measures by status.
#[derive(Clone, Debug, Default)]
pub struct ProgressCounter {
    progress: Progress,
    groups: HashMap<u32, MeasureStatus>,
}

impl ProgressCounter {
    /// Counts one measure. `group` is equal for repeated measures.
    pub fn add(&mut self, status: MeasureStatus, group: Option<u32>) {
        self.progress.counts[status as usize] += 1;
        match group {
            None => self.progress.distinct[status as usize] += 1,
            Some(group) => {
                let merged = self.groups.entry(group).or_insert(status);
                *merged = merge_statuses(*merged, status);
            }
        }
    }

    /// Returns the progress of the counted measures.
    pub fn finish(self) -> Progress {
        let Self { mut progress, groups } = self;
        progress.distinct = groups.into_values().fold(progress.distinct, |mut counts, status| {
            counts[status as usize] += 1;
            counts
        });
        progress
    }
}

/// Returns the status of two repeated measures. The result is `COMPLETED` only if both are.
fn merge_statuses(a: MeasureStatus, b: MeasureStatus) -> MeasureStatus {
    match (a, b) {
        (MeasureStatus::Completed, other) | (other, MeasureStatus::Completed) => other,
        (a, b) => a.min(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MeasureStatus::{Completed, InProgress, NotStarted};

    fn count_rows(rows: &[(MeasureStatus, Option<u32>)]) -> Progress {
        let mut counter = ProgressCounter::default();
        for (status, group) in rows {
            counter.add(*status, *group);
        }
        counter.finish()
    }

    fn counts(progress: Progress) -> Vec<(MeasureStatus, u32)> {
        progress.counts().map(|count| (count.status, count.count)).collect()
    }

    #[test]
    fn empty_progress_is_zero() {
        assert!(Progress::default().ratio().abs() < f64::EPSILON);
        assert_eq!(Progress::default().counts().count(), 0);
    }

    #[test]
    fn progress_is_unknown_if_every_status_is() {
        let unknown = (MeasureStatus::Undefined, None);
        assert!(count_rows(&[unknown, unknown]).lacks_statuses());
        assert!(!count_rows(&[unknown, (NotStarted, None)]).lacks_statuses());
        assert!(!Progress::default().lacks_statuses());
    }

    #[test]
    fn counts_follow_the_status_order() {
        let progress = count_rows(&[(Completed, None), (NotStarted, None), (Completed, None)]);
        assert_eq!(counts(progress), [(NotStarted, 1), (Completed, 2)]);
        assert!((progress.ratio() - 2.0 / 3.0).abs() < f64::EPSILON);
        assert_eq!(progress.distinct().total(), 3);
    }

    #[test]
    fn a_repeat_group_counts_once_and_is_completed_if_all_rows_are() {
        let rows = [(Completed, Some(1)), (Completed, Some(1)), (Completed, Some(2)), (InProgress, Some(2))];
        assert_eq!(counts(count_rows(&rows)), [(InProgress, 1), (Completed, 3)]);
        assert_eq!(counts(count_rows(&rows).distinct()), [(InProgress, 1), (Completed, 1)]);
        assert_eq!(count_rows(&rows).distinct().distinct(), count_rows(&rows).distinct());
    }
}
