//! In which order measures come, and where one stands in it.

use std::collections::HashMap;

use super::{MeasureFilter, MeasureIndex, TitleIndex};

/// Direction of a sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Small values first.
    Ascending,
    /// Large values first.
    Descending,
}

/// Field by which measures are ordered. Equal measures are in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeasureOrder {
    /// By number.
    Number,
    /// By status, in the order of [`passerelle_model::plan::MeasureStatus::ALL`].
    Status,
    /// By the time of the last change.
    UpdatedAt,
    /// By how well the title fits the texts of the filter.
    Relevance,
}

/// Sort key of a measure: one value per term, then its position. Only keys of the same order compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey(pub Vec<i64>);

/// Relevance is rounded to multiples of its inverse.
const RELEVANCE_UNIT: f64 = 1e6;

/// An order made ready for one plan and one filter.
pub(super) struct Sorter<'a> {
    index: &'a MeasureIndex,
    order: &'a [(MeasureOrder, Direction)],
    relevance: HashMap<usize, f64>,
}

impl<'a> Sorter<'a> {
    pub(super) fn new(
        index: &'a MeasureIndex,
        order: &'a [(MeasureOrder, Direction)],
        filter: &MeasureFilter,
        words: Option<&TitleIndex>,
    ) -> Self {
        let mut relevance: HashMap<usize, f64> = HashMap::new();
        if order.iter().any(|(order, _)| *order == MeasureOrder::Relevance) {
            filter.relevance(index, words, &mut relevance);
        }
        Self { index, order, relevance }
    }

    /// The place of a measure. What comes first is the smallest.
    pub(super) fn sort_key(&self, at: usize) -> SortKey {
        let measure = &self.index.measures()[at];
        let terms = self.order.iter().map(|(order, direction)| {
            let value = match order {
                MeasureOrder::Number => i64::from(measure.number),
                MeasureOrder::Status => measure.status as i64,
                MeasureOrder::UpdatedAt => measure.updated_at.millis(),
                #[expect(clippy::cast_possible_truncation, reason = "a score is a small number")]
                MeasureOrder::Relevance => {
                    (self.relevance.get(&at).copied().unwrap_or_default() * RELEVANCE_UNIT) as i64
                }
            };
            match direction {
                Direction::Ascending => value,
                Direction::Descending => value.saturating_neg(),
            }
        });
        SortKey(terms.chain([measure.position]).collect())
    }
}

/// A part of an ordered list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderedSlice {
    /// The places among the measures of those in the part, with where they stand in the order.
    pub items: Vec<(usize, SortKey)>,
    /// Whether something precedes them.
    pub has_previous: bool,
    /// Whether something follows them.
    pub has_next: bool,
}

/// Requested range of an ordered list.
#[derive(Clone, Debug, Default)]
pub struct SliceRequest {
    /// At most so many.
    pub limit: usize,
    /// Counted from the end rather than from the start.
    pub from_end: bool,
    /// Only those after this.
    pub after: Option<SortKey>,
    /// Only those before this.
    pub before: Option<SortKey>,
}

impl MeasureIndex {
    /// The part of some measures that lies in a span of an order. Takes a time that grows with their number, not with
    /// that of their pairs.
    pub fn slice(
        &self,
        indexes: &[usize],
        order: &[(MeasureOrder, Direction)],
        filter: &MeasureFilter,
        words: Option<&TitleIndex>,
        request: &SliceRequest,
    ) -> OrderedSlice {
        let sorter = Sorter::new(self, order, filter, words);
        let is_after = |key: &SortKey| request.after.as_ref().is_none_or(|after| key > after);
        let is_before = |key: &SortKey| request.before.as_ref().is_none_or(|before| key < before);
        let lookahead_limit = request.limit.saturating_add(1);
        let mut items: Vec<(usize, SortKey)> =
            if order.is_empty() && !request.from_end && request.after.is_none() && request.before.is_none() {
                // Document order is that of the measures already.
                indexes.iter().take(lookahead_limit).map(|at| (*at, sorter.sort_key(*at))).collect()
            } else {
                let keyed = indexes.iter().map(|at| (*at, sorter.sort_key(*at)));
                keyed.filter(|(_, key)| is_after(key) && is_before(key)).collect()
            };
        let compare = |a: &(usize, SortKey), b: &(usize, SortKey)| {
            if request.from_end { b.1.cmp(&a.1) } else { a.1.cmp(&b.1) }
        };
        if items.len() > lookahead_limit {
            items.select_nth_unstable_by(lookahead_limit, compare);
            items.truncate(lookahead_limit);
        }
        items.sort_unstable_by(compare);
        let has_more = items.len() > request.limit;
        items.truncate(request.limit);
        if request.from_end {
            items.reverse();
        }
        // The other side is known to go on where a cursor was given: what it names lies there.
        let (has_previous, has_next) = if request.from_end {
            (has_more, request.before.is_some())
        } else {
            (request.after.is_some(), has_more)
        };
        OrderedSlice { items, has_previous, has_next }
    }
}
