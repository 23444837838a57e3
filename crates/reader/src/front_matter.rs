//! The YAML at the top of a document.
//!
//! YAML 1.2 as `serde-saphyr` reads it, within a budget; the crate is named in this module only. A number that is not
//! written the way JSON writes it (`0612345678`, `1.10`, `0x1F`) stays the text that the editor wrote: a telephone
//! number is no number.

use std::collections::HashMap;
use std::fmt;

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::position::Position;
use passerelle_text::fold::tidy;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use crate::source::saturate;

/// More front matter than this is refused.
pub const MAX_BYTES: usize = 64 * 1024;
/// More YAML nodes than this are a bomb, not a header.
const MAX_EVENTS: usize = 10_000;
/// Deeper than this is not a header either.
const MAX_DEPTH: usize = 32;

/// The fields of a document's front matter. Empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    values: Map<String, Value>,
    positions: HashMap<String, Position>,
}

/// A document cut in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    /// The front matter.
    pub front: FrontMatter,
    /// What follows it.
    pub body: &'a str,
    /// The line on which the body begins, from 1.
    pub body_line: u32,
}

/// Cuts the front matter off a text. A text without any is all body; so is one whose first line `---` is a rule.
pub fn split(text: &str) -> Result<Split<'_>, Finding> {
    let whole = Split { front: FrontMatter::default(), body: text, body_line: 1 };
    let Some(rest) = text.strip_prefix("---").and_then(|rest| {
        let (line, rest) = rest.split_once('\n')?;
        line.trim().is_empty().then_some(rest)
    }) else {
        return Ok(whole);
    };
    let start = text.len() - rest.len();
    let mut offset = start;
    let mut closing = None;
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        if matches!(line.trim_end(), "---" | "...") {
            closing = Some((offset, offset + line.len(), index));
            break;
        }
        offset += line.len();
    }
    let Some((end, body_start, lines)) = closing else {
        let first = rest.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let is_field = first.split_once(':').is_some_and(|(key, _)| !key.is_empty() && !key.contains(' '));
        return if is_field {
            Err(Finding::at(Position::line(1), Fault::FrontMatterUnclosed))
        } else {
            Ok(whole)
        };
    };
    let yaml = &text[start..end];
    if yaml.len() > MAX_BYTES {
        let fault = Fault::FrontMatterTooLarge { bytes: yaml.len(), limit: MAX_BYTES };
        return Err(Finding::at(Position::line(1), fault));
    }
    let front = FrontMatter::parse(yaml, 1)?;
    Ok(Split { front, body: &text[body_start..], body_line: saturate(lines + 3) })
}

/// A YAML mapping that is a file of its own.
pub(crate) fn mapping(yaml: &str) -> Result<Map<String, Value>, Finding> {
    if yaml.len() > MAX_BYTES {
        let fault = Fault::FrontMatterTooLarge { bytes: yaml.len(), limit: MAX_BYTES };
        return Err(Finding::at(Position::line(1), fault));
    }
    FrontMatter::parse(yaml, 0).map(|front| front.values)
}

impl FrontMatter {
    /// Parses a YAML mapping. `lines_before` is what positions are off by.
    fn parse(yaml: &str, lines_before: u32) -> Result<Self, Finding> {
        if yaml.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        let node: Node = serde_saphyr::from_str_with_options(yaml, options()).map_err(|error| {
            let position = error.location().map_or(Position::line(lines_before), |location| Position {
                line: saturate(usize::try_from(location.line()).unwrap_or(0)) + lines_before,
                column: saturate(usize::try_from(location.column()).unwrap_or(1)).max(1),
            });
            let detail = error.without_snippet().to_string();
            let detail = tidy(detail.split(" at line ").next().unwrap_or_default());
            Finding::at(position, Fault::FrontMatterInvalid { detail })
        })?;
        let Shape::Mapping(entries) = node.shape else {
            let fault = Fault::FrontMatterInvalid { detail: "key: value".to_owned() };
            return Err(Finding::at(Position::line(lines_before + 1), fault));
        };
        let mut front = Self::default();
        for (key, node) in entries {
            let position = Position { line: node.line + lines_before, column: node.column };
            front.positions.insert(key.clone(), position);
            front.values.insert(key, node.into_value(yaml));
        }
        Ok(front)
    }

    /// Every field, known or not.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Puts the fields over others, whose places nobody asks for.
    pub(crate) fn below(&mut self, over: impl FnOnce(Map<String, Value>) -> Map<String, Value>) {
        self.values = over(std::mem::take(&mut self.values));
    }

    /// Where a field's value stands.
    pub fn position(&self, key: &str) -> Position {
        self.positions.get(key).copied().unwrap_or(Position::line(1))
    }

