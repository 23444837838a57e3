//! SQL of the two engines where they differ: placeholders, and values in JSON columns.

use sea_orm::sea_query::{Expr, FunctionCall, SelectStatement};

/// SQL of one engine. Texts of SQL have `?` for each bound value.
pub(crate) trait Dialect: Sync {
    /// Replaces each `?` by the placeholder of the engine.
    fn placeholders(&self, sql: &str) -> String;

    /// Returns a condition for pages with one of these row ids, a JSON list. One bound value: a statement has
    /// at most 32,766 of them.
    fn is_page_row_in(&self, rows_json: String) -> Expr;

    /// Returns a query for the items of a JSON list of numbers as `row`, with their negated indexes as
    /// `position`.
    fn positions(&self, rows_json: String) -> SelectStatement;

    /// Returns a table of the texts of a JSON list. Its column is `value`.
    fn text_items(&self, column: Expr) -> FunctionCall;

    /// Returns a condition for pages whose front matter has a value at a path that is not null.
    fn has_front_matter(&self, path: &str) -> Expr;

    /// Returns a condition for pages of which one item of the front matter at a path satisfies a condition. A
    /// single value is its own only item, and the values of an object are no items.
    fn any_front_matter_item(&self, path: &str, condition: ItemCondition<'_>) -> Expr;

    /// Returns three sort expressions for a value of the front matter: 0 for a number, 1 for a text and 2
    /// otherwise; the thousandths of a number or 0; the first characters of a text or an empty text.
    fn front_matter_sort_keys(&self, path: &str, max_characters: usize) -> [Expr; 3];
}

/// Condition on an item of the front matter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ItemCondition<'a> {
    /// The text of the item is in this JSON list.
    AnyOf(&'a str),
    /// The folded text of the item matches a pattern of `LIKE`, with `!` as the escape character.
    FoldedLike(&'a str),
    /// The item is a number, or a text that begins with one, and compares with a number.
    Number(Comparison, f64),
    /// The item is a text that compares with a text.
    Text(Comparison, &'a str),
}

/// Comparison of an item with a bound.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison {
    AtLeast,
    AtMost,
}

impl Comparison {
    pub(super) fn operator(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
        }
    }
}
