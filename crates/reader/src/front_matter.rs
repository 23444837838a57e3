//! Front matter: the YAML header of a document, between two lines `---`.
//!
//! `serde-saphyr` parses YAML 1.2 within a budget of nodes, depth and aliases. Only this module uses that
//! crate. A number that JSON would write differently (`0612345678`, `1.10`, `0x1F`) stays a string, because
//! it is often a telephone number or a version.

mod toml;
mod yaml_problem;

use std::collections::HashMap;
use std::fmt;

use passerelle_model::diagnostic::{DiagnosticKind, Finding, YamlProblem};
use passerelle_model::position::Position;
use passerelle_text::fold::collapse_whitespace;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use crate::source::saturating_u32;

/// Maximum size of the front matter in bytes (64 KiB). A larger header is rejected.
pub const MAX_BYTES: usize = 64 * 1024;
/// Maximum number of YAML nodes. It stops documents whose aliases expand exponentially.
const MAX_YAML_NODES: usize = 10_000;
/// Maximum nesting depth of YAML values. It bounds the recursion of the parser.
const MAX_DEPTH: usize = 32;

/// Keys that the service reads. Other keys are kept as they are.
const KNOWN_KEYS: [&str; 23] = [
    "createdAt",
    "date",
    "description",
    "draft",
    "eleventyNavigation",
    "excerpt",
    "kind",
    "lang",
    "localizationKey",
    "measures",
    "metadata",
    "name",
    "order",
    "published",
    "slug",
    "status",
    "supportService",
    "tags",
    "templateValues",
    "title",
    "translationKey",
    "updatedAt",
    "uuid",
];

/// Fields of the front matter of a document. Empty if the document has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    values: Map<String, Value>,
    positions: HashMap<String, Position>,
}

/// A document separated into front matter and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    /// The parsed fields. Empty if the document has no front matter.
    pub front: FrontMatter,
    /// The text after the closing `---`.
    pub body: &'a str,
    /// Line of the document on which the body starts, from 1.
    pub body_line: u32,
    /// Findings about the form of the front matter. None of them rejects the document.
    pub findings: Vec<Finding>,
}

/// Separates the front matter from the body.
///
/// Without front matter the whole text is the body. A first line `---` without a field below it is a thematic
/// break and belongs to the body.
///
/// # Errors
/// A finding with its position if the header has no closing `---`, exceeds [`MAX_BYTES`], or is not a valid
/// YAML mapping. The document cannot be served in that case.
pub fn split(text: &str) -> Result<Split<'_>, Finding> {
    let without_front_matter =
        Split { front: FrontMatter::default(), body: text, body_line: 1, findings: Vec::new() };
    let blank = text.split_inclusive('\n').take_while(|line| line.trim().is_empty());
    let (blank_lines, blank_bytes) =
        blank.fold((0, 0), |(lines, bytes), line| (lines + 1, bytes + line.len()));
    let trimmed = &text[blank_bytes..];
    if let Some(header) = toml::header(trimmed) {
        let line = saturating_u32(blank_lines);
        return Ok(Split {
            front: FrontMatter { values: header.values, positions: HashMap::new() },
            body: header.body,
            body_line: saturating_u32(header.lines) + line + 1,
            findings: vec![Finding::at(Position::line(line + 1), DiagnosticKind::TomlFrontMatter)],
        });
    }
    let Some(header) = find_header(trimmed) else { return Ok(without_front_matter) };
    let Some((length, lines)) = header.closing else {
        return if header.is_field && blank_lines == 0 {
            Err(Finding::at(Position::line(1), DiagnosticKind::UnclosedFrontMatter))
        } else {
            Ok(without_front_matter)
        };
    };
    if blank_lines > 0 && !header.is_field {
        return Ok(without_front_matter);
    }
    let yaml = &header.rest[..length];
    if yaml.len() > MAX_BYTES {
        let kind = DiagnosticKind::FrontMatterTooLarge { bytes: yaml.len(), limit: MAX_BYTES };
        return Err(Finding::at(Position::line(1), kind));
    }
    let mut front = FrontMatter::parse(yaml, saturating_u32(blank_lines + 1))?;
    let mut findings = front.read_capitals();
    if blank_lines > 0 {
        let position = Position::line(saturating_u32(blank_lines + 1));
        findings.push(Finding::at(position, DiagnosticKind::MisplacedFrontMatter));
    }
    let body = header.rest[length..].split_once('\n').map_or("", |(_, body)| body);
    Ok(Split { front, body, body_line: saturating_u32(blank_lines + lines + 3), findings })
}

