//! Reads the simple fields of a TOML header between two lines `+++`.
//!
//! The documented form of front matter is YAML. TOML is read only so that an editor who copied a header from
//! another site does not publish it as text.

use serde_json::{Map, Value};

/// A header and the text after it.
pub(super) struct TomlHeader<'a> {
    /// Fields with a simple value.
    pub(super) values: Map<String, Value>,
    /// Text after the closing line.
    pub(super) body: &'a str,
    /// Number of lines of the header, both lines `+++` included.
    pub(super) lines: usize,
}

/// Parses the header at the start of a text. `None` without a closing line.
pub(super) fn header(text: &str) -> Option<TomlHeader<'_>> {
    let (line, rest) = text.strip_prefix("+++")?.split_once('\n')?;
    if !line.trim().is_empty() {
        return None;
    }
    let mut values = Map::new();
    let mut table: Option<String> = None;
    let mut offset = 0;
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        offset += line.len();
        let line = line.trim();
        if line == "+++" {
            return Some(TomlHeader { values, body: &rest[offset..], lines: index + 2 });
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = Some(name.trim_matches(['[', ']', ' ']).to_owned());
        } else if let Some((key, value)) = line.split_once('=')
            && let Some(value) = parse_value(value.trim())
        {
            let key = key.trim().trim_matches('"').to_owned();
            let target = match &table {
                None => Some(&mut values),
                Some(table) => {
                    values.entry(table.clone()).or_insert_with(|| Map::new().into()).as_object_mut()
                }
            };
            target.map(|target| target.insert(key, value));
        }
    }
    None
}

/// Parses a string, number, truth value or list. A date is a string.
fn parse_value(text: &str) -> Option<Value> {
    if let Some(literal) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(literal.into());
    }
    // The other simple values have the syntax of JSON.
    let json = serde_json::from_str(text).ok();
    json.or_else(|| (!text.is_empty() && !text.starts_with(['"', '[', '{'])).then(|| text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_fields_are_read() {
        let text = "+++\ntitle = \"A\"\norder = 3\ndraft = false\ndate = 2026-01-05\ntags = [\"b\"]\n[metadata]\nx = 'y'\n+++\nB";
        let header = header(text).unwrap();
        assert_eq!(
            Value::Object(header.values).to_string(),
            r#"{"title":"A","order":3,"draft":false,"date":"2026-01-05","tags":["b"],"metadata":{"x":"y"}}"#
        );
        assert_eq!((header.body, header.lines), ("B", 9));
        assert!(super::header("+++\ntitle = 1\n").is_none());
    }
}