    /// A field as text: text or a number, tidied; none when it is empty or something else.
    pub fn text(&self, key: &str) -> Option<String> {
        self.values.get(key).and_then(text_of)
    }
}

/// A value as tidied text: text or a number; none when it is empty or something else.
pub fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => tidy(text),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A value as a whole number, whether written bare or in quotes.
pub fn integer_of(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_events: MAX_EVENTS,
            max_nodes: MAX_EVENTS,
            max_depth: MAX_DEPTH,
            max_aliases: 64,
            max_anchors: 64,
        },
    }
}

/// A YAML node and where it stands in the YAML.
struct Node {
    shape: Shape,
    line: u32,
    column: u32,
    bytes: std::ops::Range<usize>,
}

enum Shape {
    Null,
    Bool(bool),
    Number(Option<Number>),
    Text(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(String, Node)>),
}

impl Node {
    fn into_value(self, yaml: &str) -> Value {
        match self.shape {
            Shape::Null => Value::Null,
            Shape::Bool(value) => Value::Bool(value),
            Shape::Text(text) => Value::String(text),
            Shape::Number(number) => {
                let written = yaml.get(self.bytes).unwrap_or_default().trim();
                match number {
                    Some(number) if written.is_empty() || number.to_string() == written => {
                        Value::Number(number)
                    }
                    _ => Value::String(written.to_owned()),
                }
            }
            Shape::Sequence(nodes) => nodes.into_iter().map(|node| node.into_value(yaml)).collect(),
            Shape::Mapping(entries) => entries
                .into_iter()
                .map(|(key, node)| (key, node.into_value(yaml)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape>::deserialize(deserializer)?;
        let location = spanned.referenced;
        let offset = |count: Option<u64>| count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let start = offset(location.span().byte_offset());
        Ok(Self {
            shape: spanned.value,
            line: u32::try_from(location.line()).unwrap_or(1),
            column: u32::try_from(location.column()).unwrap_or(1),
            bytes: start..start + offset(location.span().byte_len()),
        })
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::Number(Some(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Shape, E> {
        Ok(Shape::Number(Some(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Shape, E> {
        Ok(Shape::Number(Number::from_f64(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Shape, E> {
        Ok(Shape::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Shape, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = sequence.next_element()? {
            nodes.push(node);
        }
        Ok(Shape::Sequence(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = mapping.next_entry()? {
            entries.push(entry);
        }
        Ok(Shape::Mapping(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(yaml: &str) -> String {
        let text = format!("---\n{yaml}\n---\n");
        Value::Object(split(&text).unwrap().front.values().clone()).to_string()
    }

    #[test]
    fn scalars_stay_as_written() {
        assert_eq!(json("tel: 0612345678"), r#"{"tel":"0612345678"}"#);
        assert_eq!(json("version: 1.10"), r#"{"version":"1.10"}"#);
        assert_eq!(json("order: 4"), r#"{"order":4}"#);
        assert_eq!(json("tel: +32 123456789"), r#"{"tel":"+32 123456789"}"#);
        assert_eq!(
            json("pays: NO\nactif: true\nvars: {}\nvide: null\nat: 2025-11-14T09:44:00.000Z"),
            r#"{"pays":"NO","actif":true,"vars":{},"vide":null,"at":"2025-11-14T09:44:00.000Z"}"#
        );
    }

    #[test]
    fn the_body_knows_its_line() {
        let split = split("---\nname: A\nlang: fr\n---\n# Titre\n").unwrap();
        assert_eq!((split.body, split.body_line), ("# Titre\n", 5));
        assert_eq!(split.front.position("lang"), Position { line: 3, column: 7 });
    }

    #[test]
    fn a_rule_at_the_top_is_no_front_matter() {
        assert_eq!(split("---\n\nTexte\n").unwrap().body_line, 1);
        assert_eq!(split("Texte\n---\n").unwrap().body_line, 1);
    }

    #[test]
    fn an_error_says_its_line() {
        let error = |text: &str| split(text).unwrap_err();
        assert_eq!(error("---\nname: A\n").fault, Fault::FrontMatterUnclosed);
        assert_eq!(error("---\nname: A\nname: B\n---\n").position.unwrap().line, 3);
        assert_eq!(error("---\nname: \"A\nlang: fr\n---\n").fault.code(), "FRONT_MATTER_INVALID");
        let huge = format!("---\nname: {}\n---\n", "a".repeat(MAX_BYTES));
        assert_eq!(error(&huge).fault.code(), "FRONT_MATTER_TOO_LARGE");
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut bomb = "---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
        }
        bomb.push_str("---\n");
        assert_eq!(split(&bomb).unwrap_err().fault.code(), "FRONT_MATTER_INVALID");
    }
}
