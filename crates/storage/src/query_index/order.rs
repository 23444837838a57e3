//! Sort orders of measures and positions in them.

use std::collections::HashMap;
use std::sync::Arc;

pub use passerelle_model::direction::Direction;

use super::text_order::{priority_values, text_values};
use super::{IndexedMeasure, MeasureFilter, MeasureIndex, TitleIndex, ValueField};

/// End of a range from which its items are taken. The order of the items is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ListEnd {
    /// The first items of the range.
    #[default]
    First,
    /// The last items of the range.
    Last,
}

/// Field by which measures are ordered. Equal measures are in document order. Measures without a value are
/// last in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MeasureOrder {
    /// By number.
    Number,
    /// By status, in the order of [`passerelle_model::plan::MeasureStatus::ALL`].
    Status,
    /// By the time of the last change.
    UpdatedAt,
    /// By relevance for the texts of the filter.
    Relevance,
    /// By label. Numbers in a label order by value.
    Label,
    /// By the first body that carries out the measure.
    ResponsibleParty,
    /// By the first body that supports the measure.
    Partner,
    /// By urgency, then by text.
    Priority,
    /// By a date or a number.
    Value(ValueField),
    /// By the column with this header.
    Attribute(Arc<str>),
}

/// Sort key of a measure: the values of each term, then its position. Only keys of the same order compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey(pub Vec<i64>);

/// Relevance is rounded to millionths, so that a cursor can contain it as an integer.
const RELEVANCE_UNIT: f64 = 1e6;

/// An order compiled for one plan and one filter.
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

    /// Returns the sort key of a measure. The first measure has the smallest key.
    pub(super) fn sort_key(&self, at: usize) -> SortKey {
        let measure = &self.index.measures()[at];
        let mut key = Vec::with_capacity(self.order.len() + 1);
        for (order, direction) in self.order {
            let start = key.len();
            self.add_values(order, at, measure, &mut key);
            if *direction == Direction::Descending {
                // The first value of a field that can be empty tells if it is. It has the same sign in both
                // directions.
                let values = if has_empty_values(order) { start + 1 } else { start };
                key[values..].iter_mut().for_each(|value| *value = value.saturating_neg());
            }
        }
        key.push(measure.position);
        SortKey(key)
    }

    /// Adds the values of one term. For a field that can be empty, the first value is 0, or 1 if the measure
    /// has no value.
    fn add_values(&self, order: &MeasureOrder, at: usize, measure: &IndexedMeasure, key: &mut Vec<i64>) {
        let details = measure.details();
        match order {
            MeasureOrder::ResponsibleParty => {
                add_optional(key, details.responsible_parties.first().map(|name| text_values(name)));
            }
            MeasureOrder::Partner => {
                add_optional(key, details.partners.first().map(|name| text_values(name)));
            }
            MeasureOrder::Priority => {
                add_optional(key, details.priority.as_deref().map(priority_values));
            }
            MeasureOrder::Value(field) => add_optional(key, details.value(*field).map(|value| [value])),
            MeasureOrder::Attribute(name) => {
                let value = details.attribute(name).find(|value| !value.is_empty());
                add_optional(key, value.map(text_values));
            }
            MeasureOrder::Label => match &measure.label {
                Some(label) => key.extend(text_values(label)),
                None => key.extend(text_values(&measure.number.to_string())),
            },
            MeasureOrder::Number => key.push(i64::from(measure.number)),
            MeasureOrder::Status => key.push(measure.status as i64),
            MeasureOrder::UpdatedAt => key.push(measure.updated_at.millis()),
            #[expect(clippy::cast_possible_truncation, reason = "a score is a small number")]
            MeasureOrder::Relevance => {
                key.push((self.relevance.get(&at).copied().unwrap_or_default() * RELEVANCE_UNIT) as i64);
            }
        }
    }
}

/// Adds the values of a field that can be empty.
fn add_optional<const N: usize>(key: &mut Vec<i64>, values: Option<[i64; N]>) {
    key.push(i64::from(values.is_none()));
    key.extend(values.into_iter().flatten());
}

/// Returns true for a field that a document may leave out.
fn has_empty_values(order: &MeasureOrder) -> bool {
    match order {
        MeasureOrder::ResponsibleParty
        | MeasureOrder::Partner
        | MeasureOrder::Priority
        | MeasureOrder::Value(_)
        | MeasureOrder::Attribute(_) => true,
        MeasureOrder::Number
        | MeasureOrder::Status
        | MeasureOrder::UpdatedAt
        | MeasureOrder::Relevance
        | MeasureOrder::Label => false,
    }
}

/// A slice of an ordered list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderedSlice {
    /// Indexes of the measures with their sort keys.
    pub items: Vec<(usize, SortKey)>,
    /// True if measures precede the slice.
    pub has_previous: bool,
    /// True if measures follow the slice.
    pub has_next: bool,
}

/// Requested range of an ordered list.
#[derive(Clone, Debug, Default)]
pub struct SliceRequest {
    /// Maximum number of measures.
    pub limit: usize,
    /// End of the range from which the measures are taken.
    pub end: ListEnd,
    /// Only measures after this sort key.
    pub after: Option<SortKey>,
    /// Only measures before this sort key.
    pub before: Option<SortKey>,
}

impl MeasureIndex {
    /// Returns a slice of measures in an order. Linear in the number of measures.
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
        let mut items: Vec<(usize, SortKey)> = if order.is_empty()
            && request.end == ListEnd::First
            && request.after.is_none()
            && request.before.is_none()
        {
            // The indexes are in document order already.
            indexes.iter().take(lookahead_limit).map(|at| (*at, sorter.sort_key(*at))).collect()
        } else {
            let keyed = indexes.iter().map(|at| (*at, sorter.sort_key(*at)));
            keyed.filter(|(_, key)| is_after(key) && is_before(key)).collect()
        };
        let compare = |a: &(usize, SortKey), b: &(usize, SortKey)| match request.end {
            ListEnd::First => a.1.cmp(&b.1),
            ListEnd::Last => b.1.cmp(&a.1),
        };
        if items.len() > lookahead_limit {
            items.select_nth_unstable_by(lookahead_limit, compare);
            items.truncate(lookahead_limit);
        }
        items.sort_unstable_by(compare);
        let has_more = items.len() > request.limit;
        items.truncate(request.limit);
        if request.end == ListEnd::Last {
            items.reverse();
        }
        // A cursor names a measure outside the slice, so the list continues in its direction.
        let (has_previous, has_next) = match request.end {
            ListEnd::First => (request.after.is_some(), has_more),
            ListEnd::Last => (has_more, request.before.is_some()),
        };
        OrderedSlice { items, has_previous, has_next }
    }
}
