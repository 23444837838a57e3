//! SQL of PostgreSQL.
//!
//! JSON is stored as text, as in SQLite, and converted in the statement. The mode `strict` of a path, with
//! errors suppressed, finds what SQLite finds: a key of an object only, an index of a list only.

use sea_orm::Value;
use sea_orm::sea_query::{Expr, ExprTrait, Func, FunctionCall, Query, SelectStatement};

use crate::engine::dialect::{Dialect, ItemCondition};

pub(crate) struct Postgres;

/// Text of an item. Null for a list, an object or null.
const ITEM_TEXT: &str =
    "CASE WHEN jsonb_typeof(item.value) NOT IN ('array', 'object') THEN item.value #>> '{}' END";
/// Number at the beginning of a text. A cast of the whole text would fail. Three digits of an exponent are
/// enough: no number has more. The outer group is the result, and `{0,1}` is no placeholder.
const ITEM_NUMBER: &str = r"CAST(substring(item.value #>> '{}' FROM
    '^([-+]{0,1}([0-9]+[.]{0,1}[0-9]*|[.][0-9]+)([eE][-+]{0,1}[0-9]{1,3}){0,1})') AS numeric)";
/// True for a number, and for a text that begins with a digit or a sign.
const ITEM_IS_NUMBER: &str = "(jsonb_typeof(item.value) = 'number' OR \
    (jsonb_typeof(item.value) = 'string' AND item.value #>> '{}' ~ '^[-+0-9]'))";

/// Returns the expression for a value in a JSON column. Its one bound value is the path.
fn at_path(column: &str) -> String {
    format!("jsonb_path_query_first(CAST({column} AS jsonb), CAST(? AS jsonpath), '{{}}', true)")
}

/// Returns the path in the notation of PostgreSQL.
fn strict(path: &str) -> String {
    format!("strict {path}")
}

/// Returns an expression of a text with `?` for each value.
fn expr(sql: &str, values: impl IntoIterator<Item = Value>) -> Expr {
    Expr::cust_with_values(Postgres.placeholders(sql), values)
}

impl Dialect for Postgres {
    fn placeholders(&self, sql: &str) -> String {
        let mut parts = sql.split('?');
        let mut numbered = parts.next().unwrap_or_default().to_owned();
        for (number, part) in (1_usize..).zip(parts) {
            numbered.push('$');
            numbered.push_str(&number.to_string());
            numbered.push_str(part);
        }
        numbered
    }

    fn is_page_row_in(&self, rows_json: String) -> Expr {
        let sql = "page.row_id IN (SELECT CAST(jsonb_array_elements_text(CAST(? AS jsonb)) AS bigint))";
        expr(sql, [rows_json.into()])
    }

    fn positions(&self, rows_json: String) -> SelectStatement {
        // Both functions of the list of columns return one row for each item, side by side.
        let row = "CAST(jsonb_array_elements_text(CAST(? AS jsonb)) AS bigint)";
        let position = "CAST(-generate_series(0, jsonb_array_length(CAST(? AS jsonb)) - 1) AS bigint)";
        Query::select()
            .expr_as(expr(row, [rows_json.as_str().into()]), "row")
            .expr_as(expr(position, [rows_json.as_str().into()]), "position")
            .take()
    }

    fn text_items(&self, column: Expr) -> FunctionCall {
        Func::cust("jsonb_array_elements_text").arg(column.cast_as("jsonb"))
    }

    fn has_front_matter(&self, path: &str) -> Expr {
        let sql = format!("coalesce(jsonb_typeof({}), 'null') <> 'null'", at_path("front_matter"));
        expr(&sql, [strict(path).into()])
    }

    fn any_front_matter_item(&self, path: &str, condition: ItemCondition<'_>) -> Expr {
        let (column, condition, value): (_, _, Value) = match condition {
            ItemCondition::AnyOf(list) => (
                "front_matter",
                format!("{ITEM_TEXT} IN (SELECT jsonb_array_elements_text(CAST(? AS jsonb)))"),
                list.into(),
            ),
            ItemCondition::FoldedLike(pattern) => {
                ("front_matter_folded", format!("{ITEM_TEXT} LIKE ? ESCAPE '!'"), pattern.into())
            }
            ItemCondition::Number(comparison, bound) => {
                let operator = comparison.operator();
                let sql = format!(
                    "CASE WHEN {ITEM_IS_NUMBER} THEN coalesce({ITEM_NUMBER}, 0) {operator} CAST(? AS numeric) \
                     ELSE false END"
                );
                ("front_matter", sql, bound.into())
            }
            ItemCondition::Text(comparison, bound) => {
                let operator = comparison.operator();
                let sql = format!(
                    "jsonb_typeof(item.value) = 'string' AND (item.value #>> '{{}}') COLLATE \"C\" {operator} ?"
                );
                ("front_matter", sql, bound.into())
            }
        };
        let value_at_path = at_path(column);
        let sql = format!(
            "EXISTS (SELECT 1 FROM (SELECT {value_at_path} AS value) AS found, jsonb_array_elements(\
             CASE jsonb_typeof(found.value) WHEN 'array' THEN found.value WHEN 'object' THEN '[]' \
             ELSE jsonb_build_array(found.value) END) AS item(value) WHERE {condition})"
        );
        expr(&sql, [strict(path).into(), value])
    }

    fn front_matter_sort_keys(&self, path: &str, max_characters: usize) -> [Expr; 3] {
        let value = at_path("front_matter_folded");
        let path = || Value::from(strict(path));
        let rank = format!("CASE jsonb_typeof({value}) WHEN 'number' THEN 0 WHEN 'string' THEN 1 ELSE 2 END");
        // Rounded like the values of cursors: halves away from zero, and integers at the bounds of their
        // type.
        let number = format!(
            "(SELECT CASE WHEN jsonb_typeof(found.value) <> 'number' OR found.value IS NULL THEN CAST(0 AS bigint) \
             WHEN number.value >= 9223372036854775.0 THEN 9223372036854775807 \
             WHEN number.value <= -9223372036854775.0 THEN -9223372036854775808 \
             ELSE CAST(sign(number.value) * floor(abs(number.value) * 1000 + 0.5) AS bigint) END \
             FROM (SELECT {value} AS value) AS found, LATERAL (SELECT CASE jsonb_typeof(found.value) WHEN 'number' \
             THEN CAST(found.value #>> '{{}}' AS double precision) END AS value) AS number)"
        );
        let text = format!(
            "(CASE jsonb_typeof({value}) WHEN 'string' THEN substr({value} #>> '{{}}', 1, {max_characters}) ELSE '' END) \
             COLLATE \"C\""
        );
        [expr(&rank, [path()]), expr(&number, [path()]), expr(&text, [path(), path()])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered() {
        assert_eq!(Postgres.placeholders("a = ? AND b IN (?, ?)"), "a = $1 AND b IN ($2, $3)");
        assert_eq!(Postgres.placeholders("SELECT 1"), "SELECT 1");
    }
}
