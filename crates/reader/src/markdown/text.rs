//! The plain text of a rendered tree.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{ListType, Node, NodeValue};

use super::raw_html;

/// Plain text under construction: separators wait until there is something to separate.
#[derive(Default)]
struct Plain {
    text: String,
    newlines: usize,
}

impl Plain {
    fn separate(&mut self, newlines: usize) {
        self.newlines = self.newlines.max(newlines);
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            for _ in 0..self.newlines {
                self.text.push('\n');
            }
        }
        self.newlines = 0;
        self.text.push_str(text);
    }
}

/// The plain text of a node and all below it.
pub(super) fn of(root: Node<'_>) -> String {
    let mut plain = Plain::default();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => start(node, &mut plain),
            NodeEdge::End(node) => end(node, &mut plain),
        }
    }
    plain.text.trim().to_owned()
}

fn start(node: Node<'_>, plain: &mut Plain) {
    match &node.data().value {
        NodeValue::Text(text) => plain.push(text),
        NodeValue::Code(code) => plain.push(&code.literal),
        NodeValue::CodeBlock(block) => {
            plain.separate(2);
            plain.push(block.literal.trim_end());
        }
        NodeValue::HtmlBlock(block) => {
            plain.separate(2);
            plain.push(&raw_html::words(&block.literal));
        }
        NodeValue::SoftBreak => plain.push(" "),
        NodeValue::LineBreak => plain.push("\n"),
        NodeValue::Item(list) => {
            plain.separate(1);
            match list.list_type {
                ListType::Bullet => plain.push("- "),
                ListType::Ordered => plain.push(&format!("{}. ", list.start)),
            }
        }
        _ => {}
    }
}

fn end(node: Node<'_>, plain: &mut Plain) {
    match &node.data().value {
        NodeValue::Paragraph => {
            let in_item =
                node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Item(_)));
            plain.separate(if in_item { 1 } else { 2 });
        }
        NodeValue::Heading(_)
        | NodeValue::CodeBlock(_)
        | NodeValue::HtmlBlock(_)
        | NodeValue::List(_)
        | NodeValue::Table(_)
        | NodeValue::BlockQuote
        | NodeValue::FootnoteDefinition(_) => plain.separate(2),
        NodeValue::Item(_) | NodeValue::TableRow(_) => plain.separate(1),
        NodeValue::TableCell if node.next_sibling().is_some() => plain.push("\t"),
        _ => {}
    }
}

/// The words of raw HTML: what stands outside tags and comments.
pub(super) fn without_tags(html: &str) -> String {
    let mut words = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        words.push_str(&rest[..open]);
        words.push(' ');
        let closing = if rest[open..].starts_with("<!--") { "-->" } else { ">" };
        match rest[open..].find(closing) {
            Some(close) => rest = &rest[open + close + closing.len()..],
            None => return passerelle_text::fold::tidy(&words),
        }
    }
    words.push_str(rest);
    passerelle_text::fold::tidy(&words)
}
