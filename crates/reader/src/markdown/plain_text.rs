//! Converts a parsed Markdown tree to plain text.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{ListType, Node, NodeValue};

use super::html_tag;

/// Collects plain text. Line breaks are written only before the next text, so the result has none at its
/// ends.
#[derive(Default)]
struct PlainTextWriter {
    text: String,
    pending_newlines: usize,
}

impl PlainTextWriter {
    fn break_lines(&mut self, newlines: usize) {
        self.pending_newlines = self.pending_newlines.max(newlines);
    }

    /// Separates the words before and after.
    fn push_space(&mut self) {
        if self.pending_newlines == 0 && !self.text.ends_with(char::is_whitespace) {
            self.push(" ");
        }
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            for _ in 0..self.pending_newlines {
                self.text.push('\n');
            }
        }
        self.pending_newlines = 0;
        self.text.push_str(text);
    }
}

/// Returns the plain text of a node and its descendants, with blank lines between blocks.
pub(super) fn node_text(root: Node<'_>) -> String {
    let mut writer = PlainTextWriter::default();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => enter_node(node, &mut writer),
            NodeEdge::End(node) => leave_node(node, &mut writer),
        }
    }
    writer.text.trim().to_owned()
}

fn enter_node(node: Node<'_>, writer: &mut PlainTextWriter) {
    match &node.data().value {
        NodeValue::Text(text) => writer.push(text),
        NodeValue::Code(code) => writer.push(&code.literal),
        NodeValue::CodeBlock(block) => {
            writer.break_lines(2);
            writer.push(block.literal.trim_end());
        }
        NodeValue::HtmlBlock(block) => {
            for paragraph in html_tag::paragraphs(&block.literal) {
                writer.break_lines(2);
                writer.push(&paragraph);
            }
        }
        NodeValue::FootnoteDefinition(definition) => {
            writer.break_lines(2);
            writer.push(&format!("{}. ", definition.name));
        }
        // The renderer wrote a space in the place of a tag.
        NodeValue::HtmlInline(html) if html == html_tag::SPACE => writer.push_space(),
        NodeValue::HtmlInline(html) => {
            if let Some((tag, _)) = html_tag::HtmlTag::parse(html) {
                match tag.name.as_str() {
                    "br" => writer.push("\n"),
                    name if html_tag::separates_words(name) => writer.push_space(),
                    _ => {}
                }
            }
        }
        NodeValue::SoftBreak => writer.push(" "),
        NodeValue::LineBreak => writer.push("\n"),
        NodeValue::Item(list) => {
            writer.break_lines(1);
            match list.list_type {
                ListType::Bullet => writer.push("- "),
                ListType::Ordered => writer.push(&format!("{}. ", list.start)),
            }
        }
        _ => {}
    }
}

fn leave_node(node: Node<'_>, writer: &mut PlainTextWriter) {
    match &node.data().value {
        NodeValue::Paragraph => {
            let in_item =
                node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Item(_)));
            writer.break_lines(if in_item { 1 } else { 2 });
        }
        NodeValue::Heading(_)
        | NodeValue::CodeBlock(_)
        | NodeValue::HtmlBlock(_)
        | NodeValue::List(_)
        | NodeValue::Table(_)
        | NodeValue::BlockQuote
        | NodeValue::FootnoteDefinition(_) => writer.break_lines(2),
        NodeValue::Item(_) | NodeValue::TableRow(_) => writer.break_lines(1),
        NodeValue::TableCell if node.next_sibling().is_some() => writer.push("\t"),
        _ => {}
    }
}
