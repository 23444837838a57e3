//! Highlighter: finds the words of a text that match a query.

use std::collections::HashMap;
use std::ops::Range;

use passerelle_model::language::Language;

use crate::analysis::{Analyzer, Chunk, Chunks};

/// Terms and prefixes of a query, each with the index of its query word.
#[derive(Clone, Debug, Default)]
pub struct Highlighter {
    terms: HashMap<(Language, String), usize>,
    prefixes: Vec<(String, usize)>,
    word_count: usize,
}

/// Word of a text that matches the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Position in the text, in bytes.
    pub range: Range<usize>,
    /// Index of the query word that it matches.
    pub word: usize,
}

impl Highlighter {
    pub(crate) fn add(&mut self, lang: Language, term: &str, word: usize) {
        self.word_count = self.word_count.max(word + 1);
        self.terms.entry((lang, term.to_owned())).or_insert(word);
    }

    pub(crate) fn add_prefix(&mut self, prefix: &str, word: usize) {
        self.word_count = self.word_count.max(word + 1);
        if self.prefixes.iter().all(|(known, _)| known != prefix) {
            self.prefixes.push((prefix.to_owned(), word));
        }
    }

    /// Returns the number of query words.
    pub fn word_count(&self) -> usize {
        self.word_count
    }

    /// Returns the matching words of a text, in order.
    pub fn find(&self, text: &str, lang: Language) -> Vec<Highlight> {
        let mut analyzer = Analyzer::new(lang);
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        let mut highlights = Vec::new();
        // The key is reused for each term, because a page has many.
        let mut key = (lang, String::new());
        while chunks.read(&mut chunk) {
            let mut found: Option<usize> = None;
            analyzer.each_term(&chunk, &mut |term| {
                key.1.clear();
                key.1.push_str(term);
                let by_prefix = || self.prefixes.iter().find(|(prefix, _)| term.starts_with(prefix.as_str()));
                found = found.or_else(|| self.terms.get(&key).copied().or_else(|| Some(by_prefix()?.1)));
            });
            highlights.extend(found.map(|word| Highlight { range: chunk.range.clone(), word }));
        }
        highlights
    }
}
