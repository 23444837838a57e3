//! Pages of a list by keyset: where a page begins is said by the values of its neighbour, not by a count.

use crate::query_index::Direction;
use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{Condition, EntityTrait, QueryFilter, QueryOrder, Select};

fn reversed(direction: Direction) -> Direction {
    match direction {
        Direction::Ascending => Direction::Descending,
        Direction::Descending => Direction::Ascending,
    }
}

fn order(direction: Direction) -> Order {
    match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    }
}

/// One of the values that a list is ordered by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CursorValue {
    /// A number or an instant.
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

/// The place of a thing in a list: the values that the list is ordered by, the last of which no two things share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(pub Vec<CursorValue>);

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// At most so many.
    pub limit: u32,
    /// The last of those that are left by the two places, rather than the first.
    pub from_end: bool,
    /// Only what comes after this place.
    pub after: Option<Cursor>,
    /// Only what comes before this place.
    pub before: Option<Cursor>,
}

impl Window {
    /// The first so many.
    pub fn first(limit: u32) -> Self {
        Self { limit, from_end: false, after: None, before: None }
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The things with their places.
    pub items: Vec<(Cursor, T)>,
    /// Whether something comes before them, as far as the window says.
    pub has_previous: bool,
    /// Whether something comes after them, as far as the window says.
    pub has_next: bool,
}

impl<T> Slice<T> {
    /// The same part, of things made of these.
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

/// One of the expressions that a list is ordered by. None may be null.
#[derive(Clone)]
pub(crate) struct Term {
    pub(crate) expr: Expr,
    pub(crate) direction: Direction,
}

impl Term {
    pub(crate) fn ascending(expr: impl Into<Expr>) -> Self {
        Self { expr: expr.into(), direction: Direction::Ascending }
    }
}

/// Orders a query; `from_end` reverses it, so that a limit keeps the last.
pub(crate) fn ordered<E: EntityTrait>(select: Select<E>, terms: &[Term], from_end: bool) -> Select<E> {
    terms.iter().fold(select, |select, term| {
        let direction = if from_end { reversed(term.direction) } else { term.direction };
        select.order_by(term.expr.clone(), order(direction))
    })
}

/// Keeps what lies between the window's two places.
pub(crate) fn within<E: EntityTrait>(select: Select<E>, terms: &[Term], window: &Window) -> Select<E> {
    select.filter(between(terms, window))
}

/// The condition of [`within`].
pub(crate) fn between(terms: &[Term], window: &Window) -> Condition {
    let mut condition = Condition::all();
    if let Some(after) = &window.after {
        condition = condition.add(beyond(terms, after, false));
    }
    if let Some(before) = &window.before {
        condition = condition.add(beyond(terms, before, true));
    }
    condition
}

/// `(a > x) or (a = x and b > y) or …`: rows beyond a place, in the order of the terms or against it.
fn beyond(terms: &[Term], place: &Cursor, is_reversed: bool) -> Condition {
    let mut any = Condition::any();
    for (index, (term, value)) in terms.iter().zip(&place.0).enumerate() {
        let mut all = Condition::all();
        for (equal, value) in terms.iter().zip(&place.0).take(index) {
            all = all.add(equal.expr.clone().eq(Expr::from(value.clone())));
        }
        let direction = if is_reversed { reversed(term.direction) } else { term.direction };
        let value = Expr::from(value.clone());
        all = all.add(match direction {
            Direction::Ascending => term.expr.clone().gt(value),
            Direction::Descending => term.expr.clone().lt(value),
        });
        any = any.add(all);
    }
    any
}

/// Makes a slice of rows that were fetched with one more than the limit, in the order of the window.
pub(crate) fn slice<T>(mut rows: Vec<T>, window: &Window, place: impl Fn(&T) -> Cursor) -> Slice<T> {
    let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    if window.from_end {
        rows.reverse();
    }
    let items = rows.into_iter().map(|row| (place(&row), row)).collect();
    let (has_previous, has_next) =
        if window.from_end { (more, window.before.is_some()) } else { (window.after.is_some(), more) };
    Slice { items, has_previous, has_next }
}
