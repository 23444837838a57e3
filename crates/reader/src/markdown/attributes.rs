//! Attribute blocks `{ .class #id key=value }` after a heading, a block or an inline element.
//!
//! They control the appearance of the site, so they are removed from the text. Only the id of a heading is
//! used.
//!
//! The grammar is that of markdown-it-attrs, which the site builder uses.

use std::collections::HashMap;

use comrak::nodes::{AstNode, Node, NodeValue};
use serde_json::{Map, Value};

/// The content of one attribute block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The id, written `#id`. The last one wins.
    pub id: Option<String>,
    /// The classes, written `.class`, without the dot.
    pub classes: Vec<String>,
    /// Keys and values, written `key=value` or `key="value"`.
    pub pairs: Vec<(String, String)>,
}

impl Attributes {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.classes.is_empty() && self.pairs.is_empty()
    }

    /// Converts the attributes to container arguments: `id`, `class` (separated by spaces) and one entry
    /// per pair.
    fn into_args(self) -> Map<String, Value> {
        let mut args = Map::new();
        if let Some(id) = self.id {
            args.insert("id".to_owned(), id.into());
        }
        if !self.classes.is_empty() {
            args.insert("class".to_owned(), self.classes.join(" ").into());
        }
        args.extend(self.pairs.into_iter().map(|(key, value)| (key, value.into())));
        args
    }
}

/// Parses an attribute block at the start of a text. Returns the attributes and the length of the block in
/// bytes.
///
/// `None` if the text does not start with a valid, non-empty block.
pub fn parse(text: &str) -> Option<(Attributes, usize)> {
    /// Maximum length of a block. It bounds the work for a text that consists of braces.
    const MAX_BYTES: usize = 1_024;
    let mut attributes = Attributes::default();
    let mut rest = text.strip_prefix('{')?;
    rest = rest.strip_prefix(':').unwrap_or(rest);
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if let Some(after) = rest.strip_prefix('}') {
            return (!attributes.is_empty()).then_some((attributes, text.len() - after.len()));
        }
        if text.len() - rest.len() > MAX_BYTES {
            return None;
        }
        let (prefix, after) = match rest.chars().next()? {
            prefix @ ('.' | '#') => (Some(prefix), &rest[1..]),
            _ => (None, rest),
        };
        let (name, after) = if prefix == Some('#') { parse_id(after)? } else { parse_name(after)? };
        rest = match prefix {
            Some('.') => {
                attributes.classes.push(name.to_owned());
                after
            }
            Some(_) => {
                attributes.id = Some(name.to_owned());
                after
            }
            None => {
                let (value, after) = parse_value(after.strip_prefix('=')?)?;
                attributes.pairs.push((name.to_owned(), value.to_owned()));
                after
            }
        };
        if !rest.starts_with([' ', '\t', '}']) {
            return None;
        }
    }
}

fn parse_name(text: &str) -> Option<(&str, &str)> {
    let is_part = |character: char| character.is_alphanumeric() || "-_:@/[]()%!.".contains(character);
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Splits off an id. Google Docs writes the words of the heading: `{#l'été-&-l'automne}`.
fn parse_id(text: &str) -> Option<(&str, &str)> {
    let is_end = |character: char| character.is_whitespace() || "{}#<>`".contains(character);
    let end = text.find(is_end).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn parse_value(text: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            let (value, rest) = inside.split_once(quote)?;
            return (!value.contains('\n')).then_some((value, rest));
        }
    }
    let end = text.find([' ', '\t', '}', '\n', '{']).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Parses an attribute block at the end of a text. Returns the attributes and the byte offset of the block.
fn parse_trailing(text: &str) -> Option<(Attributes, usize)> {
    let text = text.trim_end();
    let start = if text.ends_with('}') { text.rfind('{')? } else { return None };
    let (attributes, length) = parse(&text[start..])?;
    (start + length == text.len()).then_some((attributes, start))
}

/// Parses the text after the name of a container: a title in plain words and an optional attribute block.
///
/// `Bon à savoir { .a }` gives `title: "Bon à savoir"` and `class: "a"`.
pub fn parse_container_arguments(text: &str) -> Map<String, Value> {
    let (words, attributes) = match parse_trailing(text) {
        Some((attributes, start)) => (&text[..start], attributes),
        None => (text, Attributes::default()),
    };
    let mut args = attributes.into_args();
    let words = words.trim();
    if !words.is_empty() {
        args.insert("title".to_owned(), words.into());
    }
    args
}

/// Removes all attribute blocks from the nodes. Returns the ids of headings and the source lines that ended
/// with a block.
pub(super) fn extract<'a>(nodes: &[Node<'a>]) -> ExtractedAttributes<'a> {
    let mut extracted = ExtractedAttributes::default();
    for node in nodes.iter().copied() {
        match &node.data().value {
            NodeValue::Heading(_) | NodeValue::Paragraph | NodeValue::TableCell => {}
            NodeValue::Link(_)
            | NodeValue::Image(_)
            | NodeValue::Code(_)
            | NodeValue::Strong
            | NodeValue::Emph => {
                remove_following(node);
                continue;
            }
            _ => continue,
        }
        let Some(attributes) = extract_trailing(node) else { continue };
        let (is_heading, is_cell, line) = {
            let data = node.data();
            let is_heading = matches!(data.value, NodeValue::Heading(_));
            (is_heading, matches!(data.value, NodeValue::TableCell), data.sourcepos.end.line)
        };
        extracted.lines.push(line);
        if let (true, Some(id)) = (is_heading, attributes.id) {
            extracted.ids.insert(std::ptr::from_ref(node), id);
        }
        if node.first_child().is_none() {
            if is_cell {
                remove_empty_row(node);
            } else if !is_heading {
                node.detach();
            }
        }
    }
    extracted
}

