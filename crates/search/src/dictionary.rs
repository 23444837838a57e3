//! The words that the index has: those that begin like one, those that are nearly one.

use std::collections::HashMap;

use passerelle_model::language::Language;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::analysis::MARK;
use crate::error::SearchError;
use crate::schema::{Fields, Zone};

/// A beginning is completed to so many words at most, those that most things have.
const COMPLETIONS: usize = 60;
/// So many words of a beginning are looked at. Shorter ones are completed once more is typed.
const LOOKED_AT: usize = 3_000;
/// A beginning shorter than this says nothing.
const SHORTEST_BEGINNING: usize = 2;
/// So many words that are nearly one are taken, the nearest.
const NEAR: usize = 24;

/// A word of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownWord {
    pub(crate) word: String,
    /// How many things have it, in one place of them.
    pub(crate) count: u64,
}

/// The words of the index.
#[derive(Clone, Copy)]
pub(crate) struct Dictionary<'s> {
    pub(crate) fields: &'s Fields,
    pub(crate) searcher: &'s Searcher,
}

/// How many edits a word may be away from another, and be taken for it.
pub(crate) fn edits(word: &str) -> u8 {
    match word.chars().count() {
        // Another digit is another number.
        _ if word.contains(|character: char| character.is_ascii_digit()) => 0,
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

impl Dictionary<'_> {
    /// How many things have a term in a field.
    pub(crate) fn count(&self, field: Field, term: &str) -> Result<u64, SearchError> {
        Ok(self.searcher.doc_freq(&Term::from_field_text(field, term))?)
    }

    /// The words of a field that begin like one and are longer.
    pub(crate) fn beginning(&self, field: Field, beginning: &str) -> Result<Vec<KnownWord>, SearchError> {
        if beginning.chars().count() < SHORTEST_BEGINNING {
            return Ok(Vec::new());
        }
        let mut counts: HashMap<String, u64> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut words = index.terms().range().gt(beginning.as_bytes()).into_stream()?;
            let mut looked_at = 0;
            while looked_at < LOOKED_AT && words.advance() && words.key().starts_with(beginning.as_bytes()) {
                looked_at += 1;
                if let Ok(word) = std::str::from_utf8(words.key()) {
                    *counts.entry(word.to_owned()).or_default() += u64::from(words.value().doc_freq);
                }
            }
        }
        let mut words: Vec<KnownWord> =
            counts.into_iter().map(|(word, count)| KnownWord { word, count }).collect();
        words.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
        words.truncate(COMPLETIONS);
        Ok(words)
    }

    /// The words of a field that are at most so many edits away from one, the nearest first, with how many.
    pub(crate) fn near(
        &self,
        field: Field,
        word: &str,
        edits: u8,
    ) -> Result<Vec<(usize, KnownWord)>, SearchError> {
        if edits == 0 {
            return Ok(Vec::new());
        }
        let query = FuzzyTermQuery::new(Term::from_field_text(field, word), edits, true);
        let automaton = query.automaton()?;
        let mut counts: HashMap<String, u64> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut words = index.terms().search(&automaton).into_stream()?;
            while words.advance() {
                if let Ok(word) = std::str::from_utf8(words.key())
                    && !word.starts_with(MARK)
                {
                    *counts.entry(word.to_owned()).or_default() += u64::from(words.value().doc_freq);
                }
            }
        }
        let near = counts.into_iter().filter(|(known, _)| known != word);
        let mut near: Vec<(usize, KnownWord)> = near
            .map(|(known, count)| (strsim::osa_distance(word, &known), KnownWord { word: known, count }))
            .collect();
        near.sort_unstable_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| y.count.cmp(&x.count)).then_with(|| x.word.cmp(&y.word))
        });
        near.truncate(NEAR);
        Ok(near)
    }

    /// The languages that anything is in.
    pub(crate) fn languages(&self) -> Result<Vec<Language>, SearchError> {
        let mut languages = Vec::new();
        for lang in Language::ALL {
            let mut has_words = false;
            for segment in self.searcher.segment_readers() {
                for zone in Zone::ALL {
                    has_words |=
                        segment.inverted_index(self.fields.words(lang, zone))?.terms().num_terms() > 0;
                }
            }
            if has_words {
                languages.push(lang);
            }
        }
        Ok(languages)
    }
}
