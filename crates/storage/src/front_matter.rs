//! Values of the front matter in filters and orders: paths, folded texts and sort values.

use sea_orm::sea_query::{Expr, ExprTrait};
use serde_json::{Map, Value};

use passerelle_text::fold::fold;

use crate::keyset::{CursorValue, SortKey};
use crate::query_index::Direction;

/// Length of a text in a sort value, in characters. A cursor contains the sort values, so they must be short.
const MAX_SORT_CHARACTERS: usize = 100;
/// Numbers are ordered by their thousandths, because a cursor contains integers.
const THOUSANDTHS: f64 = 1_000.0;

/// Path of a value in the front matter, for example `metadata.tempo`. A segment of digits is the index of a
/// list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrontMatterPath {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Segment {
    Key(String),
    Index(usize),
}

impl FrontMatterPath {
    /// Maximum number of segments. YAML with more levels is rejected.
    pub const MAX_SEGMENTS: usize = 8;

    /// Parses a path. `None` if it has an empty segment, too many segments, or a quotation mark or backslash,
    /// which SQLite cannot quote.
    pub fn parse(text: &str) -> Option<Self> {
        let segment = |text: &str| match text.parse::<usize>() {
            _ if text.is_empty() || text.contains(['"', '\\']) => None,
            Ok(index) if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(Segment::Index(index)),
            _ => Some(Segment::Key(text.to_owned())),
        };
        let segments: Vec<Segment> = text.split('.').map(segment).collect::<Option<_>>()?;
        (segments.len() <= Self::MAX_SEGMENTS).then_some(Self { segments })
    }

    /// Returns the path in the notation of SQLite, for example `$."metadata"."tempo"`.
    fn to_sqlite(&self) -> String {
        self.segments.iter().fold("$".to_owned(), |path, segment| match segment {
            Segment::Key(key) => format!("{path}.\"{key}\""),
            Segment::Index(index) => format!("{path}[{index}]"),
        })
    }

    /// Returns the value at the path.
    fn find<'v>(&self, fields: &'v Map<String, Value>) -> Option<&'v Value> {
        let (first, rest) = self.segments.split_first()?;
        let Segment::Key(key) = first else { return None };
        rest.iter().try_fold(fields.get(key)?, |value, segment| match segment {
            Segment::Key(key) => value.get(key),
            Segment::Index(index) => value.get(index),
        })
    }
}

/// Condition on one value of the front matter. All parts that are set must hold. A list satisfies a part if
/// one of its items does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrontMatterCondition {
    /// Path of the value.
    pub path: FrontMatterPath,
    /// The value is one of these texts.
    pub any_of: Option<Vec<String>>,
    /// The text contains this text. Case and accents are ignored.
    pub contains: Option<String>,
    /// The value is present, or it is missing or null.
    pub exists: Option<bool>,
    /// The value is at least this one.
    pub at_least: Option<String>,
    /// The value is at most this one.
    pub at_most: Option<String>,
}

impl FrontMatterCondition {
    /// Returns the condition on the rows of pages.
    pub(crate) fn to_sql(&self) -> Expr {
        let path = self.path.to_sqlite();
        let mut all = Vec::new();
        if let Some(exists) = self.exists {
            let sql = "coalesce(json_type(front_matter, ?), 'null') <> 'null'";
            let is_present = Expr::cust_with_values(sql, [path.clone()]);
            all.push(if exists { is_present } else { is_present.not() });
        }
        if let Some(values) = &self.any_of {
            let list = Value::from(values.clone()).to_string();
            let sql = format!("{ITEM_TEXT} IN (SELECT value FROM json_each(?))");
            all.push(any_item("front_matter", &path, &sql, [list.into()]));
        }
        if let Some(text) = &self.contains {
            let pattern = format!("%{}%", escape_like(&fold(text)));
            let sql = format!("{ITEM_TEXT} LIKE ? ESCAPE '!'");
            all.push(any_item("front_matter_folded", &path, &sql, [pattern.into()]));
        }
        for (bound, operator) in [(&self.at_least, ">="), (&self.at_most, "<=")] {
            let Some(bound) = bound else { continue };
            all.push(match bound.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let sql = format!("{ITEM_IS_NUMBER} AND CAST(item.atom AS REAL) {operator} ?");
                    any_item("front_matter", &path, &sql, [number.into()])
                }
                _ => {
                    let sql = format!("item.type = 'text' AND item.atom {operator} ?");
                    any_item("front_matter", &path, &sql, [bound.clone().into()])
                }
            });
        }
        all.into_iter().reduce(ExprTrait::and).unwrap_or_else(|| Expr::value(true))
    }
}

