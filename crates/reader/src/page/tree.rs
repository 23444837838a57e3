//! Builds the body tree: shortcodes, containers, callouts, and the Markdown between them.

mod inline;

use std::ops::Range;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;
use serde_json::{Map, Value};

use super::body_node::{BodyNode, MarkdownRun, Shortcode};
use super::embed_arguments::EmbedArguments;
use super::expression;
use super::link::PageContext;
use super::shortcodes::{self, ShortcodeRole};
use super::tag::{Tag, TagKind, TagSyntax};
use super::tag_pairing::{TagEnd, TagPairing, pair_tags};
use super::token::tokenize;
use super::{arguments, callouts};
use crate::diagnostics::MAX_DIAGNOSTICS;
use crate::markdown::{attributes, limits};
use crate::source::Source;
pub(super) use inline::is_address_place;

/// Maximum nesting depth of shortcodes. Deeper shortcodes are flattened. It bounds the recursion of the
/// parser.
pub(super) const MAX_NESTING: usize = 32;

/// Maximum number of tags in a body. With more, the body is read as Markdown without any tags.
const MAX_TAGS: usize = 32 * 1024;

/// Parser for the bodies of one page: the document body, and the Markdown in JSON arguments.
pub(super) struct BodyParser<'a> {
    /// Language, folder and HTML policy of the page.
    pub(super) context: PageContext<'a>,
    /// Findings so far.
    pub(super) findings: Vec<Finding>,
    /// Remaining bytes of shortcode source text that may be stored in the blocks of the page.
    pub(super) raw_budget: usize,
}

impl BodyParser<'_> {
    /// Parses a body. `first_line` is the line of the document on which the body starts. `depth` is the
    /// number of shortcodes around it.
    pub(super) fn parse(&mut self, body: &str, first_line: u32, depth: usize) -> Vec<BodyNode> {
        let mut found = tokenize(body);
        if found.tags.len() > MAX_TAGS || limits::exceeds_line_limit(body) {
            self.findings.push(Finding::at(Position::line(first_line), DiagnosticKind::MarkupTooDense));
            return vec![BodyNode::Markdown(plain_run(body, &found.tags, first_line))];
        }
        let source = Source::new(body);
        let position_at = |offset| {
            let position = source.position(offset);
            Position { line: position.line + first_line.saturating_sub(1), column: position.column }
        };
        // No more are reported, and a document can have a million of them.
        let mut report = |offsets: &[usize], kind: DiagnosticKind| {
            let reported = offsets.iter().take(MAX_DIAGNOSTICS);
            self.findings.extend(reported.map(|at| Finding::at(position_at(*at), kind.clone())));
        };
        report(&found.unterminated, DiagnosticKind::UnterminatedShortcode);
        report(&found.unclosed_comments, DiagnosticKind::UnclosedComment);
        found.tags =
            expression::choose_branches(found.tags, self.context.values, &position_at, &mut self.findings);
        let pairings = pair_tags(body, &found.tags, &position_at, &mut self.findings);
        let mut builder = TreeBuilder {
            body,
            tags: &found.tags,
            pairings: &pairings,
            position_at: &position_at,
            parser: self,
        };
        let nodes = builder.nodes(0..found.tags.len(), 0..body.len(), depth, 0);
        callouts::group_callouts(nodes, &mut self.findings)
    }
}

struct TreeBuilder<'a, 'b, 'r, 'p> {
    body: &'a str,
    tags: &'b [Tag<'a>],
    pairings: &'b [TagPairing],
    position_at: &'b dyn Fn(usize) -> Position,
    parser: &'r mut BodyParser<'p>,
}

/// Extent of a shortcode in the body.
struct TagExtent {
    /// Byte range of the content.
    inside: Range<usize>,
    /// Indexes of the tags in the content.
    tags: Range<usize>,
    /// Byte offset after the shortcode.
    after: usize,
    /// Index of the first tag after the shortcode.
    next: usize,
}

