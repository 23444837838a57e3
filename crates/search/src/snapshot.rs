//! What is searchable at a revision, and how it is searched: first for what has all the words, then, where there is little
//! of that, for what may be meant by a slip, then for what has most of the words.

use std::collections::{HashMap, HashSet};

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::sync::Revision;
use passerelle_storage::SearchKind;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};

use crate::ask::Asked;
use crate::clause::{Clauses, Has, Reach};
use crate::collect::{All, Fit};
use crate::dictionary::Dictionary;
use crate::error::SearchError;
use crate::marks::Marks;
use crate::question::{Found, Hit, Matches, Place, Question, SearchNode};
use crate::schema::{Fields, Zone, kind_of, row_of};

/// Fewer hits than this are little: then it is looked further.
const LITTLE: usize = 3;
/// What stands in fewer places than this may be a slip.
const RARE: u64 = 6;
/// The score of a hit says how it was found, by its whole part, and within that how well. A measure of the very number;
/// what has all the words; what has all of them but for slips. What has some has the part of them that it has.
const BY_NUMBER: f64 = 3.0;
const BY_ALL: f64 = 2.0;
const BY_SLIPS: f64 = 1.0;
/// Words with fewer letters than this are short.
const SHORT: usize = 5;
/// What the engine scores half of the most that it could.
const HALF: f64 = 20.0;

/// The index as it stands at a revision.
#[derive(Clone)]
pub struct Snapshot {
    fields: Fields,
    searcher: Searcher,
    revision: Revision,
    languages: Vec<Language>,
}

impl Snapshot {
    pub(crate) fn new(fields: Fields, searcher: Searcher, revision: Revision) -> Result<Self, SearchError> {
        let languages = Dictionary { fields: &fields, searcher: &searcher }.languages()?;
        Ok(Self { fields, searcher, revision, languages })
    }

