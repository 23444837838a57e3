//! Keyset pagination: a cursor contains the sort values of an item and not an offset.

use crate::query_index::{Direction, ListEnd};
use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{Condition, EntityTrait, QueryFilter, QueryOrder, Select};

fn sql_order(direction: Direction) -> Order {
    match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    }
}

/// A sort value in a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CursorValue {
    /// A number or timestamp.
    Number(i64),
    /// A text.
    Text(String),
}

impl From<CursorValue> for Expr {
    fn from(value: CursorValue) -> Self {
        match value {
            CursorValue::Number(number) => Expr::val(number),
            CursorValue::Text(text) => Expr::val(text),
        }
    }
}

/// Position in a list: the sort values of an item. The last value is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(pub Vec<CursorValue>);

/// Requested range of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pagination {
    /// Maximum number of items.
    pub limit: u32,
    /// End of the range from which the items are taken.
    pub end: ListEnd,
    /// Only items after this cursor.
    pub after: Option<Cursor>,
    /// Only items before this cursor.
    pub before: Option<Cursor>,
}

impl Pagination {
    /// Selects the first items of a list.
    pub fn first(limit: u32) -> Self {
        Self { limit, end: ListEnd::First, after: None, before: None }
    }
}

/// A slice of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// Items with their cursors.
    pub items: Vec<(Cursor, T)>,
    /// True if the list has items before this slice. False if the request cannot tell.
    pub has_previous: bool,
    /// True if the list has items after this slice. False if the request cannot tell.
    pub has_next: bool,
}

impl<T> Slice<T> {
    /// Converts the items of the slice.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Slice<U> {
        Slice {
            items: self.items.into_iter().map(|(cursor, item)| (cursor, make(item))).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }
}

impl<T> Default for Slice<T> {
    fn default() -> Self {
        Self { items: Vec::new(), has_previous: false, has_next: false }
    }
}

/// A sort expression of a list. It must not be null.
#[derive(Clone)]
pub(crate) struct SortKey {
    pub(crate) expr: Expr,
    pub(crate) direction: Direction,
}

impl SortKey {
    pub(crate) fn ascending(expr: impl Into<Expr>) -> Self {
        Self { expr: expr.into(), direction: Direction::Ascending }
    }
}

/// Orders a query. For the last items the order is reversed, so that a limit selects the last rows.
pub(crate) fn apply_order<E: EntityTrait>(
    select: Select<E>,
    sort_keys: &[SortKey],
    end: ListEnd,
) -> Select<E> {
    order_terms(sort_keys, end).fold(select, |select, (expr, order)| select.order_by(expr, order))
}

/// Returns the terms of `ORDER BY`.
pub(crate) fn order_terms(sort_keys: &[SortKey], end: ListEnd) -> impl Iterator<Item = (Expr, Order)> {
    sort_keys.iter().map(move |key| {
        let direction = match end {
            ListEnd::First => key.direction,
            ListEnd::Last => key.direction.reversed(),
        };
        (key.expr.clone(), sql_order(direction))
    })
}

/// Keeps the rows between both cursors.
pub(crate) fn filter_by_cursors<E: EntityTrait>(
    select: Select<E>,
    sort_keys: &[SortKey],
    pagination: &Pagination,
) -> Select<E> {
    select.filter(cursor_condition(sort_keys, pagination))
}

/// Returns the condition of [`filter_by_cursors`].
pub(crate) fn cursor_condition(sort_keys: &[SortKey], pagination: &Pagination) -> Condition {
    let mut condition = Condition::all();
    if let Some(after) = &pagination.after {
        condition = condition.add(rows_beyond(sort_keys, after, false));
    }
    if let Some(before) = &pagination.before {
        condition = condition.add(rows_beyond(sort_keys, before, true));
    }
    condition
}

/// Returns `(a > x) or (a = x and b > y) or …`: rows after a cursor, in the sort order or in reverse.
fn rows_beyond(sort_keys: &[SortKey], cursor: &Cursor, is_reversed: bool) -> Condition {
    let mut any = Condition::any();
    for (index, (key, value)) in sort_keys.iter().zip(&cursor.0).enumerate() {
        let mut all = Condition::all();
        for (earlier, value) in sort_keys.iter().zip(&cursor.0).take(index) {
            all = all.add(earlier.expr.clone().eq(Expr::from(value.clone())));
        }
        let direction = if is_reversed { key.direction.reversed() } else { key.direction };
        let value = Expr::from(value.clone());
        all = all.add(match direction {
            Direction::Ascending => key.expr.clone().gt(value),
            Direction::Descending => key.expr.clone().lt(value),
        });
        any = any.add(all);
    }
    any
}

/// Converts rows to a slice. The query has fetched one row more than the limit, to find out if more rows
/// follow.
pub(crate) fn to_slice<T>(
    mut rows: Vec<T>,
    pagination: &Pagination,
    cursor_of: impl Fn(&T) -> Cursor,
) -> Slice<T> {
    let limit = usize::try_from(pagination.limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    if pagination.end == ListEnd::Last {
        rows.reverse();
    }
    let items = rows.into_iter().map(|row| (cursor_of(&row), row)).collect();
    let (has_previous, has_next) = match pagination.end {
        ListEnd::First => (pagination.after.is_some(), has_more),
        ListEnd::Last => (has_more, pagination.before.is_some()),
    };
    Slice { items, has_previous, has_next }
}