impl TreeBuilder<'_, '_, '_, '_> {
    /// Parses a range of the body. `indent` is the indentation of the enclosing start tag in characters.
    fn nodes(
        &mut self,
        tags: Range<usize>,
        range: Range<usize>,
        depth: usize,
        indent: usize,
    ) -> Vec<BodyNode> {
        let mut nodes = Vec::new();
        let mut run = self.run_at(range.start);
        let mut offset = range.start;
        let mut index = tags.start;
        while index < tags.end {
            let tag = &self.tags[index];
            if tag.range.start < offset {
                index += 1;
                continue;
            }
            run.text.push_str(&self.body[offset..tag.range.start]);
            offset = tag.range.end;
            if let Some(after) = self.literal(index, &mut run) {
                (offset, index) = (after, index + 1);
                continue;
            }
            let extent = self.extent(index, &tags, &range);
            let role = role_of(tag);
            if tag.kind == TagKind::End {
                index += 1;
                if self.pairings[index - 1].is_block && tag.is_alone_on_line {
                    self.finish_run(&mut nodes, &mut run, offset, indent);
                }
                continue;
            }
            if role == ShortcodeRole::Ignored && self.pairings[index].end.is_some() {
                let is_block = self.pairings[index].is_block;
                (offset, index) = (extent.after, extent.next);
                if is_block {
                    self.finish_run(&mut nodes, &mut run, offset, indent);
                }
                continue;
            }
            if !self.pairings[index].is_block {
                (offset, index) = self.inline(index, &extent, &mut run);
                continue;
            }
            let is_leaf = matches!(role, ShortcodeRole::Image | ShortcodeRole::Embed);
            if role == ShortcodeRole::Ignored || (depth >= MAX_NESTING && !is_leaf) {
                if role != ShortcodeRole::Ignored {
                    let kind = DiagnosticKind::NestingTooDeep { limit: MAX_NESTING };
                    self.report(tag.range.start, kind);
                }
                index += 1;
                self.finish_run(&mut nodes, &mut run, offset, indent);
                continue;
            }
            self.finish_run(&mut nodes, &mut run, extent.after, indent);
            nodes.push(self.block(index, role, &extent, depth));
            offset = extent.after;
            index = extent.next;
        }
        run.text.push_str(&self.body[offset.min(range.end)..range.end]);
        self.finish_run(&mut nodes, &mut run, range.end, indent);
        nodes
    }

    /// Returns the extent of the shortcode at a tag index, limited to the enclosing ranges.
    fn extent(&self, index: usize, tags: &Range<usize>, range: &Range<usize>) -> TagExtent {
        let start = self.tags[index].range.end;
        let (inside_end, after, end, next) = match self.pairings[index].end {
            None => (start, start, index + 1, index + 1),
            Some(TagEnd::At(end)) => (self.tags[end].range.start, self.tags[end].range.end, end, end + 1),
            Some(TagEnd::Before(end)) => {
                let before = self.tags.get(end).map_or(self.body.len(), |tag| tag.range.start);
                (before, before, end, end)
            }
        };
        let clamp = |offset: usize| offset.min(range.end).max(start);
        TagExtent {
            inside: start..clamp(inside_end),
            tags: index + 1..end.min(tags.end).max(index + 1),
            after: clamp(after),
            next: next.min(tags.end).max(index + 1),
        }
    }

    fn block(&mut self, index: usize, role: ShortcodeRole, extent: &TagExtent, depth: usize) -> BodyNode {
        let tag = &self.tags[index];
        let position = (self.position_at)(tag.range.start);
        let mut args = self.arguments(tag);
        let indent = indentation(self.body, tag.range.start);
        let mut children = if extent.inside.is_empty() {
            Vec::new()
        } else {
            self.nodes(extent.tags.clone(), extent.inside.clone(), depth + 1, indent)
        };
        let is_container = matches!(tag.syntax, TagSyntax::Container(_));
        let title = if is_container || role == ShortcodeRole::Callout {
            arguments::text(&args, "title")
        } else {
            None
        };
        if let Some(title) = &title {
            // The title of a container or callout is visible text, so it becomes the first paragraph.
            args.remove("title");
            let title = if role == ShortcodeRole::Callout { format!("**{title}**") } else { title.clone() };
            children.insert(
                0,
                BodyNode::Markdown(MarkdownRun {
                    text: title,
                    line: position.line,
                    ..MarkdownRun::default()
                }),
            );
        }
        if role == ShortcodeRole::Callout {
            let label = title.or_else(|| ["label", "0"].iter().find_map(|key| arguments::text(&args, key)));
            return BodyNode::Callout { label: label.unwrap_or_else(|| tag.name.to_owned()), children };
        }
        let source = &self.body[tag.range.start..extent.after];
        let raw = if source.len() <= self.parser.raw_budget { source } else { &self.body[tag.range.clone()] };
        self.parser.raw_budget = self.parser.raw_budget.saturating_sub(raw.len());
        let raw = raw.trim_end().to_owned();
        BodyNode::Shortcode(Shortcode { name: tag.name.to_owned(), role, args, raw, position, children })
    }

