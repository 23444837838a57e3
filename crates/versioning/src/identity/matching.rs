//! Which measures of one reading of a plan are those of another.
//!
//! A measure is the same when its number and its text are; else when its text is, wherever it moved; else when most of its
//! words are, under the same number or not. Each measure is that of one other at most.

use std::collections::{HashMap, VecDeque};

use passerelle_model::language::Language;
use passerelle_text::fold::fold;
use passerelle_text::words::Analyzer;

/// Under the same number a text is a rewording when it shares this part of the words of both.
const REWORDED: f64 = 0.34;
/// Under another number it must share more.
const REWORDED_ELSEWHERE: f64 = 0.6;
/// How many measures that share a word are compared: words that more have say little.
const POSTINGS: usize = 64;

/// What a measure is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its number.
    pub number: u32,
    /// Its title as plain text.
    pub text: &'a str,
    /// Anything that is equal for measures of one category.
    pub category: &'a str,
}

/// For each measure after the one before that it is, if it is one. Takes a time that grows about with their number.
pub fn recognise(before: &[Known<'_>], after: &[Known<'_>], lang: Language) -> Vec<Option<usize>> {
    let mut matching = Matching { found: vec![None; after.len()], taken: vec![false; before.len()] };
    matching.unchanged(before, after);
    if !matching.found.contains(&None) {
        return matching.found;
    }
    // Those that are paired already have nothing to be compared.
    let texts = |side: &[Known<'_>], is_done: &dyn Fn(usize) -> bool| -> Vec<String> {
        let text =
            |(at, known): (usize, &Known<'_>)| if is_done(at) { String::new() } else { fold(known.text) };
        side.iter().enumerate().map(text).collect()
    };
    let old = texts(before, &|at| matching.taken[at]);
    let new = texts(after, &|at| matching.found[at].is_some());
    // From what is surest to what is only likely. Where rows that say the same shift by one, a number is that of another.
    let (served, read) = (Folded::all(before, &old), Folded::all(after, &new));
    matching.equal(&served, &read, |known| (known.number, known.category, known.text));
    matching.equal(&served, &read, |known| (known.category, known.text));
    matching.equal(&served, &read, |known| (known.number, known.text));
    matching.equal(&served, &read, |known| known.text);
    if matching.found.contains(&None) && matching.taken.contains(&false) {
        matching.reworded(before, after, lang);
    }
    matching.found
}

/// What a measure is recognised by, its text as it is compared.
struct Folded<'a> {
    number: u32,
    category: &'a str,
    text: &'a str,
}

impl<'a> Folded<'a> {
    fn all(side: &[Known<'a>], texts: &'a [String]) -> Vec<Self> {
        let folded = |(known, text): (&Known<'a>, &'a String)| Self {
            number: known.number,
            category: known.category,
            text,
        };
        side.iter().zip(texts).map(folded).collect()
    }
}

struct Matching {
    /// For each one after, the one before that it is.
    found: Vec<Option<usize>>,
    /// Which of those before are something already.
    taken: Vec<bool>,
}

impl Matching {
    /// Pairs what is the same to the letter: in most drops all but a few.
    fn unchanged(&mut self, before: &[Known<'_>], after: &[Known<'_>]) {
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

    /// Pairs what is equal; several that are equal in the order in which they stand.
    fn equal<'a, K: std::hash::Hash + Eq>(
        &mut self,
        before: &[Folded<'a>],
        after: &[Folded<'a>],
        key: impl Fn(&Folded<'a>) -> K,
    ) {
        let mut free: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (at, known) in before.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            free.entry(key(known)).or_default().push_back(at);
        }
        for (at, known) in after.iter().enumerate() {
            if self.found[at].is_none()
                && let Some(old) = free.get_mut(&key(known)).and_then(VecDeque::pop_front)
            {
                self.pair(old, at);
            }
        }
    }

    fn pair(&mut self, before: usize, after: usize) {
        self.found[after] = Some(before);
        self.taken[before] = true;
    }

    /// Pairs those whose words are about the same, those that resemble each other most first.
    fn reworded(&mut self, before: &[Known<'_>], after: &[Known<'_>], lang: Language) {
        let mut words = Words::new(lang);
        let old: Vec<(usize, Vec<u32>)> = (0..before.len())
            .filter(|at| !self.taken[*at])
            .map(|at| (at, words.of(before[at].text)))
            .collect();
        let new: Vec<(usize, Vec<u32>)> = (0..after.len())
            .filter(|at| self.found[*at].is_none())
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
        let mut likely: Vec<(f64, usize, usize)> = Vec::new();
        for (at, words) in &new {
            let mut candidates: Vec<usize> = numbered.get(&after[*at].number).copied().into_iter().collect();
            let mut rare: Vec<&Vec<usize>> = words.iter().filter_map(|word| postings.get(word)).collect();
            rare.sort_by_key(|places| places.len());
            candidates.extend(rare.into_iter().take(8).flat_map(|places| places.iter().take(POSTINGS)));
            candidates.sort_unstable();
            candidates.dedup();
            for (old, known) in candidates.into_iter().map(|place| &old[place]) {
                let share = share(known, words);
                let is_there = before[*old].number == after[*at].number;
                if share >= if is_there { REWORDED } else { REWORDED_ELSEWHERE } {
                    // The number is as good a reason as a few words.
                    likely.push((share + if is_there { 0.5 } else { 0.0 }, *old, *at));
                }
            }
        }
        likely.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1).cmp(&(b.2, b.1))));
        for (_, old, new) in likely {
            if !self.taken[old] && self.found[new].is_none() {
                self.pair(old, new);
            }
        }
    }
}

