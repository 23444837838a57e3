//! Builds Tantivy clauses for query words, weighted by how exactly a document matches.

use passerelle_model::language::Language;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Query, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use crate::analysis::Analyzer;
use crate::error::SearchError;
use crate::index::schema::Zone;
use crate::query::dictionary::{Dictionary, DictionaryWord};
use crate::query::word::{QueryWord, TermVariants};
use crate::query::work::Execution;
use crate::snippet::highlight::Highlighter;

/// Maximum number of clauses for one term, over all languages. A common word has about 50: four languages,
/// three zones, and four terms. Each clause needs about 4 KiB of buffers, so
/// [`MAX_QUERY_TERMS`](crate::MAX_QUERY_TERMS) terms stay below 10 MiB.
pub(crate) const MAX_CLAUSES_PER_TERM: usize = 64;
/// Maximum number of words of a query that match words with typing errors. Each one walks the dictionaries of
/// all fields.
pub(crate) const MAX_FUZZY_WORDS: usize = 8;

/// Factors of the relevance of a term, by how the document matches it.
const EXACT: Score = 1.0;
const JOINED: Score = 1.2;
const INFLECTED: Score = 0.7;
/// Constant relevance of matches that depend on the dictionary and not on the rarity of the word.
const PREFIX: Score = 1.5;
const ONE_EDIT: Score = 1.0;
const MORE_EDITS: Score = 0.6;
/// Share of the other matches of the same word that is added to the best one.
const TIE_BREAKER: Score = 0.1;

/// Terms that match a query word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchMode {
    /// The word, and words of the same stem.
    Inflected,
    /// Also words that differ by one or two letters.
    Fuzzy,
}

type Clause = Box<dyn Query>;

/// Clause for a query word.
pub(crate) struct WordClause {
    pub(crate) clause: Clause,
    /// Estimated number of matching documents. Documents that match several terms count several times.
    pub(crate) count: u64,
}

/// Builds clauses for query words.
pub(crate) struct ClauseBuilder<'e> {
    execution: &'e Execution<'e>,
    dictionary: Dictionary<'e>,
    zones: &'e [Zone],
    /// Clauses that one language may add for one term.
    clauses_per_term: usize,
    /// Terms of the built clauses, for highlighting.
    pub(crate) highlighter: Highlighter,
}

/// Clauses of one query word in one language. A document that satisfies one of them matches the word.
struct Alternatives<'b, 'e> {
    builder: &'b mut ClauseBuilder<'e>,
    lang: Language,
    /// Index of the query word.
    word: usize,
    clauses: Vec<Clause>,
    /// Clauses that may still be added.
    left: usize,
    count: u64,
}

impl<'e> ClauseBuilder<'e> {
    pub(crate) fn new(execution: &'e Execution<'e>, zones: &'e [Zone], languages: &[Language]) -> Self {
        Self {
            execution,
            dictionary: Dictionary::new(execution),
            zones,
            clauses_per_term: MAX_CLAUSES_PER_TERM / languages.len().max(1),
            highlighter: Highlighter::default(),
        }
    }

    /// Returns the clause for the query word with an index. Returns `None` if no document can match.
    pub(crate) fn word(
        &mut self,
        index: usize,
        word: &QueryWord,
        mode: MatchMode,
    ) -> Result<Option<WordClause>, SearchError> {
        let mut clauses = Vec::new();
        let mut count = 0;
        for (lang, parts) in &word.variants {
            self.execution.check()?;
            let mut joined = self.alternatives(*lang, index, 1);
            if let Some(term) = &word.joined {
                joined.term(term, JOINED)?;
                if word.is_prefix {
                    joined.prefix(term)?;
                }
                if mode == MatchMode::Fuzzy {
                    joined.fuzzy(term)?;
                }
            }
            count += joined.count;
            clauses.append(&mut joined.clauses);
            let (parts, part_count) = self.parts(index, word, *lang, parts, mode)?;
            count += part_count;
            clauses.extend(parts);
        }
        Ok(any_of(clauses).map(|clause| WordClause { clause, count }))
    }

    /// Returns the clauses for the parts of a word. A document must match all of them.
    fn parts(
        &mut self,
        index: usize,
        word: &QueryWord,
        lang: Language,
        parts: &[TermVariants],
        mode: MatchMode,
    ) -> Result<(Vec<Clause>, u64), SearchError> {
        let mut all = Vec::new();
        let mut count = 0;
        for (position, part) in parts.iter().enumerate() {
            let is_prefix = word.is_prefix && position + 1 == parts.len();
            let mut alternatives = self.alternatives(lang, index, part.exact.len());
            alternatives.part(word, part, is_prefix, mode)?;
            count += alternatives.count;
            let clauses = alternatives.clauses;
            if parts.len() == 1 {
                return Ok((clauses, count));
            }
            match any_of(clauses) {
                Some(clause) => all.push(clause),
                None => return Ok((Vec::new(), count)),
            }
        }
        let all: Option<Clause> =
            if all.is_empty() { None } else { Some(Box::new(BooleanQuery::intersection(all))) };
        Ok((all.into_iter().collect(), count))
    }