/// Text of an item of `json_each`. Null for a list or an object.
const ITEM_TEXT: &str =
    "CASE item.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(item.atom AS TEXT) END";
/// True for a number, and for a text that begins with a digit or a sign.
const ITEM_IS_NUMBER: &str =
    "(item.type IN ('integer', 'real') OR (item.type = 'text' AND item.atom GLOB '[-+0-9]*'))";

/// Returns a condition that one item of the value satisfies. A single value is its own only item, and the
/// values of an object are no items.
fn any_item<const N: usize>(column: &str, path: &str, condition: &str, values: [sea_orm::Value; N]) -> Expr {
    let sql = format!(
        "(coalesce(json_type({column}, ?), 'object') <> 'object' AND EXISTS (SELECT 1 FROM json_each({column}, ?) AS item \
         WHERE {condition}))"
    );
    let paths = [path.into(), path.into()];
    Expr::cust_with_values(sql, paths.into_iter().chain(values))
}

/// Escapes the wildcards of a `LIKE` pattern with `!`.
fn escape_like(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Returns the fields with folded texts. Keys stay as they are.
pub(crate) fn folded_fields(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(key, value)| (key.clone(), folded(value))).collect()
}

fn folded(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(fold(text)),
        Value::Array(items) => items.iter().map(folded).collect(),
        Value::Object(fields) => Value::Object(folded_fields(fields)),
        other => other.clone(),
    }
}

/// Returns the sort keys for a path: numbers before texts, and other values last in both directions.
pub(crate) fn sort_keys(path: &FrontMatterPath, direction: Direction) -> [SortKey; 3] {
    let path = path.to_sqlite();
    let expr = |sql: &str, count: usize| Expr::cust_with_values(sql.to_owned(), vec![path.clone(); count]);
    let rank = "CASE json_type(front_matter_folded, ?) WHEN 'integer' THEN 0 WHEN 'real' THEN 0 WHEN 'text' THEN 1 ELSE 2 END";
    let number = "CASE WHEN json_type(front_matter_folded, ?) IN ('integer', 'real') \
         THEN CAST(round(json_extract(front_matter_folded, ?) * 1000.0) AS INTEGER) ELSE 0 END";
    let text = format!(
        "CASE json_type(front_matter_folded, ?) WHEN 'text' \
         THEN substr(json_extract(front_matter_folded, ?), 1, {MAX_SORT_CHARACTERS}) ELSE '' END"
    );
    [
        SortKey { expr: expr(rank, 1), direction: Direction::Ascending },
        SortKey { expr: expr(number, 2), direction },
        SortKey { expr: expr(&text, 2), direction },
    ]
}

/// Returns the values of [`sort_keys`] for a page.
pub(crate) fn sort_values(path: &FrontMatterPath, fields: &Map<String, Value>) -> [CursorValue; 3] {
    let (rank, number, text) = match path.find(fields) {
        Some(Value::Number(number)) => (0, thousandths(number.as_f64().unwrap_or_default()), String::new()),
        Some(Value::String(text)) => (1, 0, fold(text).chars().take(MAX_SORT_CHARACTERS).collect()),
        _ => (2, 0, String::new()),
    };
    [CursorValue::Number(rank), CursorValue::Number(number), CursorValue::Text(text)]
}

#[expect(clippy::cast_possible_truncation, reason = "a larger number is ordered as the largest integer")]
fn thousandths(number: f64) -> i64 {
    (number * THOUSANDTHS).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_are_quoted_for_the_database() {
        let sqlite = |text: &str| FrontMatterPath::parse(text).map(|path| path.to_sqlite());
        assert_eq!(sqlite("metadata.été").as_deref(), Some("$.\"metadata\".\"été\""));
        assert_eq!(sqlite("etapes.0.titre").as_deref(), Some("$.\"etapes\"[0].\"titre\""));
        for text in ["", "a..b", "a.\"b", "a\\", "a.b.c.d.e.f.g.h.i"] {
            assert_eq!(sqlite(text), None, "{text}");
        }
    }

    #[test]
    fn sort_values_rank_numbers_before_texts() {
        let fields = json!({"a": 1.5, "b": "Été", "c": [1], "d": {"e": -2}});
        let values =
            |path: &str| sort_values(&FrontMatterPath::parse(path).unwrap(), fields.as_object().unwrap());
        let number = CursorValue::Number;
        let text = |text: &str| CursorValue::Text(text.to_owned());
        assert_eq!(values("a"), [number(0), number(1_500), text("")]);
        assert_eq!(values("b"), [number(1), number(0), text("ete")]);
        assert_eq!(values("c"), [number(2), number(0), text("")]);
        assert_eq!(values("d.e"), [number(0), number(-2_000), text("")]);
    }
}
