//! Dictionary of the index: counts of terms, completions of a prefix, and words that differ by a few letters.

use std::collections::HashMap;

use passerelle_model::language::Language;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::analysis::STEM_PREFIX;
use crate::error::SearchError;
use crate::index::schema::{Fields, Zone};
use crate::query::work::Execution;

/// Maximum number of words that a prefix matches in a field: the most frequent ones.
const MAX_COMPLETIONS: usize = 60;
/// Maximum number of words that are read for a prefix in a field. A short prefix has more words, but then
/// the user is still typing.
const MAX_COMPLETIONS_READ: usize = 3_000;
/// Minimum length of a prefix in characters.
const MIN_PREFIX_CHARS: usize = 2;
/// Maximum number of words that a misspelt word matches in a field: the nearest ones.
const MAX_NEAR: usize = 24;
/// Maximum number of words that are read for a misspelt word in a field.
const MAX_NEAR_READ: usize = 1_000;
/// Longer words match only themselves. The automaton for a word grows with its length.
const MAX_NEAR_CHARS: usize = 40;
/// Maximum number of dictionary words that prefixes and misspelt words of one search may read. When it is
/// reached, the search continues with the words found so far. It is more than twice what one prefix reads in
/// twelve fields.
pub(crate) const MAX_DICTIONARY_READS: usize = 100_000;
/// Dictionary words between two checks for a cancellation.
const BLOCK_WORDS: usize = 512;

/// Word of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DictionaryWord {
    pub(crate) word: String,
    /// Number of documents that contain the word in one field.
    pub(crate) count: u64,
}

/// Dictionary of the index, for one search.
#[derive(Clone, Copy)]
pub(crate) struct Dictionary<'e> {
    execution: &'e Execution<'e>,
}

/// Returns the maximum edit distance for a search term.
fn allowed_edits(word: &str) -> u8 {
    match word.chars().count() {
        // A different digit is a different number.
        _ if word.contains(|character: char| character.is_ascii_digit()) => 0,
        5..=8 => 1,
        9..=MAX_NEAR_CHARS => 2,
        _ => 0,
    }
}

impl<'e> Dictionary<'e> {
    pub(crate) fn new(execution: &'e Execution<'e>) -> Self {
        Self { execution }
    }

    /// Returns the number of documents that contain a term in a field.
    pub(crate) fn count(self, field: Field, term: &str) -> Result<u64, SearchError> {
        self.execution.count(|work| work.dictionary_terms += 1);
        Ok(self.execution.searcher.doc_freq(&Term::from_field_text(field, term))?)
    }

    /// Counts a word that was read. Returns true if another one may be read.
    fn may_read(self, read: usize, max: usize) -> Result<bool, SearchError> {
        if read.is_multiple_of(BLOCK_WORDS) {
            self.execution.check()?;
        }
        if read >= max || self.execution.work().dictionary_terms >= MAX_DICTIONARY_READS {
            return Ok(false);
        }
        self.execution.count(|work| work.dictionary_terms += 1);
        Ok(true)
    }

    /// Returns the longer words of a field that begin with a prefix, the most frequent first.
    pub(crate) fn completions(self, field: Field, prefix: &str) -> Result<Vec<DictionaryWord>, SearchError> {
        if prefix.chars().count() < MIN_PREFIX_CHARS {
            return Ok(Vec::new());
        }
        let mut counts: HashMap<String, u64> = HashMap::new();
        let mut read = 0;
        for segment in self.execution.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut words = index.terms().range().gt(prefix.as_bytes()).into_stream()?;
            while self.may_read(read, MAX_COMPLETIONS_READ)?
                && words.advance()
                && words.key().starts_with(prefix.as_bytes())
            {
                read += 1;
                if let Ok(word) = std::str::from_utf8(words.key()) {
                    *counts.entry(word.to_owned()).or_default() += u64::from(words.value().doc_freq);
                }
            }
        }
        let mut words: Vec<DictionaryWord> =
            counts.into_iter().map(|(word, count)| DictionaryWord { word, count }).collect();
        words.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
        words.truncate(MAX_COMPLETIONS);
        Ok(words)
    }

    /// Returns, for each field, the words that differ from a search term by the allowed edits, the nearest
    /// first, with their distances.
    pub(crate) fn near(
        self,
        fields: &[Field],
        word: &str,
    ) -> Result<Vec<Vec<(usize, DictionaryWord)>>, SearchError> {
        self.within(fields, word, allowed_edits(word))
    }

    /// Returns, for each field, the words within an edit distance, the nearest first, with their distances.
    pub(crate) fn within(
        self,
        fields: &[Field],
        word: &str,
        edits: u8,
    ) -> Result<Vec<Vec<(usize, DictionaryWord)>>, SearchError> {
        let Some(first) = fields.first().filter(|_| edits > 0 && word.chars().count() <= MAX_NEAR_CHARS)
        else {
            return Ok(vec![Vec::new(); fields.len()]);
        };
        // The automaton does not depend on the field. It is built once, because it takes longer than a walk.
        let automaton = FuzzyTermQuery::new(Term::from_field_text(*first, word), edits, true).automaton()?;
        let mut found = Vec::with_capacity(fields.len());
        for field in fields {
            let mut counts: HashMap<String, u64> = HashMap::new();
            let mut read = 0;
            for segment in self.execution.searcher.segment_readers() {
                let index = segment.inverted_index(*field)?;
                let mut words = index.terms().search(&automaton).into_stream()?;
                while self.may_read(read, MAX_NEAR_READ)? && words.advance() {
                    read += 1;
                    if let Ok(word) = std::str::from_utf8(words.key())
                        && !word.starts_with(STEM_PREFIX)
                    {
                        *counts.entry(word.to_owned()).or_default() += u64::from(words.value().doc_freq);
                    }
                }
            }
            found.push(nearest(word, counts));
        }
        Ok(found)
    }
}

/// Returns the nearest of some words, with their distances. The word itself is left out.
fn nearest(word: &str, counts: HashMap<String, u64>) -> Vec<(usize, DictionaryWord)> {
    let near = counts.into_iter().filter(|(known, _)| known != word);
    let mut near: Vec<(usize, DictionaryWord)> = near
        .map(|(known, count)| (strsim::osa_distance(word, &known), DictionaryWord { word: known, count }))
        .collect();
    near.sort_unstable_by(|(a, x), (b, y)| {
        a.cmp(b).then_with(|| y.count.cmp(&x.count)).then_with(|| x.word.cmp(&y.word))
    });
    near.truncate(MAX_NEAR);
    near
}

/// Returns the languages that at least one document has.
pub(crate) fn languages(fields: &Fields, searcher: &Searcher) -> Result<Vec<Language>, SearchError> {
    let mut languages = Vec::new();
    for lang in Language::ALL {
        let mut has_terms = false;
        for segment in searcher.segment_readers() {
            for zone in Zone::ALL {
                has_terms |= segment.inverted_index(fields.terms(lang, zone))?.terms().num_terms() > 0;
            }
        }
        if has_terms {
            languages.push(lang);
        }
    }
    Ok(languages)
}