    fn alternatives(&mut self, lang: Language, word: usize, terms: usize) -> Alternatives<'_, 'e> {
        let left = self.clauses_per_term * terms.max(1);
        Alternatives { builder: self, lang, word, clauses: Vec::new(), left, count: 0 }
    }
}

impl Alternatives<'_, '_> {
    fn part(
        &mut self,
        word: &QueryWord,
        terms: &TermVariants,
        is_prefix: bool,
        mode: MatchMode,
    ) -> Result<(), SearchError> {
        for term in &terms.exact {
            self.term(term, EXACT)?;
        }
        if word.is_acronym && mode == MatchMode::Inflected {
            return Ok(());
        }
        for term in &terms.inflected {
            self.term(term, INFLECTED)?;
        }
        let Some(typed) = terms.exact.first() else { return Ok(()) };
        if is_prefix {
            self.prefix(typed)?;
        }
        if mode == MatchMode::Fuzzy {
            self.fuzzy(typed)?;
        }
        Ok(())
    }

    /// Adds a clause, unless the limit is reached. The most exact clauses are added first.
    fn add(&mut self, clause: Clause) {
        if self.left > 0 {
            self.left -= 1;
            self.builder.execution.count(|work| work.clauses += 1);
            self.clauses.push(clause);
        }
    }

    fn field(&self, zone: Zone) -> Field {
        self.builder.execution.fields.terms(self.lang, zone)
    }

    /// Adds clauses for a term in each zone that contains it.
    fn term(&mut self, term: &str, factor: Score) -> Result<(), SearchError> {
        for zone in self.builder.zones {
            let field = self.field(*zone);
            let count = self.builder.dictionary.count(field, term)?;
            if count == 0 {
                continue;
            }
            self.count += count;
            self.builder.highlighter.add(self.lang, term, self.word);
            let query = TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs);
            self.add(Box::new(BoostQuery::new(Box::new(query), zone.weight() * factor)));
        }
        Ok(())
    }

    /// Adds clauses for the words that begin with a prefix.
    fn prefix(&mut self, prefix: &str) -> Result<(), SearchError> {
        for zone in self.builder.zones {
            let field = self.field(*zone);
            let words = self.builder.dictionary.completions(field, prefix)?;
            if words.is_empty() {
                continue;
            }
            self.count += words.iter().map(|known| known.count).sum::<u64>();
            self.builder.highlighter.add_prefix(prefix, self.word);
            self.add(any_term(field, words.into_iter().map(|known| known.word), zone.weight() * PREFIX));
        }
        Ok(())
    }

    /// Adds clauses for words that differ by one or two letters, and for their stems.
    fn fuzzy(&mut self, word: &str) -> Result<(), SearchError> {
        let fields: Vec<Field> = self.builder.zones.iter().map(|zone| self.field(*zone)).collect();
        let near = self.builder.dictionary.near(&fields, word)?;
        let mut analyzer = Analyzer::new(self.lang);
        for ((zone, field), near) in self.builder.zones.iter().zip(fields).zip(near) {
            let stems = near.iter().flat_map(|(_, known)| analyzer.stems_of(&known.word));
            let stems: Vec<String> = stems.collect();
            let (one, more): (Vec<_>, Vec<_>) = near.into_iter().partition(|(distance, _)| *distance <= 1);
            let words = |near: Vec<(usize, DictionaryWord)>| near.into_iter().map(|(_, known)| known.word);
            for (words, score) in
                [(words(one).collect::<Vec<_>>(), ONE_EDIT), (words(more).chain(stems).collect(), MORE_EDITS)]
            {
                if words.is_empty() {
                    continue;
                }
                for word in &words {
                    self.builder.highlighter.add(self.lang, word, self.word);
                }
                self.add(any_term(field, words, zone.weight() * score));
            }
        }
        Ok(())
    }
}

/// Returns a clause with a constant score for documents that contain one of some words.
fn any_term(field: Field, words: impl IntoIterator<Item = String>, score: Score) -> Clause {
    let terms: Vec<Term> = words.into_iter().map(|word| Term::from_field_text(field, &word)).collect();
    Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), score))
}

/// Returns a clause that scores a document by the best of some clauses.
fn any_of(mut clauses: Vec<Clause>) -> Option<Clause> {
    if clauses.len() > 1 {
        return Some(Box::new(DisjunctionMaxQuery::with_tie_breaker(clauses, TIE_BREAKER)));
    }
    clauses.pop()
}
