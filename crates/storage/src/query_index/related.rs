//! What pages and measures have to do with each other: the distinctive words that they share.
//!
//! A page is boiled down to its heaviest words when it is read. A measure is the more related to it the more of them its
//! title has and the rarer these are among the measures (BM25 with the page as the query: Robertson and Zaragoza, *The
//! Probabilistic Relevance Framework*, 2009).

use std::collections::HashMap;

use passerelle_model::page::Term;

use super::{TitleWords, as_f64};

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

/// A measure that is related to a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RelatedMeasure {
    /// Its place among the measures of the plan.
    pub at: usize,
    /// How strongly, from 0 to 1.
    pub score: f64,
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

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_text::words::Analyzer;

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
