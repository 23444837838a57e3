//! How far a set of measures is.

use serde::Serialize;

use super::MeasureStatus;

/// How many measures have a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusCount {
    /// The status.
    pub status: MeasureStatus,
    /// The measures that have it.
    pub count: u32,
}

/// Measures counted by status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    counts: [u32; MeasureStatus::ALL.len()],
}

impl Progress {
    /// Counts statuses.
    pub fn of(statuses: impl IntoIterator<Item = MeasureStatus>) -> Self {
        let mut progress = Self::default();
        for status in statuses {
            progress.add(status, 1);
        }
        progress
    }

    /// Counts more measures of one status.
    pub fn add(&mut self, status: MeasureStatus, count: u32) {
        self.counts[status as usize] += count;
    }

    /// Counts what another set holds too.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
    }

    /// All measures.
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The measures of one status.
    pub fn count(&self, status: MeasureStatus) -> u32 {
        self.counts[status as usize]
    }

    /// Completed measures as a share of all, 0 where there are none.
    pub fn ratio(&self) -> f64 {
        let total = self.total();
        if total == 0 { 0.0 } else { f64::from(self.count(MeasureStatus::Completed)) / f64::from(total) }
    }

    /// One count a status that occurs, in the order of [`MeasureStatus::ALL`].
    pub fn counts(&self) -> impl Iterator<Item = StatusCount> {
        let counts = MeasureStatus::ALL.into_iter().zip(self.counts);
        counts.filter(|(_, count)| *count > 0).map(|(status, count)| StatusCount { status, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_made_no_progress() {
        assert!(Progress::default().ratio().abs() < f64::EPSILON);
        assert_eq!(Progress::default().counts().count(), 0);
    }

    #[test]
    fn statuses_are_counted_in_their_order() {
        let progress =
            Progress::of([MeasureStatus::Completed, MeasureStatus::NotStarted, MeasureStatus::Completed]);
        let counts: Vec<_> = progress.counts().map(|count| (count.status, count.count)).collect();
        assert_eq!(counts, [(MeasureStatus::NotStarted, 1), (MeasureStatus::Completed, 2)]);
        assert!((progress.ratio() - 2.0 / 3.0).abs() < f64::EPSILON);
    }
}
