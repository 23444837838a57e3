//! Matches the measures of two versions of a plan.
//!
//! The rules are tried in order: equal number and text, equal text under any number, similar words. A
//! measure matches at most one other measure.

use std::collections::{HashMap, VecDeque};

use passerelle_model::language::Language;
use passerelle_text::fold::fold;
use passerelle_text::tokens::Analyzer;

/// Minimum similarity (Jaccard index) of two texts with the same number.
const MIN_SIMILARITY_SAME_NUMBER: f64 = 0.34;
/// Minimum similarity of two texts with different numbers.
const MIN_SIMILARITY_OTHER_NUMBER: f64 = 0.6;
/// Maximum number of measures per word. Words of more measures are not distinctive, and the limit bounds
/// the work.
const MAX_POSTINGS: usize = 64;

/// Fields by which a measure is matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchCandidate<'a> {
    /// Number of the measure.
    pub number: u32,
    /// Title as plain text.
    pub text: &'a str,
    /// Text that is equal for measures of the same category.
    pub category: &'a str,
}

/// Returns, for each measure of `after`, the index of the matching measure of `before`. Roughly linear in
/// the number of measures.
pub fn match_measures(
    before: &[MatchCandidate<'_>],
    after: &[MatchCandidate<'_>],
    lang: Language,
) -> Vec<Option<usize>> {
    let mut matcher = Matcher { matched: vec![None; after.len()], taken: vec![false; before.len()] };
    matcher.pair_unchanged(before, after);
    if !matcher.matched.contains(&None) {
        return matcher.matched;
    }
    // Matched measures need no folded text.
    let texts = |side: &[MatchCandidate<'_>], is_done: &dyn Fn(usize) -> bool| -> Vec<String> {
        let text = |(at, known): (usize, &MatchCandidate<'_>)| {
            if is_done(at) { String::new() } else { fold(known.text) }
        };
        side.iter().enumerate().map(text).collect()
    };
    let old = texts(before, &|at| matcher.taken[at]);
    let new = texts(after, &|at| matcher.matched[at].is_some());
    // The strictest rule comes first. Equal texts can shift by one row, so the category is compared before
    // the number.
    let (served, read) = (FoldedCandidate::all(before, &old), FoldedCandidate::all(after, &new));
    matcher.pair_equal(&served, &read, |known| (known.number, known.category, known.text));
    matcher.pair_equal(&served, &read, |known| (known.category, known.text));
    matcher.pair_equal(&served, &read, |known| (known.number, known.text));
    matcher.pair_equal(&served, &read, |known| known.text);
    if matcher.matched.contains(&None) && matcher.taken.contains(&false) {
        matcher.pair_reworded(before, after, lang);
    }
    matcher.matched
}

/// A candidate with folded text.
struct FoldedCandidate<'a> {
    number: u32,
    category: &'a str,
    text: &'a str,
}

impl<'a> FoldedCandidate<'a> {
    fn all(side: &[MatchCandidate<'a>], texts: &'a [String]) -> Vec<Self> {
        let folded = |(known, text): (&MatchCandidate<'a>, &'a String)| Self {
            number: known.number,
            category: known.category,
            text,
        };
        side.iter().zip(texts).map(folded).collect()
    }
}

struct Matcher {
    /// For each measure of the new version, the index of the matching earlier measure.
    matched: Vec<Option<usize>>,
    /// Flags of the earlier measures that are already matched.
    taken: Vec<bool>,
}

impl Matcher {
    /// Pairs identical measures. Usually these are almost all measures.
    fn pair_unchanged(&mut self, before: &[MatchCandidate<'_>], after: &[MatchCandidate<'_>]) {
        let by_number: HashMap<u32, usize> =
            before.iter().enumerate().map(|(at, known)| (known.number, at)).collect();
        for (at, known) in after.iter().enumerate() {
            if let Some(old) = by_number.get(&known.number)
                && before[*old] == *known
                && !self.taken[*old]
            {
                self.pair(*old, at);
            }
        }
    }

    /// Pairs measures with equal keys. Measures that share a key are paired in document order.
    fn pair_equal<'a, K: std::hash::Hash + Eq>(
        &mut self,
        before: &[FoldedCandidate<'a>],
        after: &[FoldedCandidate<'a>],
        key: impl Fn(&FoldedCandidate<'a>) -> K,
    ) {
        let mut free: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (at, known) in before.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            free.entry(key(known)).or_default().push_back(at);
        }
        for (at, known) in after.iter().enumerate() {
            if self.matched[at].is_none()
                && let Some(old) = free.get_mut(&key(known)).and_then(VecDeque::pop_front)
            {
                self.pair(old, at);
            }
        }
    }

    fn pair(&mut self, before: usize, after: usize) {
        self.matched[after] = Some(before);
        self.taken[before] = true;
    }

    /// Pairs measures with similar words, the most similar pair first.
    fn pair_reworded(&mut self, before: &[MatchCandidate<'_>], after: &[MatchCandidate<'_>], lang: Language) {
        let mut words = WordIds::new(lang);
        let old: Vec<(usize, Vec<u32>)> = (0..before.len())
            .filter(|at| !self.taken[*at])
            .map(|at| (at, words.of(before[at].text)))
            .collect();
        let new: Vec<(usize, Vec<u32>)> = (0..after.len())
            .filter(|at| self.matched[*at].is_none())
            .map(|at| (at, words.of(after[at].text)))
            .collect();
        let mut postings: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut numbered: HashMap<u32, usize> = HashMap::new();
        for (place, (at, words)) in old.iter().enumerate() {
            for word in words {
                postings.entry(*word).or_default().push(place);
            }
            numbered.insert(before[*at].number, place);
        }
        let mut ranked_pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (at, words) in &new {
            let mut candidates: Vec<usize> = numbered.get(&after[*at].number).copied().into_iter().collect();
            let mut rare: Vec<&Vec<usize>> = words.iter().filter_map(|word| postings.get(word)).collect();
            rare.sort_by_key(|places| places.len());
            candidates.extend(rare.into_iter().take(8).flat_map(|places| places.iter().take(MAX_POSTINGS)));
            candidates.sort_unstable();
            candidates.dedup();
            for (old, known) in candidates.into_iter().map(|place| &old[place]) {
                let similarity = jaccard(known, words);
                let has_same_number = before[*old].number == after[*at].number;
                if similarity
                    >= if has_same_number { MIN_SIMILARITY_SAME_NUMBER } else { MIN_SIMILARITY_OTHER_NUMBER }
                {
                    // An equal number counts as much as several equal words.
                    ranked_pairs.push((similarity + if has_same_number { 0.5 } else { 0.0 }, *old, *at));
                }
            }
        }
        ranked_pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1).cmp(&(b.2, b.1))));
        for (_, old, new) in ranked_pairs {
            if !self.taken[old] && self.matched[new].is_none() {
                self.pair(old, new);
            }
        }
    }
}

