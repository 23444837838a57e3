//! Finds rows of a plan that repeat the same measure.
//!
//! Two rows are repeats if they have the same words, or if one has the words of the other and a few more. The
//! added words must not be numbers, negations or names, because these distinguish measures. A word that is
//! replaced by another one also distinguishes measures, unless it is a typing error of one letter.
//!
//! Every row must resemble every other row of its group. Only rows that share a rare word are compared, so
//! the time is linear in the number of rows.

use passerelle_model::language::Language;
use passerelle_model::plan::Measure;
use passerelle_text::tokens::Analyzer;

use super::distinct_titles::DistinctTitles;
use super::title_words::TitleWords;

/// Maximum number of marked rows whose nearest row is searched. A document has at most as many diagnostics.
const MAX_NEAREST_SEARCHES: usize = 500;

/// Groups of rows that repeat each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repeats {
    /// Index of the first row of the group, for each row. `None` if the row repeats no other row.
    pub(super) groups: Vec<Option<usize>>,
    /// Rows that are marked as repeated but repeat no other row, each with the most similar row. `None` if no
    /// row is similar.
    pub(super) unmatched: Vec<(usize, Option<usize>)>,
    /// Number of pairs of rows that were compared, which bounds the time.
    pub(super) comparisons: usize,
}

/// Finds the repeats among the measures of a plan.
pub(super) fn find_repeats(measures: &[Measure], lang: Language) -> Repeats {
    let mut analyzer = Analyzer::new(lang);
    let rows: Vec<TitleWords> = measures
        .iter()
        .map(|measure| TitleWords::new(analyzer.tokens(&measure.title.text), measure.is_repeated))
        .collect();
    let texts = DistinctTitles::new(&rows);
    let groups = texts.groups();
    let groups: Vec<Option<usize>> = texts
        .of_row
        .iter()
        .map(|text| groups.get(*text).copied().flatten().or_else(|| texts.shared(*text)))
        .collect();
    let unmatched = (0..rows.len()).filter(|row| rows[*row].is_marked && groups[*row].is_none());
    let nearest = |(count, row)| (row, (count < MAX_NEAREST_SEARCHES).then(|| texts.nearest(row)).flatten());
    let unmatched: Vec<(usize, Option<usize>)> = unmatched.enumerate().map(nearest).collect();
    Repeats { groups, unmatched, comparisons: texts.comparisons.get() }
}

#[cfg(test)]
mod tests {
    use super::super::distinct_titles::{MAX_NEAREST_CANDIDATES, MAX_POSTINGS};
    use super::*;
    use crate::front_matter::FrontMatter;
    use crate::plan;

    type Numbers = Vec<Vec<usize>>;

