//! Runs a Tantivy query and collects all matching documents with their scores.

use std::collections::HashMap;

use passerelle_storage::SearchKind;
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocAddress, Searcher, SegmentOrdinal, TERMINATED};

use crate::error::SearchError;
use crate::index::schema::{ID, PAGE_HASH, kind_of};
use crate::query::work::Execution;

/// Documents between two checks for a cancellation. A block takes well under a millisecond.
pub(crate) const BLOCK_DOCUMENTS: usize = 1_024;

/// Matching document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ScoredDoc {
    /// Relevance. Larger is better.
    pub(crate) score: f64,
    /// Kind and row id.
    pub(crate) id: u64,
    /// Address of its stored fields.
    pub(crate) address: DocAddress,
}

/// Document of a support service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ServiceDoc {
    /// Kind and row id.
    pub(crate) id: u64,
    /// Address of its stored fields.
    pub(crate) address: DocAddress,
}

/// Returns the documents of the support services, by the id of their page. Reads two columns of the index.
pub(crate) fn services_by_page(searcher: &Searcher) -> Result<HashMap<u64, ServiceDoc>, SearchError> {
    let (mut pages, mut services) = (Vec::new(), HashMap::new());
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let segment: SegmentOrdinal = segment;
        let (ids, hashes) = (reader.fast_fields().u64(ID)?, reader.fast_fields().u64(PAGE_HASH)?);
        let alive = reader.alive_bitset();
        for doc in (0..reader.max_doc()).filter(|doc| alive.is_none_or(|alive| alive.is_alive(*doc))) {
            let (Some(id), Some(hash)) = (ids.first(doc), hashes.first(doc)) else { continue };
            match kind_of(id) {
                SearchKind::SupportService => {
                    services.insert(hash, ServiceDoc { id, address: DocAddress::new(segment, doc) });
                }
                SearchKind::Page => pages.push((hash, id)),
                SearchKind::Measure | SearchKind::Category => {}
            }
        }
    }
    let with_service = |(hash, page): (u64, u64)| Some((page, *services.get(&hash)?));
    Ok(pages.into_iter().filter_map(with_service).collect())
}

/// Collects all matching documents. Facets count every hit, so a limit would not save work.
///
/// Tantivy's collectors cannot stop within a segment, so the documents are iterated here.
pub(crate) fn collect_all(
    execution: &Execution<'_>,
    query: &dyn Query,
) -> Result<Vec<ScoredDoc>, SearchError> {
    let searcher = execution.searcher;
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    execution.count(|work| work.queries += 1);
    let mut docs = Vec::new();
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let segment: SegmentOrdinal = segment;
        execution.check()?;
        execution.count(|work| work.segments += 1);
        let ids = reader.fast_fields().u64(ID)?;
        let alive = reader.alive_bitset();
        let mut scorer = weight.scorer(reader, 1.0)?;
        let mut block = 0;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                let id = ids.first(doc).unwrap_or_default();
                let address = DocAddress::new(segment, doc);
                docs.push(ScoredDoc { score: f64::from(scorer.score()), id, address });
            }
            block += 1;
            if block == BLOCK_DOCUMENTS {
                execution.count(|work| work.documents += block);
                execution.check()?;
                block = 0;
            }
            doc = scorer.advance();
        }
        execution.count(|work| work.documents += block);
    }
    Ok(docs)
}