/// Assigns an integer to each distinct stem.
struct WordIds {
    analyzer: Analyzer,
    numbers: HashMap<String, u32>,
}

impl WordIds {
    fn new(lang: Language) -> Self {
        Self { analyzer: Analyzer::new(lang), numbers: HashMap::new() }
    }

    /// Returns the distinct words of a text as sorted integers.
    fn of(&mut self, text: &str) -> Vec<u32> {
        let mut words: Vec<u32> = Vec::new();
        for word in self.analyzer.tokens(text) {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            words.push(*self.numbers.entry(word.stem).or_insert(next));
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// Returns the Jaccard index: the number of shared words divided by the number of distinct words of both
/// texts.
#[expect(clippy::cast_precision_loss, reason = "a title has few words")]
fn jaccard(a: &[u32], b: &[u32]) -> f64 {
    let both = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    let all = a.len() + b.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: [(u32, &str, &str); 4] = [
        (1, "Planter des haies vives le long des chemins", "1.1"),
        (2, "Creuser une mare dans chaque parc", "1.1"),
        (3, "Semer du trèfle", "1.2"),
        (4, "Semer du trèfle", "2.1"),
    ];

    fn matched_numbers(after: &[(u32, &str, &str)]) -> Vec<Option<u32>> {
        let known = |(number, text, category): &(u32, &'static str, &'static str)| MatchCandidate {
            number: *number,
            text,
            category,
        };
        let before: Vec<MatchCandidate<'_>> = BEFORE.iter().map(known).collect();
        let after: Vec<MatchCandidate<'_>> = after
            .iter()
            .map(|(number, text, category)| MatchCandidate { number: *number, text, category })
            .collect();
        let matched = match_measures(&before, &after, Language::Fr);
        matched.into_iter().map(|matched| matched.map(|at| before[at].number)).collect()
    }

    #[test]
    fn measures_are_matched_by_text_after_renumbering_or_moving() {
        assert_eq!(matched_numbers(&BEFORE), [Some(1), Some(2), Some(3), Some(4)]);
        let renumbered = BEFORE.map(|(number, text, category)| (number + 1, text, category));
        assert_eq!(matched_numbers(&renumbered), [Some(1), Some(2), Some(3), Some(4)]);
        let moved = BEFORE.map(|(number, text, _)| (number, text, "9"));
        assert_eq!(matched_numbers(&moved), [Some(1), Some(2), Some(3), Some(4)]);
    }

    #[test]
    fn equal_texts_are_matched_by_category_first() {
        assert_eq!(matched_numbers(&[(8, "Semer du trèfle", "2.1")]), [Some(4)]);
        assert_eq!(matched_numbers(&[(8, "Semer du trèfle", "7")]), [Some(3)]);
    }

    #[test]
    fn similar_texts_match_above_the_threshold() {
        assert_eq!(matched_numbers(&[(2, "Creuser une mare dans tous les parcs publics", "1.1")]), [Some(2)]);
        assert_eq!(
            matched_numbers(&[(7, "Planter des haies vives le long des chemins et sentiers", "1.1")]),
            [Some(1)]
        );
        assert_eq!(matched_numbers(&[(2, "Former les jardiniers", "1.1")]), [None]);
        assert_eq!(matched_numbers(&[(7, "Creuser un bassin", "1.1")]), [None]);
    }

    #[test]
    fn a_reused_number_does_not_match_a_different_text() {
        let after = [(2, BEFORE[0].1, "1.1"), (1, BEFORE[1].1, "1.1"), (5, "Former les jardiniers", "1.1")];
        assert_eq!(matched_numbers(&after), [Some(1), Some(2), None]);
    }
}
