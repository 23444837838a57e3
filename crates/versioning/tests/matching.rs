//! Property tests of measure matching.

use std::collections::BTreeSet;

use passerelle_model::language::Language;
use passerelle_versioning::identity::measure_matching::{MatchCandidate, match_measures};
use proptest::prelude::*;

const VERBS: [&str; 6] = ["Planter", "Creuser", "Ouvrir", "Former", "Compter", "Semer"];
const THINGS: [&str; 8] =
    ["haies", "mares", "caniveaux", "jardiniers", "grenouilles", "joncs", "ponts", "vergers"];
const PLACES: [&str; 8] = ["parc", "canal", "rivage", "quartier", "chemin", "marais", "square", "talus"];

/// A measure of a generated plan.
#[derive(Clone, Debug)]
struct PlanRow {
    number: u32,
    text: String,
    category: String,
}

/// Generates plans of up to 39 measures with distinct texts.
fn plan() -> impl Strategy<Value = Vec<PlanRow>> {
    prop::collection::btree_set((0..6_usize, 0..8_usize, 0..8_usize), 1..40).prop_map(|said| {
        let numbered = said.into_iter().zip(1..);
        let row = |((verb, thing, place), number): ((usize, usize, usize), u32)| PlanRow {
            number,
            text: format!("{} des {} dans chaque {} de la ville", VERBS[verb], THINGS[thing], PLACES[place]),
            category: format!("1.{}", number / 5),
        };
        numbered.map(row).collect()
    })
}

fn candidates(plan: &[PlanRow]) -> Vec<MatchCandidate<'_>> {
    plan.iter()
        .map(|measure| MatchCandidate {
            number: measure.number,
            text: &measure.text,
            category: &measure.category,
        })
        .collect()
}

fn match_plans(before: &[PlanRow], after: &[PlanRow]) -> Vec<Option<usize>> {
    match_measures(&candidates(before), &candidates(after), Language::Fr)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matching_is_one_to_one(before in plan(), after in plan()) {
        let found: Vec<usize> = match_plans(&before, &after).into_iter().flatten().collect();
        let different: BTreeSet<usize> = found.iter().copied().collect();
        prop_assert_eq!(found.len(), different.len());
        prop_assert!(found.iter().all(|at| *at < before.len()));
    }

    #[test]
    fn unchanged_measures_match_themselves(plan in plan()) {
        let itself: Vec<Option<usize>> = (0..plan.len()).map(Some).collect();
        prop_assert_eq!(match_plans(&plan, &plan), itself);
    }

    /// Renumbers, moves, shuffles and removes measures. Each remaining text still matches.
    #[test]
    fn texts_match_after_renumbering_moving_and_removal(
        (before, order, kept) in plan().prop_flat_map(|plan| {
            let places: Vec<usize> = (0..plan.len()).collect();
            let kept = prop::collection::vec(prop::bool::weighted(0.8), plan.len());
            (Just(plan), Just(places).prop_shuffle(), kept)
        })
    ) {
        let order: Vec<usize> = order.into_iter().filter(|at| kept[*at]).collect();
        let moved = |(at, number): (&usize, u32)| PlanRow {
            number,
            category: format!("2.{number}"),
            text: before[*at].text.to_uppercase().replace(' ', "  "),
        };
        let after: Vec<PlanRow> = order.iter().zip(100..).map(moved).collect();
        let expected: Vec<Option<usize>> = order.into_iter().map(Some).collect();
        prop_assert_eq!(match_plans(&before, &after), expected);
    }

    /// Additional words under the same number are a rewording.
    #[test]
    fn a_small_rewording_with_the_same_number_matches(plan in plan(), which in any::<prop::sample::Index>()) {
        let at = which.index(plan.len());
        let mut after = plan.clone();
        after[at].text.push_str(" et de ses faubourgs");
        prop_assert_eq!(match_plans(&plan, &after)[at], Some(at));
    }

    /// An unrelated text is a new measure, even under the same number.
    #[test]
    fn a_different_text_with_the_same_number_does_not_match(plan in plan(), which in any::<prop::sample::Index>()) {
        let at = which.index(plan.len());
        let mut after = plan.clone();
        "Publier un rapport annuel sur les finances".clone_into(&mut after[at].text);
        prop_assert_eq!(match_plans(&plan, &after)[at], None);
    }
}
