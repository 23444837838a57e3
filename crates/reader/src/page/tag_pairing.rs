//! Pairs start tags with end tags and repairs missing or misnested end tags.

use std::collections::HashMap;

use memchr::memchr_iter;
use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;
use passerelle_text::fold::nearest;

use super::code_spans::blank_line_offsets;
use super::shortcodes;
use super::tag::{Tag, TagKind, TagSyntax};

/// Result for one tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TagPairing {
    /// End of a start tag's content. `None` for end tags and for start tags without content.
    pub(super) end: Option<TagEnd>,
    /// True if the tag ends the paragraph around it. False if it is part of a sentence.
    pub(super) is_block: bool,
}

/// End of the content of a start tag. Tags are identified by their index in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagEnd {
    /// The end tag with this index.
    At(usize),
    /// The end tag is missing: the content ends before the tag with this index. The number of tags means
    /// the end of the body.
    Before(usize),
}

/// Pairs the tags of a body. Returns one result per tag.
///
/// Errors are added to `findings`. No error removes text from the page.
pub(super) fn pair_tags(
    body: &str,
    tags: &[Tag<'_>],
    position_at: &dyn Fn(usize) -> Position,
    findings: &mut Vec<Finding>,
) -> Vec<TagPairing> {
    let mut pairer = TagPairer {
        body,
        tags,
        line_starts: line_starts(body),
        blank_line_offsets: blank_line_offsets(body),
        tag_lines: tag_lines(body, tags),
        pairings: vec![TagPairing::default(); tags.len()],
        open: Vec::new(),
        by_name: HashMap::new(),
        misnested: HashMap::new(),
        diagnostics: Vec::new(),
    };
    pairer.pair_all();
    findings.extend(
        pairer
            .diagnostics
            .into_iter()
            .map(|(tag, kind)| Finding::at(position_at(tags[tag].range.start), kind)),
    );
    pairer.pairings
}

/// A start tag whose end tag was not found yet.
struct OpenTag {
    tag: usize,
    /// True if the content contains a block. The tag itself is then a block, too.
    contains_block: bool,
}

struct TagPairer<'a, 'b> {
    body: &'a str,
    tags: &'b [Tag<'a>],
    /// Byte offsets of the line starts, ascending.
    line_starts: Vec<usize>,
    blank_line_offsets: Vec<usize>,
    /// Byte offsets of the lines that contain only tags, ascending.
    tag_lines: Vec<usize>,
    pairings: Vec<TagPairing>,
    open: Vec<OpenTag>,
    /// Indexes into `open` by name. An index is stale after `open` shrinks; [`Self::depth_of`] skips stale
    /// indexes.
    by_name: HashMap<(Option<TagSyntax>, &'a str), Vec<usize>>,
    /// Start tags that an outer end tag closed, by name. A later end tag of that name is misnested.
    misnested: HashMap<&'a str, Vec<usize>>,
    diagnostics: Vec<(usize, DiagnosticKind)>,
}

impl<'a> TagPairer<'a, '_> {
    fn pair_all(&mut self) {
        for index in 0..self.tags.len() {
            let tag = &self.tags[index];
            match (tag.syntax, tag.kind) {
                (TagSyntax::Comment | TagSyntax::Raw | TagSyntax::Expression, _) => {}
                (_, TagKind::Start) => self.open(index),
                (_, TagKind::End) => self.end(index),
            }
        }
        self.close_above(0, self.tags.len());
        let misnested = std::mem::take(&mut self.misnested);
        let mut unclosed: Vec<usize> = misnested.into_values().flatten().collect();
        unclosed.sort_unstable();
        for index in unclosed {
            let tag = &self.tags[index];
            self.diagnostics.push((
                index,
                DiagnosticKind::UnclosedShortcode { mark: start_tag_text(tag), end: end_tag_text(tag) },
            ));
        }
        self.diagnostics.sort_by_key(|(index, _)| *index);
    }

    fn keys(tag: &Tag<'a>) -> [Option<(Option<TagSyntax>, &'a str)>; 2] {
        match tag.syntax {
            // A container is closed by the same number of colons, or else by any number.
            TagSyntax::Container(_) => [Some((Some(tag.syntax), "")), Some((None, ":::"))],
            _ => [Some((Some(TagSyntax::Shortcode), tag.name)), None],
        }
    }

    fn open(&mut self, index: usize) {
        let tag = &self.tags[index];
        if tag.syntax == TagSyntax::Shortcode
            && shortcodes::is_item(tag.name)
            && let Some(above) = self.open.last()
            && self.tags[above.tag].name == tag.name
        {
            // Items do not nest, so the end tag of the previous item is missing.
            self.close_above(self.open.len() - 1, index);
        }
        for key in Self::keys(tag).into_iter().flatten() {
            self.by_name.entry(key).or_default().push(self.open.len());
        }
        self.open.push(OpenTag { tag: index, contains_block: false });
    }

    fn end(&mut self, index: usize) {
        let tag = &self.tags[index];
        let depth = Self::keys(tag).into_iter().flatten().find_map(|key| self.depth_of(key));
        let Some(depth) = depth else {
            self.report_unmatched_end(index);
            return;
        };
        self.close_above(depth + 1, index);
        let Some(open) = self.open.pop() else { return };
        let is_block = self.is_block_pair(&open, index);
        self.pairings[open.tag] = TagPairing { end: Some(TagEnd::At(index)), is_block };
        self.pairings[index].is_block = is_block;
        self.propagate_block(is_block);
    }

    /// Returns the index into `open` of the innermost open tag with this key.
    fn depth_of(&mut self, key: (Option<TagSyntax>, &'a str)) -> Option<usize> {
        let indexes = self.by_name.get_mut(&key)?;
        while let Some(depth) = indexes.pop() {
            let tag = self.open.get(depth).map(|open| &self.tags[open.tag]);
            if tag.is_some_and(|tag| Self::keys(tag).contains(&Some(key))) {
                return Some(depth);
            }
        }
        None
    }

    /// Closes the open tags from index `depth` on. Their content ends before the tag with index `before`.
    fn close_above(&mut self, depth: usize, before: usize) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { return };
            let tag = &self.tags[open.tag];
            let is_container = matches!(tag.syntax, TagSyntax::Container(_));
            let requires_end = is_container || shortcodes::is_paired(tag.name);
            // At the end of the body, only containers and items extend to the end: they contain paragraphs
            // by design.
            let extends_to_end = requires_end
                && !shortcodes::is_inline(tag.name)
                && (before < self.tags.len() || is_container || shortcodes::is_item(tag.name));
            let is_block = if extends_to_end { true } else { self.is_block_alone(open.tag) };
            self.pairings[open.tag] =
                TagPairing { end: extends_to_end.then_some(TagEnd::Before(before)), is_block };
            if requires_end {
                self.misnested.entry(tag.name).or_default().push(open.tag);
            }
            self.propagate_block(is_block || open.contains_block);
        }
    }

    fn propagate_block(&mut self, is_block: bool) {
        if is_block && let Some(parent) = self.open.last_mut() {
            parent.contains_block = true;
        }
    }

    fn report_unmatched_end(&mut self, index: usize) {
        let tag = &self.tags[index];
        self.pairings[index].is_block = tag.is_alone_on_line;
        let misnested = self.misnested.get_mut(tag.name).and_then(Vec::pop);
        let end = end_tag_text(tag);
        let kind = if misnested.is_some() {
            DiagnosticKind::MisnestedShortcode { end }
        } else {
            let open = self.open.iter().rev().take(8).map(|open| self.tags[open.tag].name);
            let nearest = nearest(tag.name, open).map(|name| format!("{{% end{name} %}}"));
            DiagnosticKind::UnmatchedEndTag {
                end,
                nearest: nearest.filter(|_| tag.syntax == TagSyntax::Shortcode),
            }
        };
        self.diagnostics.push((index, kind));
    }

    fn is_block_pair(&self, open: &OpenTag, end: usize) -> bool {
        let (first, last) = (&self.tags[open.tag], &self.tags[end]);
        if matches!(first.syntax, TagSyntax::Container(_)) || open.contains_block {
            return true;
        }
        let inside = first.range.end..last.range.start;
        let blank = self.blank_line_offsets.partition_point(|blank| *blank <= inside.start);
        let has_paragraphs = self.blank_line_offsets.get(blank).is_some_and(|blank| *blank < inside.end);
        if has_paragraphs {
            return true;
        }
        if shortcodes::is_inline(first.name) {
            first.is_alone_before(self.body)
                && last.is_alone_after(self.body)
                && self.is_surrounded_by_blank_lines(first.range.start, last.range.end)
        } else {
            first.is_alone_on_line || last.is_alone_on_line
        }
    }

    fn is_block_alone(&self, index: usize) -> bool {
        let tag = &self.tags[index];
        tag.is_alone_on_line
            && (!shortcodes::is_inline(tag.name)
                || self.is_surrounded_by_blank_lines(tag.range.start, tag.range.end))
    }

    /// Returns true if the lines before and after a range are blank or contain only tags.
    fn is_surrounded_by_blank_lines(&self, start: usize, end: usize) -> bool {
        let line_of = |offset: usize| self.line_starts.partition_point(|line| *line <= offset);
        let before = line_of(start).checked_sub(2).and_then(|line| self.line_starts.get(line));
        let after = self.line_starts.get(line_of(end.saturating_sub(1)));
        let is_empty = |line: &usize| {
            self.blank_line_offsets.binary_search(line).is_ok() || self.tag_lines.binary_search(line).is_ok()
        };
        before.is_none_or(is_empty) && after.is_none_or(is_empty)
    }
}

