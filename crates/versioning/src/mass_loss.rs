//! Detects plans that lose many measures at once.

use crate::identity::{MeasureMatching, PlanContent};

/// A version that removes more than one fifth of the measures is held for confirmation.
const THRESHOLD_DIVISOR: usize = 5;
/// Maximum number of ranges in a message. More ranges do not help the editor.
const MAX_RANGES: usize = 12;

/// Measures that a new version would remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassLoss {
    /// Numbers of the removed measures, in document order.
    pub numbers: Vec<u32>,
    /// Number of published measures.
    pub total: usize,
}

impl MassLoss {
    /// Returns the loss if it exceeds the threshold. Without a matching, the document is no longer a plan
    /// and every measure is removed.
    pub fn exceeding_threshold(before: &PlanContent, matching: Option<&MeasureMatching>) -> Option<Self> {
        let total = before.measures.len();
        let removed = matching.map_or_else(|| (0..total).collect(), MeasureMatching::removed);
        (removed.len() * THRESHOLD_DIVISOR > total).then(|| Self {
            numbers: removed.into_iter().map(|at| before.measures[at].number).collect(),
            total,
        })
    }

    /// Formats the numbers as ranges: `1–12, 14, …`.
    pub fn format_numbers(&self) -> String {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for number in &self.numbers {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *number => *last = *number,
                _ => runs.push((*number, *number)),
            }
        }
        let more = (runs.len() > MAX_RANGES).then(|| "…".to_owned());
        let run = |(first, last): (u32, u32)| {
            if first == last { first.to_string() } else { format!("{first}–{last}") }
        };
        runs.into_iter().take(MAX_RANGES).map(run).chain(more).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_formatted_as_ranges() {
        let named = |numbers: &[u32]| MassLoss { numbers: numbers.to_vec(), total: 0 }.format_numbers();
        assert_eq!(named(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9–10");
        let odd: Vec<u32> = (0..20).map(|number| number * 2 + 1).collect();
        assert!(named(&odd).ends_with("21, 23, …"), "{}", named(&odd));
    }
}