/// The words of texts, each as a number.
struct Words {
    analyzer: Analyzer,
    numbers: HashMap<String, u32>,
}

impl Words {
    fn new(lang: Language) -> Self {
        Self { analyzer: Analyzer::new(lang), numbers: HashMap::new() }
    }

    /// The different words of a text, sorted.
    fn of(&mut self, text: &str) -> Vec<u32> {
        let mut words: Vec<u32> = Vec::new();
        for word in self.analyzer.words(text) {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            words.push(*self.numbers.entry(word.stem).or_insert(next));
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// The part of the words of both that both have (the Jaccard index).
#[expect(clippy::cast_precision_loss, reason = "a title has few words")]
fn share(a: &[u32], b: &[u32]) -> f64 {
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

    fn recognised(after: &[(u32, &str, &str)]) -> Vec<Option<u32>> {
        let known = |(number, text, category): &(u32, &'static str, &'static str)| Known {
            number: *number,
            text,
            category,
        };
        let before: Vec<Known<'_>> = BEFORE.iter().map(known).collect();
        let after: Vec<Known<'_>> =
            after.iter().map(|(number, text, category)| Known { number: *number, text, category }).collect();
        let found = recognise(&before, &after, Language::Fr);
        found.into_iter().map(|found| found.map(|at| before[at].number)).collect()
    }

    #[test]
    fn a_text_is_followed_wherever_it_goes() {
        assert_eq!(recognised(&BEFORE), [Some(1), Some(2), Some(3), Some(4)]);
        let renumbered = BEFORE.map(|(number, text, category)| (number + 1, text, category));
        assert_eq!(recognised(&renumbered), [Some(1), Some(2), Some(3), Some(4)]);
        let moved = BEFORE.map(|(number, text, _)| (number, text, "9"));
        assert_eq!(recognised(&moved), [Some(1), Some(2), Some(3), Some(4)]);
    }

    #[test]
    fn of_two_with_one_text_the_one_of_the_category_stays() {
        assert_eq!(recognised(&[(8, "Semer du trèfle", "2.1")]), [Some(4)]);
        assert_eq!(recognised(&[(8, "Semer du trèfle", "7")]), [Some(3)]);
    }

    #[test]
    fn a_rewording_within_reason_is_the_same_measure() {
        assert_eq!(recognised(&[(2, "Creuser une mare dans tous les parcs publics", "1.1")]), [Some(2)]);
        assert_eq!(
            recognised(&[(7, "Planter des haies vives le long des chemins et sentiers", "1.1")]),
            [Some(1)]
        );
        assert_eq!(recognised(&[(2, "Former les jardiniers", "1.1")]), [None]);
        assert_eq!(recognised(&[(7, "Creuser un bassin", "1.1")]), [None]);
    }

    #[test]
    fn what_takes_the_number_of_another_is_not_the_other() {
        let after = [(2, BEFORE[0].1, "1.1"), (1, BEFORE[1].1, "1.1"), (5, "Former les jardiniers", "1.1")];
        assert_eq!(recognised(&after), [Some(1), Some(2), None]);
    }
}
