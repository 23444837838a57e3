//! Everything that fits, with how well.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::index::schema::ID;

/// A thing that fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
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
    fits: Vec<Fit>,
}

impl Collector for All {
    type Fruit = Vec<Fit>;
    type Child = OfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<OfSegment> {
        Ok(OfSegment { ids: reader.fast_fields().u64(ID)?, segment, fits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Fit>>) -> tantivy::Result<Vec<Fit>> {
        Ok(fruits.concat())
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = Vec<Fit>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let id = self.ids.first(doc).unwrap_or_default();
        let address = DocAddress::new(self.segment, doc);
        self.fits.push(Fit { score: f64::from(score), id, address });
    }

    fn harvest(self) -> Vec<Fit> {
        self.fits
    }
}
