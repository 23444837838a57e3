//! The words of measures' titles, and which measures have them.

use std::collections::HashMap;

use passerelle_model::language::Language;
use passerelle_text::tokens::Analyzer;

/// The words of the titles of a plan's measures.
#[derive(Clone, Debug, Default)]
pub struct TitleIndex {
    lang: Language,
    count: usize,
    postings: HashMap<String, Vec<usize>>,
    /// Number of words of each title.
    lengths: Vec<usize>,
}

impl TitleIndex {
    /// The words of these titles, which stand in the order of the measures of an index.
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

    /// The measures whose titles have every word of a text, with how well they fit: rare words weigh more, and more so in
    /// a short title. A text without words finds nothing.
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

    /// How much a word tells of a measure: the logarithm of how rare it is (inverse document frequency); 0 for a word
    /// that no title has.
    pub fn idf(&self, stem: &str) -> f64 {
        let Some(titles) = self.postings.get(stem) else { return 0.0 };
        (to_f64(self.count) / to_f64(titles.len())).ln_1p()
    }

    /// The measures whose titles have a word.
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

/// A count to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of measures are far below 2^52")]
pub(crate) fn to_f64(count: usize) -> f64 {
    count as f64
}
