//! Progress as a bar.

use passerelle_model::plan::{MeasureStatus, Progress};

use crate::words::Words;

/// One part of a bar. The numbers are percentages of the width.
#[derive(Debug, PartialEq)]
pub(crate) struct BarPart {
    pub(crate) class: &'static str,
    pub(crate) start: String,
    pub(crate) width: String,
}

/// A bar with one part per status.
#[derive(Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) parts: Vec<BarPart>,
}

/// Order of the parts: what is done first, what is unknown last.
pub(crate) const BAR_ORDER: [MeasureStatus; MeasureStatus::ALL.len()] = [
    MeasureStatus::Completed,
    MeasureStatus::InProgress,
    MeasureStatus::Late,
    MeasureStatus::Postponed,
    MeasureStatus::NotStarted,
    MeasureStatus::Merged,
    MeasureStatus::Cancelled,
    MeasureStatus::OutOfScope,
    MeasureStatus::Undefined,
];

impl Bar {
    /// Returns the bar of a progress. `None` if there are no measures or no status is known.
    pub(crate) fn of(progress: &Progress) -> Option<Self> {
        let total = progress.total();
        if total == 0 || progress.lacks_statuses() {
            return None;
        }
        let percent = |count: u32| format!("{:.2}", f64::from(count) * 100.0 / f64::from(total));
        let mut start = 0;
        let mut parts = Vec::new();
        for status in BAR_ORDER {
            let count = progress.count(status);
            if count > 0 {
                let class = status_class(status);
                parts.push(BarPart { class, start: percent(start), width: percent(count) });
                start += count;
            }
        }
        Some(Self { parts })
    }
}

/// Returns the class of a status in the style sheet.
pub(crate) fn status_class(status: MeasureStatus) -> &'static str {
    match status {
        MeasureStatus::NotStarted => "not-started",
        MeasureStatus::InProgress => "in-progress",
        MeasureStatus::Completed => "completed",
        MeasureStatus::Late => "late",
        MeasureStatus::Postponed => "postponed",
        MeasureStatus::Cancelled => "cancelled",
        MeasureStatus::Merged => "merged",
        MeasureStatus::OutOfScope => "out-of-scope",
        MeasureStatus::Undefined => "undefined",
    }
}

/// Describes a progress: `Mesures réalisées : 10 sur 40 (25 %)`. Only the number of measures if no status is
/// known.
pub(crate) fn summary(progress: &Progress, words: &Words) -> String {
    let total = u64::from(progress.total());
    if total == 0 || progress.lacks_statuses() {
        return words.counted(total, words.measure_noun);
    }
    let completed = words.number_text(u64::from(progress.count(MeasureStatus::Completed)));
    let percent = words.percent(progress.ratio());
    Words::fill(words.completed_of, &[&completed, &words.number_text(total), &percent])
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_model::plan::ProgressCounter;

    fn progress(statuses: &[MeasureStatus]) -> Progress {
        let mut counter = ProgressCounter::default();
        for status in statuses {
            counter.add(*status, None);
        }
        counter.finish()
    }

    #[test]
    fn parts_fill_the_bar_from_completed_to_unknown() {
        use MeasureStatus::{Completed, NotStarted, Undefined};
        let bar = Bar::of(&progress(&[Undefined, NotStarted, Completed, Completed]));
        let parts = bar.map(|bar| bar.parts).unwrap_or_default();
        let found: Vec<_> = parts.iter().map(|part| (part.class, &*part.start, &*part.width)).collect();
        let expected = [
            ("completed", "0.00", "50.00"),
            ("not-started", "50.00", "25.00"),
            ("undefined", "75.00", "25.00"),
        ];
        assert_eq!(found, expected);
        assert_eq!(Bar::of(&progress(&[Undefined])), None);
        assert_eq!(Bar::of(&progress(&[])), None);
    }

    #[test]
    fn the_summary_gives_a_share_only_if_statuses_are_known() {
        let words = Words::of(Language::En);
        let known = progress(&[MeasureStatus::Completed, MeasureStatus::Late]);
        assert_eq!(summary(&known, words), "1 of 2 measures completed (50%)");
        assert_eq!(summary(&progress(&[MeasureStatus::Undefined]), words), "1 measure");
    }
}
