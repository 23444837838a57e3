//! What pages and measures have to do with each other: the distinctive words that they share.
//!
//! A page is boiled down to its heaviest words when it is read. A measure is the more related to it the more of them its
//! title has and the rarer these are among the measures (BM25 with the page as the query: Robertson and Zaragoza, *The
//! Probabilistic Relevance Framework*, 2009).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::measure_index::{TitleWords, as_f64};
use crate::page::{Heading, Page};
use crate::slot::without_slots;
use crate::words::{Analyzer, WordKind};

/// A page is known by so many of its words.
const TERMS: usize = 64;
/// What a word weighs in a title, in a heading or tag, and once in the text.
const IN_TITLE: f64 = 4.0;
const IN_HEADING: f64 = 2.0;
const IN_TEXT: f64 = 1.0;
/// How much a long title is held against a measure, from 0 to 1. Little: a long title says more.
const LENGTH: f64 = 0.35;
/// A word that more than this part of the measures has is not distinctive.
const COMMON: f64 = 0.25;
/// But one that so few measures have is, in however small a plan.
const FEW: usize = 5;
/// So many distinctive words are shared at least: one alone is chance.
const SHARED: usize = 2;
/// A relation weaker than this part of the strongest that the page could have is none.
const WEAK: f64 = 0.1;

/// A word of a page, and what it weighs there, in thousandths: a whole number is stored and read back the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term(String, u32);

/// A measure that is related to a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RelatedMeasure {
    /// Its place among the measures of the plan.
    pub at: usize,
    /// How strongly, from 0 to 1.
    pub score: f64,
}

/// The heaviest words of a page, the heaviest first.
pub(crate) fn terms(page: &Page) -> Vec<Term> {
    let mut weighed = Weighed { analyzer: Analyzer::new(page.lang), weights: HashMap::new() };
    weighed.text(&page.title, IN_TITLE);
    for text in page.name.iter().filter(|name| **name != page.title) {
        weighed.text(text, IN_TITLE);
    }
    for tag in &page.tags {
        weighed.text(tag, IN_HEADING);
    }
    weighed.headings(&page.table_of_contents);
    weighed.text(&without_slots(&page.content.text), IN_TEXT);
    // Said ten times is not ten times as much.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a logarithm is a small number"
    )]
    let thousandths = |weight: f64| (weight.ln_1p() * 1_000.0) as u32;
    let terms = weighed.weights.into_iter().map(|(word, weight)| Term(word, thousandths(weight)));
    let mut terms: Vec<Term> = terms.collect();
    terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(TERMS);
    terms
}

struct Weighed {
    analyzer: Analyzer,
    weights: HashMap<String, f64>,
}

impl Weighed {
    fn text(&mut self, text: &str, weight: f64) {
        for word in self.analyzer.words(text).into_iter().filter(|word| word.kind != WordKind::Number) {
            *self.weights.entry(word.stem).or_default() += weight;
        }
    }

    fn headings(&mut self, headings: &[Heading]) {
        for heading in headings {
            self.text(&heading.text, IN_HEADING);
            self.headings(&heading.children);
        }
    }
}

/// The measures that are related to a page of these words, the strongest relation first.
pub fn related(terms: &[Term], words: &TitleWords) -> Vec<RelatedMeasure> {
    let mut scores: HashMap<usize, (f64, usize)> = HashMap::new();
    let mut whole = 0.0;
    for Term(word, weight) in terms {
        let having = words.having(word);
        if having.len() > FEW && as_f64(having.len()) > as_f64(words.count()) * COMMON {
            continue;
        }
        let gain = f64::from(*weight) * words.weight(word);
        whole += gain;
        for at in having {
            let (score, shared) = scores.entry(*at).or_default();
            *score += gain;
            *shared += 1;
        }
    }
    let length = |at: usize| {
        let relative = as_f64(words.length(at)) / words.mean_length();
        1.0 - LENGTH + LENGTH * relative
    };
    let related = scores.into_iter().filter(|(_, (_, shared))| *shared >= SHARED);
    let related =
        related.map(|(at, (score, _))| RelatedMeasure { at, score: (score / length(at) / whole).min(1.0) });
    let mut related: Vec<RelatedMeasure> = related.filter(|related| related.score >= WEAK).collect();
    related.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
    related
}

/// The measures that a page names itself, by their numbers: `measures: [12, 40]` in its front matter.
pub(crate) fn named(page: &Page) -> Vec<u32> {
    let number = |value: &serde_json::Value| {
        let number = crate::front_matter::integer_of(value);
        number.and_then(|number| u32::try_from(number).ok())
    };
    match page.front_matter.get("measures") {
        Some(serde_json::Value::Array(numbers)) => numbers.iter().filter_map(number).collect(),
        Some(one) => number(one).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    const TITLES: [&str; 6] = [
        "Soutenir les services de support qui offrent des formations et un accompagnement",
        "Former les jardiniers de la ville",
        "Planter des haies vives",
        "Creuser une mare dans chaque parc",
        "Compter les grenouilles au printemps",
        "Ouvrir un service de prêt de vélos",
    ];

    /// The measures that are related to a page of these words, each of which weighs as much.
    fn of(words: &str) -> Vec<usize> {
        let stems = Analyzer::new(Language::Fr).words(words).into_iter();
        let terms: Vec<Term> = stems.map(|word| Term(word.stem, 1_000)).collect();
        let words = TitleWords::new(TITLES, Language::Fr);
        related(&terms, &words).into_iter().map(|related| related.at).collect()
    }

    #[test]
    fn who_shares_more_and_rarer_words_comes_first() {
        assert_eq!(of("le service de support, formation et accompagnement"), [0]);
        // One word in common is chance.
        assert_eq!(of("une haie, une mare"), [0; 0]);
        assert_eq!(of("des haies vives à planter, une mare dans le parc"), [2, 3]);
        assert_eq!(of(""), [0; 0]);
    }
}
