//! Relates pages and measures by the distinctive words that they share.
//!
//! The keywords of a page are extracted when it is parsed. A measure ranks higher if its title contains
//! more of these words and if the words are rarer among the measures (BM25 with the page as the query:
//! Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009).

use std::collections::HashMap;

use passerelle_model::page::Term;

use super::{TitleIndex, to_f64};

/// Weight of the title length in a score, from 0 to 1. It is low, because a long title contains more
/// information.
const LENGTH_NORMALIZATION: f64 = 0.35;
/// A word that occurs in a larger share of the measures is not distinctive.
const MAX_DOCUMENT_FREQUENCY: f64 = 0.25;
/// In a small plan, a word of at most this many measures is always distinctive.
const ALWAYS_DISTINCTIVE_COUNT: usize = 5;
/// Minimum number of shared distinctive words. A single shared word is often a coincidence.
const MIN_SHARED_TERMS: usize = 2;
/// Minimum score, as a share of the highest score that the page can have.
const MIN_SCORE: f64 = 0.1;

/// A measure that is related to a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RelatedMeasure {
    /// Index of the measure in the plan.
    pub at: usize,
    /// Strength from 0 to 1.
    pub score: f64,
}

/// Returns the measures that are related to a page with these keywords, strongest first.
pub fn rank_related(terms: &[Term], words: &TitleIndex) -> Vec<RelatedMeasure> {
    let mut scores: HashMap<usize, (f64, usize)> = HashMap::new();
    let mut max_score = 0.0;
    for Term(word, weight) in terms {
        let postings = words.postings(word);
        if postings.len() > ALWAYS_DISTINCTIVE_COUNT
            && to_f64(postings.len()) > to_f64(words.count()) * MAX_DOCUMENT_FREQUENCY
        {
            continue;
        }
        let gain = f64::from(*weight) * words.idf(word);
        max_score += gain;
        for at in postings {
            let (score, shared) = scores.entry(*at).or_default();
            *score += gain;
            *shared += 1;
        }
    }
    let length = |at: usize| {
        let relative = to_f64(words.length(at)) / words.mean_length();
        1.0 - LENGTH_NORMALIZATION + LENGTH_NORMALIZATION * relative
    };
    let related = scores.into_iter().filter(|(_, (_, shared))| *shared >= MIN_SHARED_TERMS);
    let related = related
        .map(|(at, (score, _))| RelatedMeasure { at, score: (score / length(at) / max_score).min(1.0) });
    let mut related: Vec<RelatedMeasure> = related.filter(|related| related.score >= MIN_SCORE).collect();
    related.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
    related
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_text::tokens::Analyzer;

    const TITLES: [&str; 6] = [
        "Soutenir les services de support qui offrent des formations et un accompagnement",
        "Former les jardiniers de la ville",
        "Planter des haies vives",
        "Creuser une mare dans chaque parc",
        "Compter les grenouilles au printemps",
        "Ouvrir un service de prêt de vélos",
    ];

    /// Returns the measures related to a page with these keywords of equal weight.
    fn related_to(words: &str) -> Vec<usize> {
        let stems = Analyzer::new(Language::Fr).tokens(words).into_iter();
        let terms: Vec<Term> = stems.map(|word| Term(word.stem, 1_000)).collect();
        let words = TitleIndex::new(TITLES, Language::Fr);
        rank_related(&terms, &words).into_iter().map(|related| related.at).collect()
    }

    #[test]
    fn measures_with_more_and_rarer_shared_terms_rank_first() {
        assert_eq!(related_to("le service de support, formation et accompagnement"), [0]);
        // A single shared word is not enough.
        assert_eq!(related_to("une haie, une mare"), [0; 0]);
        assert_eq!(related_to("des haies vives à planter, une mare dans le parc"), [2, 3]);
        assert_eq!(related_to(""), [0; 0]);
    }
}
