//! Whatever happens to a plan, a measure is one measure, and the same one as far as anybody can tell.

use std::collections::BTreeSet;

use passerelle_model::language::Language;
use passerelle_versioning::identity::matching::{Known, recognise};
use proptest::prelude::*;

const VERBS: [&str; 6] = ["Planter", "Creuser", "Ouvrir", "Former", "Compter", "Semer"];
const THINGS: [&str; 8] =
    ["haies", "mares", "caniveaux", "jardiniers", "grenouilles", "joncs", "ponts", "vergers"];
const PLACES: [&str; 8] = ["parc", "canal", "rivage", "quartier", "chemin", "marais", "square", "talus"];

/// A measure as it is written.
#[derive(Clone, Debug)]
struct Written {
    number: u32,
    text: String,
    category: String,
}

/// Plans of up to 40 measures, no two of which say the same.
fn plan() -> impl Strategy<Value = Vec<Written>> {
    prop::collection::btree_set((0..6_usize, 0..8_usize, 0..8_usize), 1..40).prop_map(|said| {
        let numbered = said.into_iter().zip(1..);
        let written = |((verb, thing, place), number): ((usize, usize, usize), u32)| Written {
            number,
            text: format!("{} des {} dans chaque {} de la ville", VERBS[verb], THINGS[thing], PLACES[place]),
            category: format!("1.{}", number / 5),
        };
        numbered.map(written).collect()
    })
}

fn known(plan: &[Written]) -> Vec<Known<'_>> {
    plan.iter()
        .map(|measure| Known { number: measure.number, text: &measure.text, category: &measure.category })
        .collect()
}

fn recognised(before: &[Written], after: &[Written]) -> Vec<Option<usize>> {
    recognise(&known(before), &known(after), Language::Fr)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_measure_is_one_other_at_most(before in plan(), after in plan()) {
        let found: Vec<usize> = recognised(&before, &after).into_iter().flatten().collect();
        let different: BTreeSet<usize> = found.iter().copied().collect();
        prop_assert_eq!(found.len(), different.len());
        prop_assert!(found.iter().all(|at| *at < before.len()));
    }

    #[test]
    fn what_did_not_change_is_itself(plan in plan()) {
        let itself: Vec<Option<usize>> = (0..plan.len()).map(Some).collect();
        prop_assert_eq!(recognised(&plan, &plan), itself);
    }

    /// Renumbered, moved to other categories, shuffled, with some taken out: each text is still what it was.
    #[test]
    fn a_text_is_followed_through_everything(
        (before, order, kept) in plan().prop_flat_map(|plan| {
            let places: Vec<usize> = (0..plan.len()).collect();
            let kept = prop::collection::vec(prop::bool::weighted(0.8), plan.len());
            (Just(plan), Just(places).prop_shuffle(), kept)
        })
    ) {
        let order: Vec<usize> = order.into_iter().filter(|at| kept[*at]).collect();
        let moved = |(at, number): (&usize, u32)| Written {
            number,
            category: format!("2.{number}"),
            text: before[*at].text.to_uppercase().replace(' ', "  "),
        };
        let after: Vec<Written> = order.iter().zip(100..).map(moved).collect();
        let expected: Vec<Option<usize>> = order.into_iter().map(Some).collect();
        prop_assert_eq!(recognised(&before, &after), expected);
    }

    /// One word more under the same number is a rewording, whatever else the plan says.
    #[test]
    fn a_rewording_under_its_number_is_the_same(plan in plan(), which in any::<prop::sample::Index>()) {
        let at = which.index(plan.len());
        let mut after = plan.clone();
        after[at].text.push_str(" et de ses faubourgs");
        prop_assert_eq!(recognised(&plan, &after)[at], Some(at));
    }

    /// What says something else is another measure, even under the same number.
    #[test]
    fn another_text_is_another_measure(plan in plan(), which in any::<prop::sample::Index>()) {
        let at = which.index(plan.len());
        let mut after = plan.clone();
        "Publier un rapport annuel sur les finances".clone_into(&mut after[at].text);
        prop_assert_eq!(recognised(&plan, &after)[at], None);
    }
}