/// Result of [`extract`].
#[derive(Default)]
pub(super) struct ExtractedAttributes<'a> {
    /// Ids from the attribute blocks of headings, by the address of the heading's node.
    pub(super) ids: HashMap<*const AstNode<'a>, String>,
    /// Source lines (from 1) that ended with an attribute block.
    pub(super) lines: Vec<usize>,
}

/// Removes and returns the attribute block at the end of a node's text.
fn extract_trailing(node: Node<'_>) -> Option<Attributes> {
    let last = node.last_child()?;
    let (attributes, start) = match &last.data().value {
        NodeValue::Text(text) => parse_trailing(text)?,
        _ => return None,
    };
    keep_range(last, 0, start);
    // A block on a line of its own leaves a line break behind.
    while let Some(last) = node.last_child() {
        let is_break = matches!(last.data().value, NodeValue::SoftBreak | NodeValue::LineBreak);
        if !is_break {
            break;
        }
        last.detach();
    }
    Some(attributes)
}

/// Removes the attribute block directly after an inline element.
fn remove_following(node: Node<'_>) {
    let Some(next) = node.next_sibling() else { return };
    let length = match &next.data().value {
        NodeValue::Text(text) => parse(text).map(|(_, length)| length),
        _ => None,
    };
    if let Some(length) = length {
        keep_range(next, length, usize::MAX);
    }
}

/// Shortens a text node to a byte range. Removes the node if the range is empty.
fn keep_range(node: Node<'_>, from: usize, to: usize) {
    let remaining = match &node.data().value {
        NodeValue::Text(text) => {
            let remaining = text.get(from..to.min(text.len())).unwrap_or_default();
            (if to < text.len() { remaining.trim_end() } else { remaining }).to_owned()
        }
        _ => return,
    };
    if remaining.is_empty() {
        node.detach();
    } else {
        node.data_mut().value = NodeValue::Text(remaining.into());
    }
}

/// Removes a table row without content. An attribute block on the line below a table is parsed as such a row.
fn remove_empty_row(cell: Node<'_>) {
    let Some(row) = cell.parent() else { return };
    if row.children().all(|cell| cell.first_child().is_none()) && row.previous_sibling().is_some() {
        row.detach();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_parsed() {
        let (attributes, length) = parse("{ .a #b key=value k2=\"two words\" } c").unwrap();
        assert_eq!(attributes.classes, ["a"]);
        assert_eq!(attributes.id.as_deref(), Some("b"));
        assert_eq!(attributes.pairs.len(), 2);
        assert_eq!(length, 34);
        assert!(parse("{.sm:text-right}").is_some() && parse("{: .a }").is_some());
        for id in
            ["guide-d'accueil", "l’été", "hôtels-&-gîtes", "prix,-tarifs", "«-mots-»", "1.-\"a\"?", "a+b;c*"]
        {
            let (attributes, _) = parse(&format!("{{#{id}}}")).unwrap();
            assert_eq!(attributes.id.as_deref(), Some(id));
        }
        for text in
            ["{}", "{ a }", "{ a, b }", "{ .a", "{. a}", "{ = }", "{%a%}", "{ x = 1 }", "{#a#}", "{#-a-#}"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn container_arguments_include_the_title() {
        let args = Value::Object(parse_container_arguments("Bon à savoir { .a .b #c }")).to_string();
        assert_eq!(args, r#"{"id":"c","class":"a b","title":"Bon à savoir"}"#);
    }
}
