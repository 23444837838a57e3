//! Inverted index of the words in measure titles.

use std::collections::HashMap;

use passerelle_model::language::Language;
use passerelle_text::tokens::Analyzer;

/// Title words of a plan with their measures.
#[derive(Clone, Debug, Default)]
pub struct TitleIndex {
    lang: Language,
    count: usize,
    postings: HashMap<String, Vec<usize>>,
    /// Number of words of each title.
    lengths: Vec<usize>,
}

impl TitleIndex {
    /// Builds an index. The titles have the order of the measures in the measure index.
    pub fn new<'a>(titles: impl IntoIterator<Item = &'a str>, lang: Language) -> Self {
        let mut analyzer = Analyzer::new(lang);
        let mut words = Self { lang, ..Self::default() };
        for title in titles {
            let found = analyzer.tokens(title);
            words.lengths.push(found.len());
            for word in found {
                let titles = words.postings.entry(word.stem).or_default();
                if titles.last() != Some(&words.count) {
                    titles.push(words.count);
                }
            }
            words.count += 1;
        }
        words
    }

    /// Returns the measures whose titles contain every word of a text, with their relevance. Rare words and
    /// short titles weigh more. A text without words matches nothing.
    pub fn search(&self, text: &str) -> HashMap<usize, f64> {
        let mut words: Vec<String> =
            Analyzer::new(self.lang).tokens(text).into_iter().map(|word| word.stem).collect();
        words.sort_unstable();
        words.dedup();
        let mut found: Option<HashMap<usize, f64>> = None;
        for word in &words {
            let Some(titles) = self.postings.get(word) else { return HashMap::new() };
            let weight = self.idf(word);
            found = Some(match found {
                None => titles.iter().map(|at| (*at, weight)).collect(),
                Some(found) => titles.iter().filter_map(|at| Some((*at, found.get(at)? + weight))).collect(),
            });
        }
        let found = found.unwrap_or_default().into_iter();
        found.map(|(at, score)| (at, score / length_norm(self.lengths[at]))).collect()
    }

    /// Returns the inverse document frequency of a word. 0 for a word that no title contains.
    pub fn idf(&self, stem: &str) -> f64 {
        let Some(titles) = self.postings.get(stem) else { return 0.0 };
        (to_f64(self.count) / to_f64(titles.len())).ln_1p()
    }

    /// Returns the indexes of the measures whose titles contain a word.
    pub fn postings(&self, stem: &str) -> &[usize] {
        self.postings.get(stem).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the number of measures.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the mean number of words of a title.
    pub fn mean_length(&self) -> f64 {
        to_f64(self.lengths.iter().sum::<usize>().max(1)) / to_f64(self.count.max(1))
    }

    /// Returns the number of words of a title.
    pub fn length(&self, at: usize) -> usize {
        self.lengths[at]
    }
}

/// Returns the divisor of a score for a title with this number of words.
fn length_norm(words: usize) -> f64 {
    to_f64(words.max(1)).sqrt()
}

/// Converts a count for computations.
#[expect(clippy::cast_precision_loss, reason = "counts of measures are far below 2^52")]
pub(crate) fn to_f64(count: usize) -> f64 {
    count as f64
}
