//! Words as conditions of the index, with what each way of having a word is worth.

use passerelle_model::language::Language;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Query, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};

use crate::analysis::Analyzer;
use crate::ask::{AskedWord, WordTerms};
use crate::dictionary::{Dictionary, KnownWord, edits};
use crate::error::SearchError;
use crate::marks::Marks;
use crate::schema::Zone;

/// What the rarity of a word counts for, by how it is had: as it was typed, what is written in one as one, with another
/// ending.
const EXACT: Score = 1.0;
const WHOLE: Score = 1.2;
const ALIKE: Score = 0.7;
/// What is had in part counts the same however rare it is: begun, and with one or more letters that differ.
const BEGUN: Score = 1.5;
const ONE_EDIT: Score = 1.0;
const MORE_EDITS: Score = 0.6;
/// What the other ways in which a thing has a word add to the best one.
const TIE: Score = 0.1;

/// How far from what was typed a word is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The words, and others of the same stem.
    Words,
    /// Those that may be meant by a slip too.
    Slips,
}

type Clause = Box<dyn Query>;

/// That a thing has a word.
pub(crate) struct Has {
    pub(crate) clause: Clause,
    /// In how many places of things it stands, at least and roughly: one that has a stem in common counts twice.
    pub(crate) count: u64,
}

/// Makes conditions of words.
pub(crate) struct Clauses<'s> {
    pub(crate) dictionary: Dictionary<'s>,
    pub(crate) zones: &'s [Zone],
    /// What is to be marked in what is found.
    pub(crate) marks: Marks,
    /// What was counted of the word that is looked at.
    pub(crate) count: u64,
}

impl Clauses<'_> {
    /// That a thing has a word. None where nothing has it.
    pub(crate) fn word(
        &mut self,
        at: usize,
        word: &AskedWord,
        reach: Reach,
    ) -> Result<Option<Has>, SearchError> {
        self.count = 0;
        let mut any = Vec::new();
        for (lang, parts) in &word.readings {
            any.extend(self.reading(at, word, *lang, parts, reach)?);
        }
        Ok(one_of(any).map(|clause| Has { clause, count: self.count }))
    }

    fn reading(
        &mut self,
        at: usize,
        word: &AskedWord,
        lang: Language,
        parts: &[WordTerms],
        reach: Reach,
    ) -> Result<Vec<Clause>, SearchError> {
        let mut any = Vec::new();
        if let Some(whole) = &word.whole {
            self.term(&mut any, lang, whole, WHOLE, at)?;
            if word.is_open {
                self.begun(&mut any, lang, whole, at)?;
            }
            if reach == Reach::Slips {
                self.near(&mut any, lang, whole, at)?;
            }
        }
        if word.is_indivisible {
            return Ok(any);
        }
        if let [part] = parts {
            any.extend(self.part(at, word, lang, part, word.is_open, reach)?);
            return Ok(any);
        }
        let mut all = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let is_open = word.is_open && place + 1 == parts.len();
            match one_of(self.part(at, word, lang, part, is_open, reach)?) {
                Some(clause) => all.push(clause),
                None => return Ok(any),
            }
        }
        if !all.is_empty() {
            any.push(Box::new(BooleanQuery::intersection(all)));
        }
        Ok(any)
    }

    /// The ways to have a word that is written alone.
    fn part(
        &mut self,
        at: usize,
        word: &AskedWord,
        lang: Language,
        terms: &WordTerms,
        is_open: bool,
        reach: Reach,
    ) -> Result<Vec<Clause>, SearchError> {
        let mut any = Vec::new();
        for term in &terms.exact {
            self.term(&mut any, lang, term, EXACT, at)?;
        }
        if word.is_acronym && reach == Reach::Words {
            return Ok(any);
        }
        for term in &terms.alike {
            self.term(&mut any, lang, term, ALIKE, at)?;
        }
        let Some(typed) = terms.exact.first() else { return Ok(any) };
        if is_open {
            self.begun(&mut any, lang, typed, at)?;
        }
        if reach == Reach::Slips {
            self.near(&mut any, lang, typed, at)?;
        }
        Ok(any)
    }

    fn term(
        &mut self,
        any: &mut Vec<Clause>,
        lang: Language,
        term: &str,
        worth: Score,
        at: usize,
    ) -> Result<(), SearchError> {
        for zone in self.zones {
            let field = self.dictionary.fields.words(lang, *zone);
            let count = self.dictionary.count(field, term)?;
            if count == 0 {
                continue;
            }
            self.count += count;
            self.marks.add(lang, term, at);
            let query = TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs);
            any.push(Box::new(BoostQuery::new(Box::new(query), zone.weight() * worth)));
        }
        Ok(())
    }

    fn begun(
        &mut self,
        any: &mut Vec<Clause>,
        lang: Language,
        beginning: &str,
        at: usize,
    ) -> Result<(), SearchError> {
        for zone in self.zones {
            let field = self.dictionary.fields.words(lang, *zone);
            let words = self.dictionary.beginning(field, beginning)?;
            if words.is_empty() {
                continue;
            }
            self.count += words.iter().map(|known| known.count).sum::<u64>();
            self.marks.add_beginning(beginning, at);
            any.push(set(field, words.into_iter().map(|known| known.word), zone.weight() * BEGUN));
        }
        Ok(())
    }

    fn near(
        &mut self,
        any: &mut Vec<Clause>,
        lang: Language,
        word: &str,
        at: usize,
    ) -> Result<(), SearchError> {
        for zone in self.zones {
            let field = self.dictionary.fields.words(lang, *zone);
            let near = self.dictionary.near(field, word, edits(word))?;
            let mut analyzer = Analyzer::new(lang);
            // What has a slip may have another ending too.
            let stems = near.iter().flat_map(|(_, known)| analyzer.stems_of(&known.word));
            let stems: Vec<String> = stems.collect();
            let (one, more): (Vec<_>, Vec<_>) = near.into_iter().partition(|(distance, _)| *distance <= 1);
            let words = |near: Vec<(usize, KnownWord)>| near.into_iter().map(|(_, known)| known.word);
            for (words, worth) in
                [(words(one).collect::<Vec<_>>(), ONE_EDIT), (words(more).chain(stems).collect(), MORE_EDITS)]
            {
                if words.is_empty() {
                    continue;
                }
                for word in &words {
                    self.marks.add(lang, word, at);
                }
                any.push(set(field, words, zone.weight() * worth));
            }
        }
        Ok(())
    }
}

/// That a thing has any of some words, all of which are worth the same.
fn set(field: Field, words: impl IntoIterator<Item = String>, worth: Score) -> Clause {
    let terms: Vec<Term> = words.into_iter().map(|word| Term::from_field_text(field, &word)).collect();
    Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), worth))
}

/// The best of some conditions.
fn one_of(mut any: Vec<Clause>) -> Option<Clause> {
    if any.len() > 1 {
        return Some(Box::new(DisjunctionMaxQuery::with_tie_breaker(any, TIE)));
    }
    any.pop()
}
