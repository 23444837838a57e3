//! Snapshot of the index at a revision, and the search on it.
//!
//! A search runs several queries, from the strictest to the loosest, until it has enough hits: all words, all
//! words with typing errors, some of the words.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::revision::Revision;
use passerelle_storage::{PageRow, SearchKind};
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};

use crate::blocking::Cancellation;
use crate::error::SearchError;
use crate::index::schema::{Fields, Zone, kind_of, row_of};
use crate::query::clause::{ClauseBuilder, MAX_FUZZY_WORDS, MatchMode, WordClause};
use crate::query::collect::{ScoredDoc, ServiceDoc, collect_all, services_by_page};
use crate::query::dictionary::languages;
use crate::query::match_cache::MatchCache;
use crate::query::parse::ParsedQuery;
use crate::query::ranking::{Ranking, partial_levels, top};
use crate::query::request::{
    Hit, HitKey, HitPosition, MatchKind, MeasureMatches, SearchRequest, SearchResults,
};
use crate::query::suggestion::suggest;
use crate::query::work::Execution;

/// Maximum number of pages that a filter by text selects. It bounds the parameter of the statement to about
/// 100 KiB.
const MAX_PAGES: usize = 10_000;
/// With fewer hits, the next looser query is run.
const FEW_HITS: usize = 3;
/// A word that matches fewer documents may be misspelt.
const RARE_WORD: u64 = 6;
/// Lowest score of each level. The integer part of a score is the level: the measure with that number, all
/// words, all words with typing errors. A hit with only some of the words has the share of words that it
/// contains. [`match_kind`] reads them.
const BY_NUMBER: f64 = 3.0;
const ALL_WORDS: f64 = 2.0;
const ALL_WORDS_FUZZY: f64 = 1.0;
/// Added to [`BY_NUMBER`] by language, so that plans in several languages are always listed in the same
/// order.
const BY_NUMBER_AND_LANGUAGE: [f64; Language::ALL.len()] = [0.9, 0.6, 0.3, 0.0];

/// The index at a revision.
pub struct Snapshot {
    fields: Fields,
    searcher: Searcher,
    revision: Revision,
    languages: Vec<Language>,
    /// Support services by the id of their page.
    services: HashMap<u64, ServiceDoc>,
    matches: MatchCache,
}

impl Snapshot {
    pub(crate) fn new(fields: Fields, searcher: Searcher, revision: Revision) -> Result<Self, SearchError> {
        let languages = languages(&fields, &searcher)?;
        let services = services_by_page(&searcher)?;
        Ok(Self { fields, searcher, revision, languages, services, matches: MatchCache::default() })
    }

    /// Returns the revision of the index.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Searches. Takes milliseconds; run it with [`Search::run`](crate::Search::run).
    ///
    /// # Errors
    /// [`SearchError::Cancelled`] if it was cancelled, [`SearchError::Index`] or [`SearchError::Damaged`] if
    /// the index cannot be read.
    pub fn search(
        &self,
        request: &SearchRequest,
        cancellation: &Cancellation,
    ) -> Result<SearchResults, SearchError> {
        let is_requested = |known: &&Language| request.lang.is_none_or(|lang| lang == **known);
        let languages: Vec<Language> = self.languages.iter().filter(is_requested).copied().collect();
        let query = ParsedQuery::read(&request.text, &languages);
        let execution = Execution::new(&self.fields, &self.searcher, cancellation);
        execution.count(|work| work.query_terms = query.term_count());
        let (docs, clauses) = Run::new(&execution, &query, &languages, &Zone::ALL).all(None)?;
        let docs = self.merge_pages_of_services(docs);
        let mut counts = [0_usize; SearchKind::ALL.len()];
        for doc in &docs {
            counts[kind_of(doc.id) as usize] += 1;
        }
        let is_kind = |kind: SearchKind| request.kinds.is_empty() || request.kinds.contains(&kind);
        let suggestion =
            if docs.is_empty() { suggest(&execution, &request.text, &query, &languages)? } else { None };
        let kinds = SearchKind::ALL.into_iter().filter(|kind| is_kind(*kind));
        let total = kinds.map(|kind| counts[kind as usize]).sum();
        let is_after = |doc: &ScoredDoc| {
            request.after.is_none_or(|after| HitPosition::new(doc.score, doc.id).is_after(after))
        };
        let docs = docs.into_iter().filter(|doc| is_kind(kind_of(doc.id)) && is_after(doc));
        let (page, has_next) = top(docs.collect(), request.first);
        Ok(SearchResults {
            hits: page.iter().map(|doc| self.hit(doc)).collect::<Result<_, _>>()?,
            has_next,
            total,
            facets: SearchKind::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect(),
            suggestion,
            ignored: query.ignored_from.map(|from| request.text[from..].to_owned()),
            highlighter: clauses.highlighter,
            revision: self.revision,
            work: execution.work(),
        })
    }

