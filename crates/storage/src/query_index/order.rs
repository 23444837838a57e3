//! In which order measures come, and where one stands in it.

use std::collections::HashMap;

use super::{MeasureFilter, MeasureIndex, TitleWords};

/// Which way an order runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Small values first.
    Ascending,
    /// Large values first.
    Descending,
}

/// What measures are ordered by. Measures that are equal in it stand in document order.
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

/// Where a measure stands in an order: one value a term, then its place in the document. Those of one order compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub Vec<i64>);

/// How fine relevance is told apart.
const RELEVANCE_UNIT: f64 = 1e6;

/// An order made ready for one plan and one filter.
pub(super) struct Ranking<'a> {
    index: &'a MeasureIndex,
    order: &'a [(MeasureOrder, Direction)],
    relevance: HashMap<usize, f64>,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(
        index: &'a MeasureIndex,
        order: &'a [(MeasureOrder, Direction)],
        filter: &MeasureFilter,
        words: Option<&TitleWords>,
    ) -> Self {
        let mut relevance: HashMap<usize, f64> = HashMap::new();
        if order.iter().any(|(order, _)| *order == MeasureOrder::Relevance) {
            filter.relevance(index, words, &mut relevance);
        }
        Self { index, order, relevance }
    }

    /// The place of a measure. What comes first is the smallest.
    pub(super) fn place(&self, at: usize) -> Place {
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
        Place(terms.chain([measure.position]).collect())
    }
}

/// A part of an ordered list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The places among the measures of those in the part, with where they stand in the order.
    pub items: Vec<(usize, Place)>,
    /// Whether something precedes them.
    pub has_previous: bool,
    /// Whether something follows them.
    pub has_next: bool,
}

/// Which part of an ordered list.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// At most so many.
    pub limit: usize,
    /// Counted from the end rather than from the start.
    pub from_end: bool,
    /// Only those after this.
    pub after: Option<Place>,
    /// Only those before this.
    pub before: Option<Place>,
}

impl MeasureIndex {
    /// The part of some measures that lies in a span of an order. Takes a time that grows with their number, not with
    /// that of their pairs.
    pub fn part(
        &self,
        kept: &[usize],
        order: &[(MeasureOrder, Direction)],
        filter: &MeasureFilter,
        words: Option<&TitleWords>,
        span: &Span,
    ) -> Part {
        let ranking = Ranking::new(self, order, filter, words);
        let is_after = |place: &Place| span.after.as_ref().is_none_or(|after| place > after);
        let is_before = |place: &Place| span.before.as_ref().is_none_or(|before| place < before);
        let wanted = span.limit.saturating_add(1);
        let mut items: Vec<(usize, Place)> =
            if order.is_empty() && !span.from_end && span.after.is_none() && span.before.is_none() {
                // Document order is that of the measures already.
                kept.iter().take(wanted).map(|at| (*at, ranking.place(*at))).collect()
            } else {
                let placed = kept.iter().map(|at| (*at, ranking.place(*at)));
                placed.filter(|(_, place)| is_after(place) && is_before(place)).collect()
            };
        let compare = |a: &(usize, Place), b: &(usize, Place)| {
            if span.from_end { b.1.cmp(&a.1) } else { a.1.cmp(&b.1) }
        };
        if items.len() > wanted {
            items.select_nth_unstable_by(wanted, compare);
            items.truncate(wanted);
        }
        items.sort_unstable_by(compare);
        let has_more = items.len() > span.limit;
        items.truncate(span.limit);
        if span.from_end {
            items.reverse();
        }
        // The other side is known to go on where a cursor was given: what it names lies there.
        let (has_previous, has_next) =
            if span.from_end { (has_more, span.before.is_some()) } else { (span.after.is_some(), has_more) };
        Part { items, has_previous, has_next }
    }
}
