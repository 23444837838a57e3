//! Execution state of one search: the searcher, the cancellation flag and the counters of work.

use std::cell::Cell;

use tantivy::Searcher;

use crate::blocking::Cancellation;
use crate::error::SearchError;
use crate::index::schema::Fields;

/// Work of one search. Every counter has a limit that does not depend on the query, see
/// [`crate::MAX_QUERY_TERMS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchWork {
    /// Words of the query that were analysed. The parts of a compound, and the words that an inclusive
    /// spelling means, count one each.
    pub query_terms: usize,
    /// Terms of the dictionary that were read.
    pub dictionary_terms: usize,
    /// Clauses of the Tantivy queries. Each clause reads one posting list, or one set of documents.
    pub clauses: usize,
    /// Tantivy queries that were run.
    pub queries: usize,
    /// Segments of the index that were read, once per query.
    pub segments: usize,
    /// Documents that were scored, once per query.
    pub documents: usize,
}

/// One search on a searcher.
pub(crate) struct Execution<'s> {
    pub(crate) fields: &'s Fields,
    pub(crate) searcher: &'s Searcher,
    cancellation: &'s Cancellation,
    work: Cell<SearchWork>,
}

impl<'s> Execution<'s> {
    pub(crate) fn new(fields: &'s Fields, searcher: &'s Searcher, cancellation: &'s Cancellation) -> Self {
        Self { fields, searcher, cancellation, work: Cell::default() }
    }

    /// Returns an error if the search is cancelled.
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        Ok(self.cancellation.check()?)
    }

    /// Returns the work so far.
    pub(crate) fn work(&self) -> SearchWork {
        self.work.get()
    }

    /// Updates the counters.
    pub(crate) fn count(&self, update: impl FnOnce(&mut SearchWork)) {
        let mut work = self.work.get();
        update(&mut work);
        self.work.set(work);
    }
}