    /// Returns the groups of rows, and the marked rows without a group with the most similar row.
    fn find_groups(titles: &[&str]) -> (Numbers, Vec<(usize, Option<usize>)>) {
        let rows: String = titles
            .iter()
            .enumerate()
            .map(|(index, title)| ["\n", &(index + 1).to_string(), ".\t", title, "\tEn cours"].concat())
            .collect();
        let text = format!("## AXE 1: A{rows}\n");
        let (plan, _) = plan::read(&FrontMatter::default(), &text, 1, Language::Fr);
        let Repeats { groups, unmatched, .. } = find_repeats(&plan.measures, Language::Fr);
        let mut found: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            if let Some(group) = group {
                found.entry(*group).or_default().push(index + 1);
            }
        }
        let unmatched = unmatched.into_iter().map(|(row, near)| (row + 1, near.map(|near| near + 1)));
        (found.into_values().collect(), unmatched.collect())
    }

    fn are_repeats(a: &str, b: &str) -> bool {
        !find_groups(&[a, b]).0.is_empty()
    }

    #[test]
    fn repeats_ignore_case_accents_punctuation_and_spacing() {
        assert!(are_repeats("Créer une maison (médicale) à Jette", "Creer une maison  médicale, à Jette."));
        assert!(are_repeats("Ouvrir l’école sans-abri", "Ouvrir l'école « sans abri »"));
    }

    #[test]
    fn numbers_names_and_negations_distinguish_rows() {
        for (a, b) in [
            ("Créer dix places d’accueil de jour", "Créer onze places d’accueil de jour"),
            ("Créer 10 places d’accueil de jour", "Créer 12 places d’accueil de jour"),
            (
                "Créer des places d’accueil de jour pour jeunes",
                "Créer 12 places d’accueil de jour pour jeunes",
            ),
            ("Ouvrir des lieux de repos à Jette en été", "Ouvrir des lieux de repos à Ixelles en été"),
            (
                "Ouvrir des lieux de repos pour tous en été",
                "Ouvrir des lieux de repos pour tous à Ixelles en été",
            ),
            (
                "Financer les abris pour les jeunes adultes",
                "Ne pas financer les abris pour les jeunes adultes",
            ),
            ("Financer les abris avec accord de la commune", "Financer les abris sans accord de la commune"),
            ("Créer des places de repos IHP", "Créer des places de repos MSP"),
            ("Former la première ligne de soins", "Former la deuxième ligne de soins"),
            ("Soutenir les lieux de repos (Jette)", "Soutenir les lieux de repos (Ixelles)"),
        ] {
            assert!(!are_repeats(a, b), "{a} / {b}");
            assert!(!are_repeats(&format!("{a}*"), &format!("{b}*")), "{a}* / {b}*");
        }
    }

    #[test]
    fn a_repeat_can_have_a_few_more_words() {
        let short = "Planter des haies vives le long des chemins et des canaux";
        assert!(are_repeats(short, "Planter des haies vives le long des chemins, sentiers et canaux"));
        assert!(are_repeats(short, "Planter des haies vives le long des chmins et des canaux"));
        assert!(are_repeats(
            "Ouvrir une SRV pour tous les jeunes",
            "Ouvrir une SRV (Salle de Repos du Vélo) pour tous les jeunes"
        ));
        assert!(are_repeats(short, "Planter des haies vives (HV) le long des chemins et des canaux"));
        assert!(!are_repeats(short, "Planter des haies vives le long des routes et des canaux"));
        assert!(!are_repeats("Planter des haies", "Planter des haies vives"));
    }

    #[test]
    fn marked_rows_have_a_lower_similarity_threshold() {
        assert!(are_repeats("Adopter le plan du vélo*", "Adopter le plan du vélo (volet des enfants)*"));
        assert!(!are_repeats("Adopter le plan du vélo", "Adopter le plan du vélo (volet des enfants)"));
        let (groups, unmatched) = find_groups(&[
            "Semer du trèfle dans les parcs*",
            "Planter des haies",
            "Développer le trèfle des parcs publics de la ville*",
            "Creuser",
        ]);
        assert_eq!((groups, unmatched), (vec![], vec![(1, Some(3)), (3, Some(1))]));
        assert_eq!(find_groups(&["Creuser*", "Planter"]).1, [(1, None)]);
    }

    #[test]
    fn all_rows_of_a_group_are_pairwise_similar() {
        let rows = [
            "Planter haies vives chemins canaux parcs",
            "Planter haies vives chemins canaux parcs routes",
            "Planter haies vives chemins canaux parcs routes places squares",
        ];
        assert_eq!(find_groups(&rows).0, [vec![1, 2]]);
        assert_eq!(find_groups(&[rows[0], rows[0], rows[1], rows[0]]).0, [vec![1, 2, 3, 4]]);
    }

    #[test]
    fn comparisons_grow_with_the_number_of_rows_only() {
        let comparisons = |rows: usize| {
            // Few shared words, and every row is marked.
            let titles = (0..rows)
                .map(|row| format!("1.\tPlanter haie{row} mare{} banc{}*\tEn cours\n", row % 7, row % 11));
            let mut text = "## AXE 1: A\n".to_owned();
            for (row, title) in titles.enumerate() {
                text.push_str(&title.replacen('1', &(row + 1).to_string(), 1));
            }
            let (plan, _) = plan::read(&FrontMatter::default(), &text, 1, Language::Fr);
            assert_eq!(plan.measures.len(), rows);
            find_repeats(&plan.measures, Language::Fr).comparisons
        };
        // Grouping compares with at most 64 rows per word of the prefix, the search of the nearest row with
        // 64.
        let per_row = 4 * MAX_POSTINGS + MAX_NEAREST_CANDIDATES;
        assert!(comparisons(500) <= 500 * per_row);
        assert!(comparisons(2_000) <= 2_000 * per_row);
    }
}