    /// The revision that it holds everything of.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    fn dictionary(&self) -> Dictionary<'_> {
        Dictionary { fields: &self.fields, searcher: &self.searcher }
    }

    fn clauses<'s>(&'s self, zones: &'s [Zone]) -> Clauses<'s> {
        Clauses { dictionary: self.dictionary(), zones, marks: Marks::default(), count: 0 }
    }

    /// The languages that a question is read in.
    fn asked_in(&self, lang: Option<Language>) -> Vec<Language> {
        let is_asked = |known: &&Language| lang.is_none_or(|lang| lang == **known);
        self.languages.iter().filter(is_asked).copied().collect()
    }

    /// Answers a question.
    pub fn search(&self, question: &Question) -> Result<Found, SearchError> {
        let languages = self.asked_in(question.lang);
        let asked = Asked::read(&question.text, &languages);
        let mut clauses = self.clauses(&Zone::ALL);
        let fits = self.fits(&asked, &languages, &mut clauses, None)?;
        let mut counts = [0_usize; SearchKind::ALL.len()];
        for fit in &fits {
            counts[kind_of(fit.id) as usize] += 1;
        }
        let is_kind = |kind: SearchKind| question.kinds.is_empty() || question.kinds.contains(&kind);
        let suggestion =
            if fits.is_empty() { self.suggestion(&question.text, &asked, &languages)? } else { None };
        let kinds = SearchKind::ALL.into_iter().filter(|kind| is_kind(*kind));
        let total = kinds.map(|kind| counts[kind as usize]).sum();
        let wanted = fits.into_iter().filter(|fit| is_kind(kind_of(fit.id)));
        let wanted = wanted.filter(|fit| question.after.is_none_or(|after| Place::of(fit).is_after(after)));
        let (page, has_next) = first(wanted.collect(), question.first);
        let hits = page.iter().map(|fit| self.hit(fit)).collect::<Result<_, _>>()?;
        let facets = SearchKind::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect();
        Ok(Found { hits, has_next, total, facets, suggestion, marks: clauses.marks, revision: self.revision })
    }

    /// The measures of a plan whose titles have every word of a text, or its number.
    pub fn measures(&self, plan: &PlanKey, text: &str) -> Result<Matches, SearchError> {
        let asked = Asked::read(text, &self.languages);
        let mut clauses = self.clauses(&[Zone::Title]);
        let fits = self.fits(&asked, &self.languages, &mut clauses, Some(plan))?;
        // What has some of the words only is no match of a filter.
        let fits = fits.into_iter().filter(|fit| fit.score >= BY_SLIPS);
        Ok(Matches { scores: fits.map(|fit| (row_of(fit.id), fit.score)).collect() })
    }

    fn fits(
        &self,
        asked: &Asked,
        languages: &[Language],
        clauses: &mut Clauses<'_>,
        plan: Option<&PlanKey>,
    ) -> Result<Vec<Fit>, SearchError> {
        let mut gathered = Gathered::default();
        if let Some(number) = asked.number {
            // Of plans in several languages that come first which do so everywhere.
            for (lang, from) in languages.iter().zip([0.9, 0.6, 0.3, 0.0]) {
                let terms = [
                    Term::from_field_u64(self.fields.number, number),
                    Term::from_field_text(self.fields.lang, lang.code()),
                ];
                let both = terms.map(exactly).into();
                gathered.add(
                    self.run(Box::new(BooleanQuery::intersection(both)), plan)?,
                    BY_NUMBER + from,
                    0.1,
                );
            }
        }
        let mut words = Vec::new();
        for (at, word) in asked.words.iter().enumerate() {
            words.push(clauses.word(at, word, Reach::Words)?);
        }
        if let Some(all) = all_of(&words) {
            gathered.add(self.run(all, plan)?, BY_ALL, 1.0);
        }
        if gathered.fits.len() >= LITTLE {
            return Ok(gathered.fits);
        }
        // A word that nearly nothing has may be a slip; one that other things have is meant as it stands.
        let mut has_slips = false;
        for (at, (word, has)) in asked.words.iter().zip(&mut words).enumerate() {
            if has.as_ref().is_none_or(|has| has.count < RARE) {
                *has = clauses.word(at, word, Reach::Slips)?;
                has_slips = true;
            }
        }
        if let Some(all) = all_of(&words).filter(|_| has_slips) {
            gathered.add(self.run(all, plan)?, BY_SLIPS, 1.0);
        }
        if plan.is_none() {
            let words: Vec<_> = words.into_iter().flatten().map(|has| has.clause).collect();
            self.add_some(&words, asked.words.len(), &mut gathered)?;
        }
        Ok(gathered.fits)
    }

    /// Adds what has most of the words, then less, as long as there is little.
    fn add_some(
        &self,
        words: &[Box<dyn Query>],
        most: usize,
        gathered: &mut Gathered,
    ) -> Result<(), SearchError> {
        for least in (1..most).rev().filter(|least| *least <= words.len()) {
            // Half of the words is little to go by; less is better than nothing and no more.
            let enough = if least * 2 < most { 1 } else { LITTLE };
            if gathered.fits.len() >= enough {
                break;
            }
            let each = words.iter().map(|clause| (Occur::Should, clause.box_clone())).collect();
            let query = BooleanQuery::with_minimum_required_clauses(each, least);
            gathered.add(self.run(Box::new(query), None)?, part(least, most), part(1, most));
        }
        Ok(())
    }

    fn run(&self, query: Box<dyn Query>, plan: Option<&PlanKey>) -> Result<Vec<Fit>, SearchError> {
        let Some(plan) = plan else { return Ok(self.searcher.search(&query, &All)?) };
        let of_plan = Term::from_field_text(self.fields.plan, plan.as_str());
        let of_plan = Box::new(ConstScoreQuery::new(exactly(of_plan), 0.0));
        let query = BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, of_plan)]);
        let mut fits = self.searcher.search(&query, &All)?;
        fits.retain(|fit| kind_of(fit.id) == SearchKind::Measure);
        Ok(fits)
    }

    fn hit(&self, fit: &Fit) -> Result<Hit, SearchError> {
        let document: TantivyDocument = self.searcher.doc(fit.address)?;
        let text = |field| {
            let value = document.get_first(field).and_then(|value| value.as_str());
            value.map(str::to_owned).ok_or_else(|| SearchError::Damaged("a thing without a name".to_owned()))
        };
        let key = text(self.fields.key)?;
        let node = match kind_of(fit.id) {
            SearchKind::Measure => SearchNode::Measure(MeasureKey::new(key)),
            SearchKind::Category => {
                SearchNode::Category(PlanKey::new(text(self.fields.plan)?), CategoryKey::new(key))
            }
            SearchKind::Page => SearchNode::Page(PageKey::new(key)),
            SearchKind::SupportService => SearchNode::SupportService(ServiceKey::new(key)),
        };
        Ok(Hit { score: fit.score, place: Place::of(fit), node })
    }

    /// The question with words that the index has in the place of those that it does not.
    fn suggestion(
        &self,
        text: &str,
        asked: &Asked,
        languages: &[Language],
    ) -> Result<Option<String>, SearchError> {
        let mut suggested = text.trim().to_owned();
        let mut is_other = false;
        for word in &asked.words {
            let folded = passerelle_text::fold::fold(&word.written);
            // An acronym means itself.
            let nearest = if word.is_acronym { None } else { self.nearest(&folded, languages)? };
            if let Some(nearest) = nearest {
                suggested = suggested.replacen(&word.written, &nearest, 1);
                is_other = true;
            }
        }
        Ok(is_other.then_some(suggested))
    }

    fn nearest(&self, word: &str, languages: &[Language]) -> Result<Option<String>, SearchError> {
        // Here a word may be further away than where it is taken for another without asking.
        let edits = match word.chars().count() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let mut counts: HashMap<String, (usize, u64)> = HashMap::new();
        for lang in languages {
            for zone in Zone::ALL {
                for (distance, known) in
                    self.dictionary().near(self.fields.words(*lang, zone), word, edits)?
                {
                    counts.entry(known.word).or_insert((distance, 0)).1 += known.count;
                }
            }
        }
        // Short words are near to many others: only one that begins alike is meant.
        let is_meant = |known: &str| {
            let is_short = known.chars().count() < SHORT || word.chars().count() < SHORT;
            !is_short || known.chars().next() == word.chars().next() && known.chars().count() > 2
        };
        let nearest = counts
            .into_iter()
            .filter(|(known, _)| is_meant(known))
            .min_by_key(|(word, (distance, count))| (*distance, std::cmp::Reverse(*count), word.clone()));
        Ok(nearest.map(|(word, _)| word))
    }
}

