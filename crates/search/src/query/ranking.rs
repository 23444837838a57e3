//! Ranking of the hits of several queries, from the strictest to the loosest.

use std::collections::HashSet;

use crate::query::collect::ScoredDoc;
use crate::query::request::HitPosition;

/// Relevance at which a hit gets half of the points within its level.
const HALF: f64 = 20.0;
/// Maximum number of queries for documents that contain only some words, besides the query for a single word.
const MAX_PARTIAL_LEVELS: usize = 6;

/// Hits of all queries so far, each once.
#[derive(Default)]
pub(crate) struct Ranking {
    pub(crate) docs: Vec<ScoredDoc>,
    ids: HashSet<u64>,
}

impl Ranking {
    /// Adds the hits of a query that earlier queries did not find. Their scores are in `base..base + span`.
    pub(crate) fn add(&mut self, docs: Vec<ScoredDoc>, base: f64, span: f64) {
        let new = docs.into_iter().filter(|doc| !self.ids.contains(&doc.id));
        let scored =
            |doc: ScoredDoc| ScoredDoc { score: base + span * doc.score / (doc.score + HALF), ..doc };
        let new: Vec<ScoredDoc> = new.map(scored).collect();
        self.ids.extend(new.iter().map(|doc| doc.id));
        self.docs.extend(new);
    }
}

/// Returns how many of `count` words a document must contain, for each query for some of the words.
///
/// Every number for up to 7 words. For more words, 6 numbers at equal distances and 1, so that the number of
/// queries does not grow with the query.
pub(crate) fn partial_levels(count: usize) -> Vec<usize> {
    let steps = (1..=MAX_PARTIAL_LEVELS).rev().map(|step| count * step / (MAX_PARTIAL_LEVELS + 1));
    let mut levels: Vec<usize> = steps.chain([1]).filter(|least| (1..count).contains(least)).collect();
    levels.dedup();
    levels
}

/// Returns the first `count` documents in order, and true if more follow.
pub(crate) fn top(mut docs: Vec<ScoredDoc>, count: usize) -> (Vec<ScoredDoc>, bool) {
    let has_more = docs.len() > count;
    let position = |doc: &ScoredDoc| HitPosition::new(doc.score, doc.id);
    if has_more && count > 0 {
        docs.select_nth_unstable_by_key(count - 1, position);
    }
    docs.truncate(count);
    docs.sort_unstable_by_key(position);
    (docs, has_more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_partial_queries_does_not_grow_with_the_query() {
        assert_eq!(partial_levels(1), [0; 0]);
        assert_eq!(partial_levels(2), [1]);
        for count in 3..=7 {
            assert_eq!(partial_levels(count), (1..count).rev().collect::<Vec<_>>());
        }
        assert_eq!(partial_levels(32), [27, 22, 18, 13, 9, 4, 1]);
        assert!((1..1_000).all(|count| partial_levels(count).len() <= MAX_PARTIAL_LEVELS + 1));
    }
}
