//! What of a text is marked: the words for which it was found.

use std::collections::HashMap;
use std::ops::Range;

use passerelle_model::language::Language;

use crate::analysis::{Analyzer, Chunk, Chunks};

/// The terms that were looked for, and the word of the question that each belongs to.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    terms: HashMap<(Language, String), usize>,
    beginnings: Vec<(String, usize)>,
    words: usize,
}

/// A word of a text that is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Which word of the question it answers.
    pub word: usize,
}

impl Marks {
    pub(crate) fn add(&mut self, lang: Language, term: &str, word: usize) {
        self.words = self.words.max(word + 1);
        self.terms.entry((lang, term.to_owned())).or_insert(word);
    }

    pub(crate) fn add_beginning(&mut self, beginning: &str, word: usize) {
        self.words = self.words.max(word + 1);
        if self.beginnings.iter().all(|(known, _)| known != beginning) {
            self.beginnings.push((beginning.to_owned(), word));
        }
    }

    /// How many words the question has.
    pub fn word_count(&self) -> usize {
        self.words
    }

    /// The words of a text that are marked, in their order.
    pub fn of(&self, text: &str, lang: Language) -> Vec<Mark> {
        let mut analyzer = Analyzer::new(lang);
        let (mut chunks, mut chunk) = (Chunks::of(text), Chunk::default());
        let mut marks = Vec::new();
        // One key that is written anew for each term: a text has many.
        let mut key = (lang, String::new());
        while chunks.read(&mut chunk) {
            let mut found: Option<usize> = None;
            analyzer.each_term(&chunk, &mut |term| {
                key.1.clear();
                key.1.push_str(term);
                let begun =
                    || self.beginnings.iter().find(|(beginning, _)| term.starts_with(beginning.as_str()));
                found = found.or_else(|| self.terms.get(&key).copied().or_else(|| Some(begun()?.1)));
            });
            marks.extend(found.map(|word| Mark { range: chunk.range.clone(), word }));
        }
        marks
    }
}