/// A header that starts with a line `---`.
struct Header<'a> {
    /// Text after the first line.
    rest: &'a str,
    /// Length of the YAML in bytes and in lines. `None` without a closing line.
    closing: Option<(usize, usize)>,
    /// True if the first line that is not blank is a field.
    is_field: bool,
}

fn find_header(text: &str) -> Option<Header<'_>> {
    let (line, rest) = text.strip_prefix("---")?.split_once('\n')?;
    if !line.trim().is_empty() {
        return None;
    }
    let mut offset = 0;
    let mut closing = None;
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        if matches!(line.trim_end(), "---" | "...") {
            closing = Some((offset, index));
            break;
        }
        offset += line.len();
    }
    let first = rest.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let is_field = first.split_once(':').is_some_and(|(key, _)| !key.is_empty() && !key.contains(' '));
    Some(Header { rest, closing, is_field })
}

/// Parses a file that consists of one YAML mapping, with the limits of front matter.
pub(crate) fn parse_mapping(yaml: &str) -> Result<Map<String, Value>, Finding> {
    parse_settings(yaml).map(|front| front.values)
}

/// Like [`parse_mapping`], with the positions of the fields.
pub(crate) fn parse_settings(yaml: &str) -> Result<FrontMatter, Finding> {
    if yaml.len() > MAX_BYTES {
        let kind = DiagnosticKind::FrontMatterTooLarge { bytes: yaml.len(), limit: MAX_BYTES };
        return Err(Finding::at(Position::line(1), kind));
    }
    FrontMatter::parse(yaml, 0)
}

impl FrontMatter {
    /// Returns the values of template expressions. `None` if the field is missing or no mapping.
    pub(crate) fn template_values(&self) -> Option<&serde_json::Map<String, serde_json::Value>> {
        self.values().get("templateValues")?.as_object()
    }

    /// Parses a YAML mapping. `lines_before` is the number of document lines above the YAML. Positions are
    /// shifted by it.
    fn parse(yaml: &str, lines_before: u32) -> Result<Self, Finding> {
        if yaml.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        let node: YamlNode = serde_saphyr::from_str_with_options(yaml, options()).map_err(|error| {
            let position = error.location().map_or(Position::line(lines_before), |location| Position {
                line: saturating_u32(usize::try_from(location.line()).unwrap_or(0)) + lines_before,
                column: saturating_u32(usize::try_from(location.column()).unwrap_or(1)).max(1),
            });
            let problem = yaml_problem::classify(
                &error.without_snippet().to_string(),
                yaml,
                position.line - lines_before,
            );
            Finding::at(position, DiagnosticKind::InvalidFrontMatter { problem })
        })?;
        let YamlValue::Mapping(entries) = node.value else {
            let kind = DiagnosticKind::InvalidFrontMatter { problem: YamlProblem::NoFields };
            return Err(Finding::at(Position::line(lines_before + 1), kind));
        };
        let mut front = Self::default();
        for (key, node) in entries {
            let position = Position { line: node.line + lines_before, column: node.column };
            front.positions.insert(key.clone(), position);
            front.values.insert(key, node.into_value(yaml));
        }
        Ok(front)
    }

