//! Everything that docs, with how well.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::index::schema::ID;

/// A thing that docs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ScoredDoc {
    /// How well: more is better.
    pub(crate) score: f64,
    /// Its kind and row.
    pub(crate) id: u64,
    /// Where the index has its name.
    pub(crate) address: DocAddress,
}

/// Collects everything: what is counted by kind must be looked at anyway.
pub(crate) struct All;

pub(crate) struct OfSegment {
    ids: Column<u64>,
    segment: SegmentOrdinal,
    docs: Vec<ScoredDoc>,
}

impl Collector for All {
    type Fruit = Vec<ScoredDoc>;
    type Child = OfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<OfSegment> {
        Ok(OfSegment { ids: reader.fast_fields().u64(ID)?, segment, docs: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<ScoredDoc>>) -> tantivy::Result<Vec<ScoredDoc>> {
        Ok(fruits.concat())
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = Vec<ScoredDoc>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let id = self.ids.first(doc).unwrap_or_default();
        let address = DocAddress::new(self.segment, doc);
        self.docs.push(ScoredDoc { score: f64::from(score), id, address });
    }

    fn harvest(self) -> Vec<ScoredDoc> {
        self.docs
    }
}
