//! `{ .class #id key=value }` after a heading, a block or something in a sentence: for the site's looks, not for readers.
//!
//! The grammar is that of markdown-it-attrs, which the site builder uses.

use std::collections::HashMap;

use comrak::nodes::{AstNode, Node, NodeValue};
use serde_json::{Map, Value};

/// What stood between the braces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `#id`.
    pub id: Option<String>,
    /// `.class`, each.
    pub classes: Vec<String>,
    /// `key=value`, each.
    pub pairs: Vec<(String, String)>,
}

impl Attributes {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.classes.is_empty() && self.pairs.is_empty()
    }

    /// As the arguments of a container.
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

/// Reads attributes at the start of a text: what they are and how long they are in bytes.
pub fn parse(text: &str) -> Option<(Attributes, usize)> {
    /// Nobody gives more than this many bytes of attributes, which bounds the work on a text of braces.
    const LONGEST: usize = 1_024;
    let mut found = Attributes::default();
    let mut rest = text.strip_prefix('{')?;
    rest = rest.strip_prefix(':').unwrap_or(rest);
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if let Some(after) = rest.strip_prefix('}') {
            return (!found.is_empty()).then_some((found, text.len() - after.len()));
        }
        if text.len() - rest.len() > LONGEST {
            return None;
        }
        let (sign, after) = match rest.chars().next()? {
            sign @ ('.' | '#') => (Some(sign), &rest[1..]),
            _ => (None, rest),
        };
        let (name, after) = word(after)?;
        rest = match sign {
            Some('.') => {
                found.classes.push(name.to_owned());
                after
            }
            Some(_) => {
                found.id = Some(name.to_owned());
                after
            }
            None => {
                let (value, after) = value(after.strip_prefix('=')?)?;
                found.pairs.push((name.to_owned(), value.to_owned()));
                after
            }
        };
        if !rest.starts_with([' ', '\t', '}']) {
            return None;
        }
    }
}

fn word(text: &str) -> Option<(&str, &str)> {
    let is_part = |character: char| character.is_alphanumeric() || "-_:@/[]()%!.".contains(character);
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn value(text: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            let (value, rest) = inside.split_once(quote)?;
            return (!value.contains('\n')).then_some((value, rest));
        }
    }
    let end = text.find([' ', '\t', '}', '\n', '{']).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Attributes at the end of a text: what they are and where they begin.
fn at_end(text: &str) -> Option<(Attributes, usize)> {
    let text = text.trim_end();
    let start = if text.ends_with('}') { text.rfind('{')? } else { return None };
    let (found, length) = parse(&text[start..])?;
    (start + length == text.len()).then_some((found, start))
}

/// What is behind the name of a container: attributes, and words for readers, which are its `title`.
pub fn of_container(text: &str) -> Map<String, Value> {
    let (words, found) = match at_end(text) {
        Some((found, start)) => (&text[..start], found),
        None => (text, Attributes::default()),
    };
    let mut args = found.into_args();
    let words = words.trim();
    if !words.is_empty() {
        args.insert("title".to_owned(), words.into());
    }
    args
}

/// Takes the attributes out of a tree. Returns the ids that they give to headings, by the line of the heading, and the
/// lines at whose ends they stood.
pub(super) fn take_out<'a>(nodes: &[Node<'a>]) -> Taken<'a> {
    let mut taken = Taken::default();
    for node in nodes.iter().copied() {
        match &node.data().value {
            NodeValue::Heading(_) | NodeValue::Paragraph | NodeValue::TableCell => {}
            NodeValue::Link(_)
            | NodeValue::Image(_)
            | NodeValue::Code(_)
            | NodeValue::Strong
            | NodeValue::Emph => {
                after(node);
                continue;
            }
            _ => continue,
        }
        let Some(found) = from_end(node) else { continue };
        let (is_heading, is_cell, line) = {
            let data = node.data();
            let is_heading = matches!(data.value, NodeValue::Heading(_));
            (is_heading, matches!(data.value, NodeValue::TableCell), data.sourcepos.end.line)
        };
        taken.lines.push(line);
        if let (true, Some(id)) = (is_heading, found.id) {
            taken.ids.insert(std::ptr::from_ref(node), id);
        }
        if node.first_child().is_none() {
            if is_cell {
                leave_row(node);
            } else if !is_heading {
                node.detach();
            }
        }
    }
    taken
}

/// What was taken out of a tree.
#[derive(Default)]
pub(super) struct Taken<'a> {
    /// Headings with the ids that they were given.
    pub(super) ids: HashMap<*const AstNode<'a>, String>,
    /// The lines at whose ends attributes stood.
    pub(super) lines: Vec<usize>,
}

/// The attributes at the end of what a node holds.
fn from_end(node: Node<'_>) -> Option<Attributes> {
    let last = node.last_child()?;
    let (found, start) = match &last.data().value {
        NodeValue::Text(text) => at_end(text)?,
        _ => return None,
    };
    cut(last, 0, start);
    // Where they stood on a line of their own, nothing is left of the line.
    while let Some(last) = node.last_child() {
        let is_break = matches!(last.data().value, NodeValue::SoftBreak | NodeValue::LineBreak);
        if !is_break {
            break;
        }
        last.detach();
    }
    Some(found)
}

/// The attributes right behind something in a sentence.
fn after(node: Node<'_>) {
    let Some(next) = node.next_sibling() else { return };
    let length = match &next.data().value {
        NodeValue::Text(text) => parse(text).map(|(_, length)| length),
        _ => None,
    };
    if let Some(length) = length {
        cut(next, length, usize::MAX);
    }
}

/// Keeps a part of a text; a text of which nothing is left goes.
fn cut(node: Node<'_>, from: usize, to: usize) {
    let kept = match &node.data().value {
        NodeValue::Text(text) => {
            let kept = text.get(from..to.min(text.len())).unwrap_or_default();
            (if to < text.len() { kept.trim_end() } else { kept }).to_owned()
        }
        _ => return,
    };
    if kept.is_empty() {
        node.detach();
    } else {
        node.data_mut().value = NodeValue::Text(kept.into());
    }
}

/// A table's attributes on the line below it were read as a row: a row of nothing else goes.
fn leave_row(cell: Node<'_>) {
    let Some(row) = cell.parent() else { return };
    if row.children().all(|cell| cell.first_child().is_none()) && row.previous_sibling().is_some() {
        row.detach();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_a_grammar() {
        let (found, length) = parse("{ .a #b key=value k2=\"two words\" } c").unwrap();
        assert_eq!(found.classes, ["a"]);
        assert_eq!(found.id.as_deref(), Some("b"));
        assert_eq!(found.pairs.len(), 2);
        assert_eq!(length, 34);
        assert!(parse("{.sm:text-right}").is_some() && parse("{: .a }").is_some());
        for text in ["{}", "{ a }", "{ a, b }", "{ .a", "{. a}", "{ = }", "{%a%}", "{ x = 1 }"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_container_has_attributes_and_a_title() {
        let args = Value::Object(of_container("Bon à savoir { .a .b #c }")).to_string();
        assert_eq!(args, r#"{"id":"c","class":"a b","title":"Bon à savoir"}"#);
    }
}