    /// Returns all fields, including those that Passerelle does not use.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Adds a field under its known key if its key is written with other capital letters, for example
    /// `Title`. Returns one finding per field.
    fn read_capitals(&mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for expected in KNOWN_KEYS {
            if self.values.contains_key(expected) {
                continue;
            }
            let written = self.values.keys().find(|key| key.to_lowercase() == expected.to_lowercase());
            let Some(field) = written.cloned() else { continue };
            let position = self.position(&field);
            let value = self.values.get(&field).cloned().unwrap_or_default();
            self.values.insert(expected.to_owned(), value);
            self.positions.insert(expected.to_owned(), position);
            findings.push(Finding::at(position, DiagnosticKind::FieldInCapitals { field, expected }));
        }
        findings
    }

    /// Replaces the fields by the result of `replace`. Positions of existing fields stay; added fields have
    /// none.
    pub(crate) fn replace_values(&mut self, replace: impl FnOnce(Map<String, Value>) -> Map<String, Value>) {
        self.values = replace(std::mem::take(&mut self.values));
    }

    /// Returns the position of a field's value in the document. Line 1 for an unknown field.
    pub fn position(&self, key: &str) -> Position {
        self.positions.get(key).copied().unwrap_or(Position::line(1))
    }

    /// Returns the finding about a field whose value is not understood.
    pub fn invalid_field(&self, field: &'static str, value: &Value) -> Finding {
        let written = text_of(value).unwrap_or_else(|| value.to_string());
        Finding::at(self.position(field), DiagnosticKind::InvalidField { field, value: written })
    }

    /// Returns a field as text, see [`text_of`]. `None` if the field is missing.
    pub fn text(&self, key: &str) -> Option<String> {
        self.values.get(key).and_then(text_of)
    }
}

/// Converts a string or a number to text with collapsed white space. `None` for an empty string or another
/// type.
pub fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => collapse_whitespace(text),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Converts a number or a quoted number to an integer. `None` if it is not an integer of 32 bits.
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
            max_events: MAX_YAML_NODES,
            max_nodes: MAX_YAML_NODES,
            max_depth: MAX_DEPTH,
            max_aliases: 64,
            max_anchors: 64,
        },
    }
}

/// A YAML value with its position in the YAML text: line and column from 1, and the byte range.
struct YamlNode {
    value: YamlValue,
    line: u32,
    column: u32,
    bytes: std::ops::Range<usize>,
}

enum YamlValue {
    Null,
    Bool(bool),
    Number(Option<Number>),
    Text(String),
    Sequence(Vec<YamlNode>),
    Mapping(Vec<(String, YamlNode)>),
}

impl YamlNode {
    fn into_value(self, yaml: &str) -> Value {
        match self.value {
            YamlValue::Null => Value::Null,
            YamlValue::Bool(value) => Value::Bool(value),
            YamlValue::Text(text) => Value::String(text),
            YamlValue::Number(number) => {
                let written = yaml.get(self.bytes).unwrap_or_default().trim();
                match number {
                    Some(number) if written.is_empty() || number.to_string() == written => {
                        Value::Number(number)
                    }
                    _ => Value::String(written.to_owned()),
                }
            }
            YamlValue::Sequence(nodes) => nodes.into_iter().map(|node| node.into_value(yaml)).collect(),
            YamlValue::Mapping(entries) => entries
                .into_iter()
                .map(|(key, node)| (key, node.into_value(yaml)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }
}

impl<'de> Deserialize<'de> for YamlNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<YamlValue>::deserialize(deserializer)?;
        let location = spanned.referenced;
        // For an alias, the value is written where its anchor is defined.
        let written = spanned.defined;
        let offset = |count: Option<u64>| count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let start = offset(written.span().byte_offset());
        Ok(Self {
            value: spanned.value,
            line: u32::try_from(location.line()).unwrap_or(1),
            column: u32::try_from(location.column()).unwrap_or(1),
            bytes: start..start + offset(written.span().byte_len()),
        })
    }
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlValueVisitor)
    }
}