/// The hits of one level after another, none of them twice.
#[derive(Default)]
struct Gathered {
    fits: Vec<Fit>,
    known: HashSet<u64>,
}

impl Gathered {
    /// Adds what a level found, whose scores begin somewhere and are less than so much more.
    fn add(&mut self, fits: Vec<Fit>, from: f64, within: f64) {
        let new = fits.into_iter().filter(|fit| !self.known.contains(&fit.id));
        let scored = |fit: Fit| Fit { score: from + within * fit.score / (fit.score + HALF), ..fit };
        let new: Vec<Fit> = new.map(scored).collect();
        self.known.extend(new.iter().map(|fit| fit.id));
        self.fits.extend(new);
    }
}

/// That a thing has a term, however often.
fn exactly(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// That all conditions hold. None where one of them cannot, or where there is none.
fn all_of(words: &[Option<Has>]) -> Option<Box<dyn Query>> {
    let all: Vec<Box<dyn Query>> =
        words.iter().map(|has| has.as_ref().map(|has| has.clause.box_clone())).collect::<Option<_>>()?;
    (!all.is_empty()).then(|| Box::new(BooleanQuery::intersection(all)) as Box<dyn Query>)
}

#[expect(clippy::cast_precision_loss, reason = "a question has few words")]
fn part(words: usize, of: usize) -> f64 {
    words as f64 / of as f64
}

/// The first so many, in their order, and whether there are more.
fn first(mut fits: Vec<Fit>, count: usize) -> (Vec<Fit>, bool) {
    let has_more = fits.len() > count;
    let compare = |a: &Fit, b: &Fit| Place::of(a).cmp(&Place::of(b));
    if has_more && count > 0 {
        fits.select_nth_unstable_by(count - 1, compare);
    }
    fits.truncate(count);
    fits.sort_unstable_by(compare);
    (fits, has_more)
}