    /// Replaces the page of a support service by the service, which has the same address. Each service is
    /// listed once, with the better score.
    fn merge_pages_of_services(&self, docs: Vec<ScoredDoc>) -> Vec<ScoredDoc> {
        let mut merged: Vec<ScoredDoc> = Vec::with_capacity(docs.len());
        let mut positions: HashMap<u64, usize> = HashMap::new();
        for mut doc in docs {
            if let Some(service) = self.services.get(&doc.id) {
                (doc.id, doc.address) = (service.id, service.address);
            }
            if kind_of(doc.id) != SearchKind::SupportService {
                merged.push(doc);
                continue;
            }
            match positions.get(&doc.id) {
                Some(at) if merged[*at].score < doc.score => merged[*at] = doc,
                Some(_) => {}
                None => {
                    positions.insert(doc.id, merged.len());
                    merged.push(doc);
                }
            }
        }
        merged
    }

    /// Returns the measures of a plan that contain all words of a text, or that have its number or label.
    ///
    /// # Errors
    /// The same as [`Snapshot::search`].
    pub fn measures(
        &self,
        plan: &PlanKey,
        text: &str,
        cancellation: &Cancellation,
    ) -> Result<Arc<MeasureMatches>, SearchError> {
        if let Some(matches) = self.matches.get(plan, text) {
            return Ok(matches);
        }
        let query = ParsedQuery::read(text, &self.languages);
        let execution = Execution::new(&self.fields, &self.searcher, cancellation);
        let (docs, _) = Run::new(&execution, &query, &self.languages, &Zone::ALL).all(Some(plan))?;
        // A filter needs all words.
        let docs = docs.into_iter().filter(|doc| doc.score >= ALL_WORDS_FUZZY);
        let scores = docs.map(|doc| (row_of(doc.id), doc.score)).collect();
        let matches = Arc::new(MeasureMatches { scores });
        self.matches.insert(plan, text, &matches);
        Ok(matches)
    }

    /// Returns the pages and support services that contain all words of a text, best match first.
    ///
    /// # Errors
    /// The same as [`Snapshot::search`].
    pub fn pages(&self, text: &str, cancellation: &Cancellation) -> Result<Vec<PageRow>, SearchError> {
        let query = ParsedQuery::read(text, &self.languages);
        let execution = Execution::new(&self.fields, &self.searcher, cancellation);
        let (docs, _) = Run::new(&execution, &query, &self.languages, &Zone::ALL).all(None)?;
        // A filter needs all words.
        let docs = docs.into_iter().filter(|doc| doc.score >= ALL_WORDS_FUZZY);
        let is_page =
            |doc: &ScoredDoc| matches!(kind_of(doc.id), SearchKind::Page | SearchKind::SupportService);
        let (docs, _) = top(docs.filter(is_page).collect(), MAX_PAGES);
        let row = |doc: &ScoredDoc| match kind_of(doc.id) {
            SearchKind::SupportService => PageRow::SupportService(row_of(doc.id)),
            _ => PageRow::Page(row_of(doc.id)),
        };
        Ok(docs.iter().map(row).collect())
    }

    fn hit(&self, doc: &ScoredDoc) -> Result<Hit, SearchError> {
        let document: TantivyDocument = self.searcher.doc(doc.address)?;
        let text = |field| {
            let value = document.get_first(field).and_then(|value| value.as_str());
            value
                .map(str::to_owned)
                .ok_or_else(|| SearchError::Damaged("a document without a key".to_owned()))
        };
        let key = text(self.fields.key)?;
        let key = match kind_of(doc.id) {
            SearchKind::Measure => HitKey::Measure(MeasureKey::new(key)),
            SearchKind::Category => {
                HitKey::Category(PlanKey::new(text(self.fields.plan)?), CategoryKey::new(key))
            }
            SearchKind::Page => HitKey::Page(PageKey::new(key)),
            SearchKind::SupportService => {
                HitKey::SupportService(ServiceKey::new(key), PageKey::new(text(self.fields.page)?))
            }
        };
        let match_kind = match_kind(doc.score);
        Ok(Hit { score: doc.score, match_kind, position: HitPosition::new(doc.score, doc.id), key })
    }
}

/// Run of the queries of one search.
struct Run<'e> {
    execution: &'e Execution<'e>,
    query: &'e ParsedQuery,
    languages: &'e [Language],
    clauses: ClauseBuilder<'e>,
    ranking: Ranking,
}

impl<'e> Run<'e> {
    fn new(
        execution: &'e Execution<'e>,
        query: &'e ParsedQuery,
        languages: &'e [Language],
        zones: &'e [Zone],
    ) -> Self {
        let clauses = ClauseBuilder::new(execution, zones, languages);
        Self { execution, query, languages, clauses, ranking: Ranking::default() }
    }