impl Tag<'_> {
    fn is_alone_before(&self, body: &str) -> bool {
        let before = body[..self.range.start].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n') || self.is_alone_on_line
    }

    fn is_alone_after(&self, body: &str) -> bool {
        let after = body[self.range.end..].trim_start_matches([' ', '\t', '\r']);
        after.is_empty() || after.starts_with('\n') || self.is_alone_on_line
    }
}

/// Returns the start tag that belongs to a tag, without arguments, for diagnostics.
fn start_tag_text(tag: &Tag<'_>) -> String {
    match tag.syntax {
        TagSyntax::Container(colons) => format!("{} {}", ":".repeat(colons.min(12)), tag.name),
        _ => format!("{{% {} %}}", tag.name),
    }
}

fn end_tag_text(tag: &Tag<'_>) -> String {
    match tag.syntax {
        TagSyntax::Container(colons) => ":".repeat(colons.min(12)),
        _ => format!("{{% end{} %}}", tag.name),
    }
}

fn line_starts(body: &str) -> Vec<usize> {
    let mut line_starts = vec![0];
    line_starts
        .extend(memchr_iter(b'\n', body.as_bytes()).map(|at| at + 1).filter(|start| *start < body.len()));
    line_starts
}

fn tag_lines(body: &str, tags: &[Tag<'_>]) -> Vec<usize> {
    let mut line_starts = Vec::new();
    let (mut line, mut offset) = (0, 0);
    for tag in tags.iter().filter(|tag| tag.is_alone_on_line) {
        if tag.range.start < offset {
            continue;
        }
        if let Some(at) = body[offset..tag.range.start].rfind('\n') {
            line = offset + at + 1;
        }
        offset = tag.range.end;
        if line_starts.last() != Some(&line) {
            line_starts.push(line);
        }
        // The last line of a tag over several lines contains only tags, too.
        if let Some(at) = body[tag.range.clone()].rfind('\n') {
            line = tag.range.start + at + 1;
            line_starts.push(line);
        }
    }
    line_starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::token::tokenize;

    /// Returns each start tag with the index of its end tag (`b` marks a block), and the diagnostic codes.
    fn paired(body: &str) -> (String, Vec<&'static str>) {
        let found = tokenize(body);
        let mut findings = Vec::new();
        let pairings = pair_tags(body, &found.tags, &|_| Position::line(1), &mut findings);
        let summary = found.tags.iter().zip(&pairings).filter(|(tag, _)| tag.kind == TagKind::Start).map(
            |(tag, pairing)| {
                let end = match pairing.end {
                    Some(TagEnd::At(index)) => index.to_string(),
                    Some(TagEnd::Before(index)) => format!("<{index}"),
                    None => String::new(),
                };
                format!("{}{end}{}", tag.name, if pairing.is_block { "b" } else { "" })
            },
        );
        (
            summary.collect::<Vec<_>>().join(" "),
            findings.iter().map(|finding| finding.kind.row().code).collect(),
        )
    }

    #[test]
    fn inline_pairs_are_not_blocks() {
        assert_eq!(paired("Voir {% link %}ici{% endlink %}.").0, "link1");
        assert_eq!(paired("{% link %}ici{% endlink %}\n").0, "link1b");
        assert_eq!(paired("Un\n{% link %}ici{% endlink %}\ndeux\n").0, "link1");
        assert_eq!(paired("a {% link %}b\n\nc{% endlink %} d").0, "link1b");
        assert_eq!(paired("a {% tip %}b{% endtip %} d").0, "tip1");
        assert_eq!(paired("{% wrapper %}\na{% endwrapper %}").0, "wrapper1b");
    }

    #[test]
    fn pairs_containing_a_block_are_blocks() {
        assert_eq!(paired("{% link %}{% image %}{% endlink %}\n").0, "link2b imageb");
        assert_eq!(paired("a {% link %}{% image %}{% endlink %}\n").0, "link2 image");
    }

    #[test]
    fn missing_end_tags_are_inferred() {
        assert_eq!(
            paired("{% grid %}\n{% gridItem %}\na\n{% gridItem %}\nb\n{% endgrid %}\n"),
            ("grid3b gridItem<2b gridItem<3b".to_owned(), vec!["SHORTCODE_UNCLOSED", "SHORTCODE_UNCLOSED"])
        );
        assert_eq!(paired("{% wrapper %}\na\n"), ("wrapperb".to_owned(), vec!["SHORTCODE_UNCLOSED"]));
        assert_eq!(paired("a {% link %}b\n"), ("link".to_owned(), vec!["SHORTCODE_UNCLOSED"]));
    }

    #[test]
    fn misnested_tags_are_reported_once() {
        assert_eq!(
            paired("{% wrapper %}\na\n{% grid %}\nb\n{% endwrapper %}\nc\n{% endgrid %}\n"),
            ("wrapper2b grid<2b".to_owned(), vec!["SHORTCODE_CROSSED"])
        );
        assert_eq!(paired("a {% endgrid %}\n").1, ["SHORTCODE_END_STRAY"]);
    }

    #[test]
    fn containers_close_by_colon_count_or_any_colons() {
        assert_eq!(paired(":::: a\n::: b\nx\n:::\n::::\n").0, "a3b b2b");
        assert_eq!(paired("::: a\n::: b\nx\n:::\n:::\n").0, "a3b b2b");
        assert_eq!(paired("::: a\nx\n::::\n").0, "a1b");
        assert_eq!(paired("::: a\nx\n"), ("a<1b".to_owned(), vec!["SHORTCODE_UNCLOSED"]));
        assert_eq!(paired("x\n:::\n").1, ["SHORTCODE_END_STRAY"]);
    }
}
