//! Values of the front matter in filters and orders: paths, folded texts and sort values.

use sea_orm::sea_query::{Expr, ExprTrait};
use serde_json::{Map, Value};

use passerelle_text::fold::fold;

use crate::engine::dialect::{Comparison, Dialect, ItemCondition};
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
    /// which SQL cannot quote.
    pub fn parse(text: &str) -> Option<Self> {
        let segment = |text: &str| match text.parse::<usize>() {
            _ if text.is_empty() || text.contains(['"', '\\']) => None,
            Ok(index) if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(Segment::Index(index)),
            _ => Some(Segment::Key(text.to_owned())),
        };
        let segments: Vec<Segment> = text.split('.').map(segment).collect::<Option<_>>()?;
        (segments.len() <= Self::MAX_SEGMENTS).then_some(Self { segments })
    }

    /// Returns the path in the notation of SQL, for example `$."metadata"."tempo"`.
    fn to_json_path(&self) -> String {
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
    pub(crate) fn to_sql(&self, dialect: &dyn Dialect) -> Expr {
        let path = self.path.to_json_path();
        let mut all = Vec::new();
        if let Some(exists) = self.exists {
            let is_present = dialect.has_front_matter(&path);
            all.push(if exists { is_present } else { is_present.not() });
        }
        if let Some(values) = &self.any_of {
            let list = Value::from(values.clone()).to_string();
            all.push(dialect.any_front_matter_item(&path, ItemCondition::AnyOf(&list)));
        }
        if let Some(text) = &self.contains {
            let pattern = format!("%{}%", escape_like(&fold(text)));
            all.push(dialect.any_front_matter_item(&path, ItemCondition::FoldedLike(&pattern)));
        }
        for (bound, comparison) in
            [(&self.at_least, Comparison::AtLeast), (&self.at_most, Comparison::AtMost)]
        {
            let Some(bound) = bound else { continue };
            let condition = match bound.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => ItemCondition::Number(comparison, number),
                _ => ItemCondition::Text(comparison, bound),
            };
            all.push(dialect.any_front_matter_item(&path, condition));
        }
        all.into_iter().reduce(ExprTrait::and).unwrap_or_else(|| Expr::value(true))
    }
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
pub(crate) fn sort_keys(path: &FrontMatterPath, direction: Direction, dialect: &dyn Dialect) -> [SortKey; 3] {
    let [rank, number, text] = dialect.front_matter_sort_keys(&path.to_json_path(), MAX_SORT_CHARACTERS);
    [
        SortKey { expr: rank, direction: Direction::Ascending },
        SortKey { expr: number, direction },
        SortKey { expr: text, direction },
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
        let quoted = |text: &str| FrontMatterPath::parse(text).map(|path| path.to_json_path());
        assert_eq!(quoted("metadata.été").as_deref(), Some("$.\"metadata\".\"été\""));
        assert_eq!(quoted("etapes.0.titre").as_deref(), Some("$.\"etapes\"[0].\"titre\""));
        for text in ["", "a..b", "a.\"b", "a\\", "a.b.c.d.e.f.g.h.i"] {
            assert_eq!(quoted(text), None, "{text}");
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
