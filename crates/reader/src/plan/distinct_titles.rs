//! The distinct titles of a plan, with an index of their words.
//!
//! Every search compares a title with a bounded number of others, so the time is linear in the number of
//! titles.

use std::cell::Cell;
use std::collections::HashMap;

use passerelle_text::tokens::Token;

use super::title_words::{MIN_SIMILARITY_MARKED, TitleWords, are_similar, differences, ratio};

/// Minimum similarity of the row that is named as the most similar one.
const MIN_NEAREST_SIMILARITY: f64 = 0.25;
/// Maximum number of rows per word, the last ones. A word of more rows is not distinctive.
pub(super) const MAX_POSTINGS: usize = 64;
/// Number of the rarest words by which the nearest row is searched.
const MAX_RAREST_WORDS: usize = 8;
/// Maximum number of rows that are compared with one row to find the nearest, those with its rarest words
/// first. Rows that share only frequent words are not similar.
pub(super) const MAX_NEAREST_CANDIDATES: usize = 64;

/// The different texts of the rows.
pub(super) struct DistinctTitles<'a> {
    rows: &'a [TitleWords],
    /// The first row of each text.
    first: Vec<usize>,
    /// Number of rows of each text.
    count: Vec<usize>,
    /// The text of each row.
    pub(super) of_row: Vec<usize>,
    /// Texts that contain a word, in order.
    postings: HashMap<&'a str, Vec<usize>>,
    /// Number of pairs that were compared.
    pub(super) comparisons: Cell<usize>,
}

impl<'a> DistinctTitles<'a> {
    /// Groups rows by their words.
    pub(super) fn new(rows: &'a [TitleWords]) -> Self {
        let mut known: HashMap<Vec<&str>, usize> = HashMap::new();
        let (mut first, mut count, mut of_row) = (Vec::new(), Vec::new(), Vec::with_capacity(rows.len()));
        for (index, row) in rows.iter().enumerate() {
            let text = *known.entry(row.stems()).or_insert_with(|| {
                first.push(index);
                count.push(0);
                first.len() - 1
            });
            count[text] += 1;
            of_row.push(text);
        }
        let mut postings: HashMap<&str, Vec<usize>> = HashMap::new();
        for (text, row) in first.iter().enumerate() {
            for word in &rows[*row].words {
                let texts = postings.entry(&word.stem).or_default();
                if texts.last() != Some(&text) {
                    texts.push(text);
                }
            }
        }
        Self { rows, first, count, of_row, postings, comparisons: Cell::new(0) }
    }

    fn row(&self, text: usize) -> &'a TitleWords {
        &self.rows[self.first[text]]
    }

    /// The first row of a text that several rows have.
    pub(super) fn shared(&self, text: usize) -> Option<usize> {
        (self.count[text] > 1 && !self.row(text).words.is_empty()).then(|| self.first[text])
    }

    /// For each text the first row of the group that it forms with other texts.
    pub(super) fn groups(&self) -> Vec<Option<usize>> {
        let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut group_of: Vec<Option<usize>> = vec![None; self.first.len()];
        for text in 0..self.first.len() {
            let candidates = self.candidates(text, &self.prefix(text)).into_iter();
            let similar = candidates.filter(|other| {
                self.count_comparison();
                are_similar(self.row(*other), self.row(text))
            });
            let group = similar.map(|other| group_of[other].unwrap_or(other)).find(|group| {
                let own = members.get(group).map_or(std::slice::from_ref(group), Vec::as_slice);
                own.iter().all(|member| are_similar(self.row(*member), self.row(text)))
            });
            if let Some(group) = group {
                members.entry(group).or_insert_with(|| vec![group]).push(text);
                group_of[group] = Some(group);
                group_of[text] = Some(group);
            }
        }
        group_of.into_iter().map(|group| group.map(|text| self.first[text])).collect()
    }

    /// Returns the rarest words of a text, enough that every repeat contains one of them.
    fn prefix(&self, text: usize) -> Vec<&'a str> {
        let core = self.row(text).words_outside_parentheses();
        let missing =
            (0..core).take_while(|missing| ratio(core - missing, core) >= MIN_SIMILARITY_MARKED).count();
        // One more word, because one can have a typing error.
        self.rarest(text, missing + 1, |word| !word.in_parentheses)
    }

    /// The rarest words of a text.
    fn rarest(&self, text: usize, count: usize, keep: impl Fn(&&Token) -> bool) -> Vec<&'a str> {
        let frequency = |word: &str| self.postings.get(word).map_or(0, Vec::len);
        let kept = self.row(text).words.iter().filter(keep);
        let mut words: Vec<&str> = kept.map(|word| word.stem.as_str()).collect();
        words.sort_unstable_by_key(|word| (frequency(word), *word));
        words.dedup();
        words.truncate(count);
        words
    }

    /// The texts before a text that share one of these words, in order.
    fn candidates(&self, text: usize, words: &[&str]) -> Vec<usize> {
        let mut candidates = Vec::new();
        for texts in words.iter().filter_map(|word| self.postings.get(word)) {
            let end = texts.partition_point(|other| *other < text);
            candidates.extend_from_slice(&texts[end.saturating_sub(MAX_POSTINGS)..end]);
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// Returns the most similar row.
    pub(super) fn nearest(&self, row: usize) -> Option<usize> {
        let text = self.of_row[row];
        let words = self.rarest(text, MAX_RAREST_WORDS, |_| true);
        let mut candidates: Vec<usize> = Vec::new();
        for titles in words.into_iter().filter_map(|word| self.postings.get(word)) {
            let room = MAX_NEAREST_CANDIDATES - candidates.len();
            candidates.extend(titles.iter().rev().filter(|other| **other != text).take(room));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut nearest: Option<(f64, usize)> = None;
        for other in candidates {
            self.count_comparison();
            let (words, own) = (&self.row(other).words, &self.row(text).words);
            let (_, missing) = differences(words, own);
            let shared = own.len() - missing.len();
            let similarity = ratio(shared, words.len() + own.len() - shared);
            // If several rows are equally similar, the first one is returned.
            if nearest.is_none_or(|(best, _)| similarity > best) {
                nearest = Some((similarity, other));
            }
        }
        nearest
            .filter(|(similarity, _)| *similarity >= MIN_NEAREST_SIMILARITY)
            .map(|(_, other)| self.first[other])
    }

    fn count_comparison(&self) {
        self.comparisons.set(self.comparisons.get() + 1);
    }
}