    /// Runs the queries until there are enough hits. With a plan, only for its measures and without partial
    /// matches.
    fn all(mut self, plan: Option<&PlanKey>) -> Result<(Vec<ScoredDoc>, ClauseBuilder<'e>), SearchError> {
        self.by_number(plan)?;
        let mut words = Vec::new();
        for (index, word) in self.query.words.iter().enumerate() {
            words.push(self.clauses.word(index, word, MatchMode::Inflected)?);
        }
        if let Some(all) = all_of(&words) {
            let docs = self.run(all, plan)?;
            self.ranking.add(docs, ALL_WORDS, 1.0);
        }
        if self.ranking.docs.len() >= FEW_HITS {
            return Ok((self.ranking.docs, self.clauses));
        }
        let mut fuzzy_words = 0;
        for (index, (word, clause)) in self.query.words.iter().zip(&mut words).enumerate() {
            let is_rare = clause.as_ref().is_none_or(|clause| clause.count < RARE_WORD);
            if is_rare && fuzzy_words < MAX_FUZZY_WORDS {
                *clause = self.clauses.word(index, word, MatchMode::Fuzzy)?;
                fuzzy_words += 1;
            }
        }
        if let Some(all) = all_of(&words).filter(|_| fuzzy_words > 0) {
            let docs = self.run(all, plan)?;
            self.ranking.add(docs, ALL_WORDS_FUZZY, 1.0);
        }
        if plan.is_none() {
            let words: Vec<_> = words.into_iter().flatten().map(|word| word.clause).collect();
            self.some_words(&words)?;
        }
        Ok((self.ranking.docs, self.clauses))
    }

    /// Adds the measures of which the query is the number or the label.
    fn by_number(&mut self, plan: Option<&PlanKey>) -> Result<(), SearchError> {
        let fields = self.execution.fields;
        let number = self.query.number.map(|number| Term::from_field_u64(fields.number, number));
        let labels = self.query.labels.iter().map(|label| Term::from_field_text(fields.label, label));
        let names: Vec<Term> = number.into_iter().chain(labels).collect();
        if names.is_empty() {
            return Ok(());
        }
        for (lang, bonus) in self.languages.iter().zip(BY_NUMBER_AND_LANGUAGE) {
            let numbered = BooleanQuery::union(names.iter().cloned().map(has_term).collect());
            let of_language = has_term(Term::from_field_text(fields.lang, lang.code()));
            let both = BooleanQuery::intersection(vec![Box::new(numbered), of_language]);
            let docs = self.run(Box::new(both), plan)?;
            self.ranking.add(docs, BY_NUMBER + bonus, 0.1);
        }
        Ok(())
    }

    /// Adds documents with most of the words, then with fewer, until there are enough hits.
    fn some_words(&mut self, words: &[Box<dyn Query>]) -> Result<(), SearchError> {
        let count = self.query.words.len();
        for least in partial_levels(count).into_iter().filter(|least| *least <= words.len()) {
            // Less than half of the words is a poor match: used only if there is no hit at all.
            let enough = if least * 2 < count { 1 } else { FEW_HITS };
            if self.ranking.docs.len() >= enough {
                break;
            }
            let clauses = words.iter().map(|clause| (Occur::Should, clause.box_clone())).collect();
            let query = BooleanQuery::with_minimum_required_clauses(clauses, least);
            let docs = self.run(Box::new(query), None)?;
            self.ranking.add(docs, share(least, count), share(1, count));
        }
        Ok(())
    }

    fn run(&self, query: Box<dyn Query>, plan: Option<&PlanKey>) -> Result<Vec<ScoredDoc>, SearchError> {
        let Some(plan) = plan else { return collect_all(self.execution, &query) };
        let of_plan = Term::from_field_text(self.execution.fields.plan, plan.as_str());
        let of_plan = Box::new(ConstScoreQuery::new(has_term(of_plan), 0.0));
        let query = BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, of_plan)]);
        let mut docs = collect_all(self.execution, &query)?;
        docs.retain(|doc| kind_of(doc.id) == SearchKind::Measure);
        Ok(docs)
    }
}

/// Returns the kind of match that gives a score.
fn match_kind(score: f64) -> MatchKind {
    if score >= BY_NUMBER {
        MatchKind::Number
    } else if score >= ALL_WORDS {
        MatchKind::AllWords
    } else if score >= ALL_WORDS_FUZZY {
        MatchKind::Fuzzy
    } else {
        MatchKind::SomeWords
    }
}

/// Returns a query for documents with a term, regardless of its frequency.
fn has_term(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// Returns a query for documents with all words. Returns `None` if a word cannot match, or if there is no
/// word.
fn all_of(words: &[Option<WordClause>]) -> Option<Box<dyn Query>> {
    let all: Vec<Box<dyn Query>> =
        words.iter().map(|word| word.as_ref().map(|word| word.clause.box_clone())).collect::<Option<_>>()?;
    (!all.is_empty()).then(|| Box::new(BooleanQuery::intersection(all)) as Box<dyn Query>)
}

#[expect(clippy::cast_precision_loss, reason = "a query has at most 32 words")]
fn share(words: usize, of: usize) -> f64 {
    words as f64 / of as f64
}
