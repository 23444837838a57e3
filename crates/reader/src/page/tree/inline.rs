//! Writes what stands inside a sentence to a Markdown run: literal text, expressions and inline shortcodes.

use std::ops::Range;

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::placeholder::Placeholder;
use serde_json::{Map, Value};

use super::{TagExtent, TreeBuilder, role_of};
use crate::page::body_node::{BodyNode, MarkdownRun, Shortcode};
use crate::page::code_fence::CodeFence;
use crate::page::code_spans::CodeSpans;
use crate::page::embed_arguments::EmbedArguments;
use crate::page::expression;
use crate::page::expression::Evaluated;
use crate::page::link::{LinkArguments, default_label, image_from_arguments};
use crate::page::shortcodes::ShortcodeRole;
use crate::page::tag::{TagKind, TagSyntax};
use crate::page::token::line_end;

impl TreeBuilder<'_, '_, '_, '_> {
    /// Writes what a comment, a literal text or an expression leaves in the run. Returns the offset at which
    /// parsing continues, and `None` for any other tag.
    pub(super) fn literal(&mut self, index: usize, run: &mut MarkdownRun) -> Option<usize> {
        let tag = &self.tags[index];
        let mut after = tag.range.end;
        match tag.syntax {
            TagSyntax::Comment => {
                // The lines of a comment stay as blank lines, so that the lines below keep their numbers.
                let lines = self.body[tag.range.clone()].matches('\n').count();
                run.text.extend(std::iter::repeat_n(
                    '\n',
                    if tag.is_alone_on_line { lines } else { lines.min(1) },
                ));
                let is_between_spaces = run.text.is_empty() || run.text.ends_with([' ', '\n']);
                if is_between_spaces && self.body[after..].starts_with(' ') {
                    after += 1;
                }
            }
            TagSyntax::Raw => run.text.push_str(&escape_marks(tag.arguments)),
            TagSyntax::Expression => match expression::evaluate(tag.arguments, self.parser.context.values) {
                Evaluated::Address(address) if is_address_place(&run.text) => run.text.push_str(&address),
                Evaluated::Text(text) => run.text.push_str(&text),
                Evaluated::Address(_) | Evaluated::Unknown => {
                    let expression = tag.arguments.to_owned();
                    self.report(tag.range.start, DiagnosticKind::TemplateExpression { expression });
                }
            },
            TagSyntax::Shortcode | TagSyntax::Container(_) | TagSyntax::Embed => return None,
        }
        Some(after)
    }

    /// Writes an inline shortcode to the run, as placeholders. Returns the byte offset and the tag index at
    /// which parsing continues.
    pub(super) fn inline(
        &mut self,
        index: usize,
        extent: &TagExtent,
        run: &mut MarkdownRun,
    ) -> (usize, usize) {
        let tag = &self.tags[index];
        let position = (self.position_at)(tag.range.start);
        let role = role_of(tag);
        let after_tag = (tag.range.end, index + 1);
        let args = self.arguments(tag);
        let inside = &self.body[extent.inside.clone()];
        match role {
            ShortcodeRole::Ignored => {
                // The whole line is removed: a blank line in its place would end the paragraph.
                let rest = &self.body[tag.range.end..];
                let is_line = tag.is_alone_on_line && rest.starts_with('\n');
                let is_between_spaces = run.text.ends_with(' ') && rest.starts_with(' ');
                (tag.range.end + usize::from(is_line || is_between_spaces), index + 1)
            }
            ShortcodeRole::Link => self.inline_link(index, &args, extent, run),
            ShortcodeRole::Embed => {
                if let Some(link) =
                    EmbedArguments::read(&args, self.parser.context).map(EmbedArguments::into_link)
                {
                    let label = default_label(&link.1.destination);
                    let label = link.0.unwrap_or(label);
                    run.text.push_str(&Placeholder::LinkStart(link.1).encode());
                    run.text.push_str(&label);
                    run.text.push_str(&Placeholder::LinkEnd.encode());
                }
                let raw = self.body[tag.range.clone()].to_owned();
                let name = tag.name.to_owned();
                run.inline.push(Shortcode { name, role, args, raw, position, children: Vec::new() });
                after_tag
            }
            ShortcodeRole::Image => {
                let raw = self.body[tag.range.clone()].to_owned();
                if let Some(image) = image_from_arguments(&args, self.parser.context) {
                    run.text.push_str(&Placeholder::Image(Box::new(image)).encode());
                }
                let name = tag.name.to_owned();
                run.inline.push(Shortcode { name, role, args, raw, position, children: Vec::new() });
                after_tag
            }
            ShortcodeRole::Collection
            | ShortcodeRole::Callout
            | ShortcodeRole::Layout
            | ShortcodeRole::Other => {
                // The content is parsed as part of the sentence. Content with tags does not become a block
                // of its own.
                if extent.tags.is_empty() {
                    let raw = self.body[tag.range.start..extent.after].to_owned();
                    let name = tag.name.to_owned();
                    let text = inside.trim().to_owned();
                    let words = BodyNode::Markdown(MarkdownRun {
                        text,
                        line: position.line,
                        ..MarkdownRun::default()
                    });
                    let children = if inside.trim().is_empty() { Vec::new() } else { vec![words] };
                    run.inline.push(Shortcode { name, role, args, raw, position, children });
                }
                after_tag
            }
        }
    }

