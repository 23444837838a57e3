//! SQL of SQLite.

use sea_orm::Value;
use sea_orm::sea_query::{Expr, Func, FunctionCall, Query, SelectStatement};

use crate::engine::dialect::{Dialect, ItemCondition};

pub(crate) struct Sqlite;

/// Text of an item of `json_each`. Null for a list or an object.
const ITEM_TEXT: &str =
    "CASE item.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(item.atom AS TEXT) END";
/// True for a number, and for a text that begins with a digit or a sign.
const ITEM_IS_NUMBER: &str =
    "(item.type IN ('integer', 'real') OR (item.type = 'text' AND item.atom GLOB '[-+0-9]*'))";

impl Dialect for Sqlite {
    fn placeholders(&self, sql: &str) -> String {
        sql.to_owned()
    }

    fn is_page_row_in(&self, rows_json: String) -> Expr {
        Expr::cust_with_values("page.row_id IN (SELECT value FROM json_each(?))", [rows_json])
    }

    fn positions(&self, rows_json: String) -> SelectStatement {
        Query::select()
            .expr_as(Expr::cust("value"), "row")
            .expr_as(Expr::cust("-key"), "position")
            .from_function(Func::cust("json_each").arg(rows_json), "found")
            .take()
    }

    fn text_items(&self, column: Expr) -> FunctionCall {
        Func::cust("json_each").arg(column)
    }

    fn has_front_matter(&self, path: &str) -> Expr {
        Expr::cust_with_values("coalesce(json_type(front_matter, ?), 'null') <> 'null'", [path])
    }

    fn any_front_matter_item(&self, path: &str, condition: ItemCondition<'_>) -> Expr {
        let (column, condition, value): (_, _, Value) = match condition {
            ItemCondition::AnyOf(list) => {
                ("front_matter", format!("{ITEM_TEXT} IN (SELECT value FROM json_each(?))"), list.into())
            }
            ItemCondition::FoldedLike(pattern) => {
                ("front_matter_folded", format!("{ITEM_TEXT} LIKE ? ESCAPE '!'"), pattern.into())
            }
            ItemCondition::Number(comparison, bound) => {
                let operator = comparison.operator();
                let condition = format!("{ITEM_IS_NUMBER} AND CAST(item.atom AS REAL) {operator} ?");
                ("front_matter", condition, bound.into())
            }
            ItemCondition::Text(comparison, bound) => {
                let operator = comparison.operator();
                ("front_matter", format!("item.type = 'text' AND item.atom {operator} ?"), bound.into())
            }
        };
        let sql = format!(
            "(coalesce(json_type({column}, ?), 'object') <> 'object' AND EXISTS (SELECT 1 FROM json_each({column}, ?) \
             AS item WHERE {condition}))"
        );
        Expr::cust_with_values(sql, [path.into(), path.into(), value])
    }

    fn front_matter_sort_keys(&self, path: &str, max_characters: usize) -> [Expr; 3] {
        let expr = |sql: &str, count: usize| Expr::cust_with_values(sql.to_owned(), vec![path; count]);
        let rank = "CASE json_type(front_matter_folded, ?) WHEN 'integer' THEN 0 WHEN 'real' THEN 0 WHEN 'text' THEN 1 \
             ELSE 2 END";
        let number = "CASE WHEN json_type(front_matter_folded, ?) IN ('integer', 'real') \
             THEN CAST(round(json_extract(front_matter_folded, ?) * 1000.0) AS INTEGER) ELSE 0 END";
        let text = format!(
            "CASE json_type(front_matter_folded, ?) WHEN 'text' \
             THEN substr(json_extract(front_matter_folded, ?), 1, {max_characters}) ELSE '' END"
        );
        [expr(rank, 1), expr(number, 2), expr(&text, 2)]
    }
}
