//! What must not happen by accident: a plan that loses many of its measures at once.

use crate::identity::{Pairing, PlanContent};

/// A plan may lose one measure in so many without a person's word.
const SHARE: usize = 5;
/// So many numbers are named; more help nobody.
const NAMED: usize = 12;

/// What a new version of a document would take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The numbers of the measures that would go, in document order.
    pub numbers: Vec<u32>,
    /// How many are served.
    pub served: usize,
}

impl Loss {
    /// What a new version would take away, if that is more than an editor takes away on purpose. Without a pairing it has
    /// no plan any more.
    pub fn beyond_measure(before: &PlanContent, pairing: Option<&Pairing>) -> Option<Self> {
        let served = before.measures.len();
        let lost = pairing.map_or_else(|| (0..served).collect(), Pairing::lost);
        (lost.len() * SHARE > served).then(|| Self {
            numbers: lost.into_iter().map(|at| before.measures[at].number).collect(),
            served,
        })
    }

    /// The numbers as a person writes them: `1–12, 14, …`.
    pub fn named(&self) -> String {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for number in &self.numbers {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *number => *last = *number,
                _ => runs.push((*number, *number)),
            }
        }
        let more = (runs.len() > NAMED).then(|| "…".to_owned());
        let run = |(first, last): (u32, u32)| {
            if first == last { first.to_string() } else { format!("{first}–{last}") }
        };
        runs.into_iter().take(NAMED).map(run).chain(more).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_named_in_runs() {
        let named = |numbers: &[u32]| Loss { numbers: numbers.to_vec(), served: 0 }.named();
        assert_eq!(named(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9–10");
        let odd: Vec<u32> = (0..20).map(|number| number * 2 + 1).collect();
        assert!(named(&odd).ends_with("21, 23, …"), "{}", named(&odd));
    }
}