    /// Writes an inline link and its content to the run. Returns the same as [`Self::inline`].
    fn inline_link(
        &mut self,
        index: usize,
        args: &Map<String, Value>,
        extent: &TagExtent,
        run: &mut MarkdownRun,
    ) -> (usize, usize) {
        let tag = &self.tags[index];
        let after_tag = (tag.range.end, index + 1);
        if self.pairings[index].end.is_none() {
            return after_tag;
        }
        let link = LinkArguments::read(args, self.parser.context);
        if let Some(warning) = &link.warning {
            self.report(tag.range.start, warning.clone());
        }
        let Some(opening) = link.link_start() else {
            self.report(tag.range.start, DiagnosticKind::LinkWithoutTarget);
            return after_tag;
        };
        run.text.push_str(&Placeholder::LinkStart(opening.clone()).encode());
        let before = run.text.len();
        self.inline_content(extent.tags.clone(), extent.inside.clone(), run);
        if run.text[before..].trim().is_empty() {
            run.text.truncate(before);
            run.text.push_str(&default_label(&opening.destination));
        }
        run.text.push_str(&Placeholder::LinkEnd.encode());
        (extent.after, extent.next)
    }

    /// Writes the content of a link to the run. Nested links become plain text.
    fn inline_content(&mut self, tags: Range<usize>, range: Range<usize>, run: &mut MarkdownRun) {
        let mut offset = range.start;
        let mut index = tags.start;
        while index < tags.end {
            let tag = &self.tags[index];
            if tag.range.start < offset {
                index += 1;
                continue;
            }
            run.text.push_str(&self.body[offset..tag.range.start]);
            if let Some(after) = self.literal(index, run) {
                (offset, index) = (after, index + 1);
                continue;
            }
            let is_link = tag.kind == TagKind::Start && role_of(tag) == ShortcodeRole::Link;
            if tag.kind == TagKind::End || is_link {
                // Only the content of a nested link is written.
                (offset, index) = (tag.range.end, index + 1);
                continue;
            }
            let extent = self.extent(index, &tags, &range);
            if role_of(tag) == ShortcodeRole::Ignored && self.pairings[index].end.is_some() {
                (offset, index) = (extent.after, extent.next);
                continue;
            }
            (offset, index) = self.inline(index, &extent, run);
        }
        run.text.push_str(&self.body[offset.min(range.end)..range.end]);
    }
}

/// Returns true if the text so far ends where an address is expected: in a link or an HTML attribute.
pub(crate) fn is_address_place(text: &str) -> bool {
    ["](", "](<", "=\"", "='", "]: ", "]:"].iter().any(|end| text.ends_with(end))
}

/// Escapes the braces and colons of literal text outside code, so that they are no marks in Markdown.
fn escape_marks(text: &str) -> String {
    let spans = CodeSpans::new(text);
    let mut fence = CodeFence::default();
    let mut output = String::with_capacity(text.len());
    let mut offset = 0;
    while offset < text.len() {
        let end = line_end(text, offset);
        let line = &text[offset..end];
        if fence.consume_line(line) {
            output.push_str(line);
            offset = end;
            continue;
        }
        if line.trim_start().starts_with(":::") {
            let indent = line.len() - line.trim_start().len();
            output.push_str(&line[..indent]);
            output.push('\\');
            offset += indent;
        }
        let mut at = offset;
        while let Some(found) = memchr::memchr2(b'{', b'`', &text.as_bytes()[at..end.max(at)]) {
            let start = at + found;
            output.push_str(&text[at..start]);
            if text.as_bytes()[start] == b'`' {
                at = spans.span_end(text, start);
                output.push_str(&text[start..at]);
            } else {
                output.push_str("\\{");
                at = start + 1;
            }
        }
        offset = end.max(at);
        output.push_str(&text[at..offset]);
    }
    output
}