    fn arguments(&mut self, tag: &Tag<'_>) -> Map<String, Value> {
        if let TagSyntax::Container(_) = tag.syntax {
            return attributes::parse_container_arguments(tag.arguments);
        }
        if tag.syntax == TagSyntax::Embed {
            let mut args = EmbedArguments::from_source(tag.arguments);
            self.fill_expressions(&mut args, tag.range.start);
            return args;
        }
        let (mut args, is_complete) = arguments::read(tag.arguments);
        if tag.arguments.contains("{{") {
            self.fill_expressions(&mut args, tag.range.start);
        }
        if !is_complete {
            self.report(tag.range.start, DiagnosticKind::InvalidArguments { name: tag.name.to_owned() });
        }
        if let Some(nearest) = shortcodes::suggest_name(tag.name) {
            self.report(
                tag.range.start,
                DiagnosticKind::UnknownShortcode { name: tag.name.to_owned(), nearest },
            );
        }
        for argument in args.keys() {
            if let Some(nearest) = shortcodes::suggest_argument(tag.name, argument) {
                let (name, argument) = (tag.name.to_owned(), argument.clone());
                self.report(tag.range.start, DiagnosticKind::UnknownArgument { name, argument, nearest });
            }
        }
        args
    }

    /// Replaces the template expressions in the text arguments.
    fn fill_expressions(&mut self, args: &mut Map<String, Value>, at: usize) {
        for value in args.values_mut() {
            let Value::String(text) = value else { continue };
            let (filled, unknown) = expression::fill(text, self.parser.context.values);
            *text = filled;
            for expression in unknown {
                self.report(at, DiagnosticKind::TemplateExpression { expression });
            }
        }
    }

    fn report(&mut self, offset: usize, kind: DiagnosticKind) {
        let finding = Finding::at((self.position_at)(offset), kind);
        self.parser.findings.push(finding);
    }

    fn run_at(&self, offset: usize) -> MarkdownRun {
        MarkdownRun { line: (self.position_at)(offset).line, ..MarkdownRun::default() }
    }

    /// Adds the run to the nodes unless it is blank, and starts the next run at an offset.
    fn finish_run(&self, nodes: &mut Vec<BodyNode>, run: &mut MarkdownRun, offset: usize, indent: usize) {
        let next = self.run_at(offset);
        let mut run = std::mem::replace(run, next);
        // Leading blank lines, such as the rest of the tag's own line, are removed.
        let mut text = run.text.as_str();
        while let Some((line, rest)) = text.split_once('\n') {
            if !line.trim().is_empty() {
                break;
            }
            run.line += 1;
            text = rest;
        }
        if text.trim().is_empty() {
            return;
        }
        let text = if indent > 0 { dedent(text) } else { text.to_owned() };
        nodes.push(BodyNode::Markdown(MarkdownRun { text, ..run }));
    }
}