struct YamlValueVisitor;

impl<'de> Visitor<'de> for YamlValueVisitor {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_none<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number(Some(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number(Some(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<YamlValue, E> {
        Ok(YamlValue::Number(Number::from_f64(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<YamlValue, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = sequence.next_element()? {
            nodes.push(node);
        }
        Ok(YamlValue::Sequence(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<YamlValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = mapping.next_entry()? {
            entries.push(entry);
        }
        Ok(YamlValue::Mapping(entries))
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
    fn scalars_keep_their_spelling() {
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
    fn the_body_line_and_field_positions_are_known() {
        let split = split("---\nname: A\nlang: fr\n---\n# Titre\n").unwrap();
        assert_eq!((split.body, split.body_line), ("# Titre\n", 5));
        assert_eq!(split.front.position("lang"), Position { line: 3, column: 7 });
    }

    #[test]
    fn a_thematic_break_at_the_top_is_not_front_matter() {
        assert_eq!(split("---\n\nTexte\n").unwrap().body_line, 1);
        assert_eq!(split("Texte\n---\n").unwrap().body_line, 1);
    }

    #[test]
    fn aliases_and_merge_keys_give_their_values() {
        assert_eq!(
            json(
                "lieu: &lieu {salle: 4, ouvert: true, depuis: 2019-09-02, nom: mare}\nannexe: *lieu\nrang: &rang 7\nsuite: *rang\netage:\n  <<: *lieu\n  salle: 9"
            ),
            r#"{"lieu":{"salle":4,"ouvert":true,"depuis":"2019-09-02","nom":"mare"},"annexe":{"salle":4,"ouvert":true,"depuis":"2019-09-02","nom":"mare"},"rang":7,"suite":7,"etage":{"salle":9,"ouvert":true,"depuis":"2019-09-02","nom":"mare"}}"#
        );
    }

    #[test]
    fn misplaced_headers_are_read() {
        let codes =
            |split: &Split<'_>| split.findings.iter().map(|found| found.kind.code()).collect::<Vec<_>>();
        let below = split("\n\n---\ntitle: A\n---\nB\n").unwrap();
        assert_eq!(
            (below.front.text("title").as_deref(), below.body, below.body_line),
            (Some("A"), "B\n", 6)
        );
        assert_eq!(codes(&below), ["FRONT_MATTER_MISPLACED"]);
        let toml = split("+++\ntitle = \"A\"\n+++\n\nB\n").unwrap();
        assert_eq!((toml.front.text("title").as_deref(), toml.body, toml.body_line), (Some("A"), "\nB\n", 4));
        assert_eq!(codes(&toml), ["FRONT_MATTER_TOML"]);
        let capitals = split("---\nTitle: A\nLANG: nl\n---\n").unwrap();
        assert_eq!((capitals.front.text("title").as_deref(), codes(&capitals).len()), (Some("A"), 2));
        assert_eq!(split("\n---\n\nA\n\n---\n").unwrap().body_line, 1);
    }

    #[test]
    fn errors_have_a_line() {
        let error = |text: &str| split(text).unwrap_err();
        assert_eq!(error("---\nname: A\n").kind, DiagnosticKind::UnclosedFrontMatter);
        assert_eq!(error("---\nname: A\nname: B\n---\n").position.unwrap().line, 3);
        assert_eq!(error("---\nname: \"A\nlang: fr\n---\n").kind.code(), "FRONT_MATTER_INVALID");
        let huge = format!("---\nname: {}\n---\n", "a".repeat(MAX_BYTES));
        assert_eq!(error(&huge).kind.code(), "FRONT_MATTER_TOO_LARGE");
    }

    #[test]
    fn yaml_alias_bombs_are_rejected() {
        let mut bomb = "---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
        }
        bomb.push_str("---\n");
        assert_eq!(split(&bomb).unwrap_err().kind.code(), "FRONT_MATTER_INVALID");
    }
}