/// Returns the body as one run without tags and callout markers.
fn plain_run(body: &str, tags: &[Tag<'_>], line: u32) -> MarkdownRun {
    let mut text = String::with_capacity(body.len());
    let mut offset = 0;
    for tag in tags {
        text.push_str(&body[offset..tag.range.start]);
        text.push(' ');
        offset = tag.range.end;
    }
    text.push_str(&body[offset..]);
    MarkdownRun { text: callouts::strip_callout_markers(&text), line, ..MarkdownRun::default() }
}

fn role_of(tag: &Tag<'_>) -> ShortcodeRole {
    match tag.syntax {
        TagSyntax::Shortcode => shortcodes::role(tag.name),
        TagSyntax::Container(_) => shortcodes::container_role(tag.name),
        TagSyntax::Comment | TagSyntax::Raw | TagSyntax::Expression => ShortcodeRole::Ignored,
        TagSyntax::Embed => ShortcodeRole::Embed,
    }
}

/// Returns the width in bytes of the white space directly before an offset.
fn indentation(body: &str, offset: usize) -> usize {
    let before = &body[..offset];
    before.len() - before.trim_end_matches([' ', '\t']).len()
}

/// Removes the common indentation. Content is often indented like its tag and must not become a code block.
fn dedent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common_indent = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines =
        text.split_inclusive('\n').map(|line| line.get(common_indent.min(indent(line))..).unwrap_or(line));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::placeholder::strip_placeholders;

    fn summary(nodes: &[BodyNode]) -> String {
        let node = |node: &BodyNode| match node {
            BodyNode::Markdown(run) => format!("{:?}", strip_placeholders(&run.text).trim()),
            BodyNode::Shortcode(code) => format!("{}({})", code.name, summary(&code.children)),
            BodyNode::Callout { label, children } => format!("[{label}: {}]", summary(children)),
        };
        nodes.iter().map(node).collect::<Vec<_>>().join(" ")
    }

    fn parse_body(body: &str) -> (String, Vec<&'static str>) {
        let context = PageContext::for_tests();
        let mut parser = BodyParser { context, findings: Vec::new(), raw_budget: 1_000 };
        let nodes = parser.parse(body, 1, 0);
        (summary(&nodes), parser.findings.iter().map(|finding| finding.kind.row().code).collect())
    }

    #[test]
    fn at_most_500_open_tags_are_found() {
        let (_, codes) = parse_body(&"{% ".repeat(MAX_DIAGNOSTICS + 1));
        assert_eq!(codes.len(), MAX_DIAGNOSTICS);
    }

    #[test]
    fn paired_shortcodes_nest_across_markdown() {
        let (tree, codes) =
            parse_body("{% grid %}\n{% gridItem %}\n## A\n{% endgridItem %}\nb\n{% endgrid %}\nc\n");
        assert_eq!(tree, "grid(gridItem(\"## A\") \"b\") \"c\"");
        assert_eq!(codes, Vec::<&str>::new());
    }

    #[test]
    fn unpaired_shortcodes_have_no_children() {
        assert_eq!(parse_body("{% image src=\"a\" %}\n\nb\n").0, "image() \"b\"");
        assert_eq!(parse_body("a\n{% image src=\"a\" %}\nb\n").0, "\"a\\n\\nb\"");
    }

    #[test]
    fn misnested_end_tags_are_reported_and_lose_no_text() {
        let (tree, codes) =
            parse_body("{% wrapper %}\na\n{% grid %}\nb\n{% endwrapper %}\nc\n{% endgrid %}\n");
        assert_eq!(tree, "wrapper(\"a\" grid(\"b\")) \"c\"");
        assert_eq!(codes, ["SHORTCODE_CROSSED"]);
    }

    #[test]
    fn containers_and_shortcodes_nest() {
        let body =
            "::: div {.a}\n{% wrapper %}\n## A\n{% endwrapper %}\n:::\n\n::: tip Bon à savoir\nb\n:::\n";
        assert_eq!(parse_body(body).0, "div(wrapper(\"## A\")) [Bon à savoir: \"**Bon à savoir**\" \"b\"]");
    }

    #[test]
    fn indented_tags_do_not_turn_content_into_code() {
        let body =
            "{% grid %}\n    {% gridItem %}\n    ## A\n\n    b\n    {% endgridItem %}\n{% endgrid %}\n";
        assert_eq!(parse_body(body).0, "grid(gridItem(\"## A\\n\\nb\"))");
    }

    #[test]
    fn comments_and_style_shortcodes_are_dropped() {
        assert_eq!(
            parse_body("a {# b #}c {% icon \"x\" %}d\n\n{% css %}\n.e {}\n{% endcss %}\n").0,
            "\"a c d\""
        );
    }

    #[test]
    fn nesting_depth_is_limited() {
        let body = format!("{}a\n{}", "{% grid %}\n".repeat(2_000), "{% endgrid %}\n".repeat(2_000));
        let (tree, codes) = parse_body(&body);
        assert_eq!(tree.matches("grid(").count(), MAX_NESTING);
        assert!(!codes.is_empty() && codes.iter().all(|kind| *kind == "NESTING_TOO_DEEP"));
        assert!(tree.contains("\"a"));
    }
}
