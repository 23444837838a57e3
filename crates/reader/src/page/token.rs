//! The marks of the site builder in a body, and where they stand: shortcodes, containers, comments.

use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2};

use super::fence::Fence;
use crate::markdown::attributes;

/// A mark: `{% name … %}`, `{% endname %}`, `::: name`, `:::`, `{# … #}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name, without `end`.
    pub(super) name: &'a str,
    /// What it does.
    pub(super) role: TagRole,
    /// Whether it is a shortcode's, or of how many colons.
    pub(super) dialect: Dialect,
    /// What stands between the name and the end of the mark.
    pub(super) arguments: &'a str,
    /// Where the mark stands in the body, in bytes.
    pub(super) range: Range<usize>,
    /// Whether its lines hold nothing but marks.
    pub(super) is_alone: bool,
}

/// What a mark does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagRole {
    /// Opens something, which may have no end.
    Open,
    /// Ends it.
    End,
}

/// Which syntax a mark is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Dialect {
    /// `{% … %}`.
    Shortcode,
    /// `:::`, with this many colons.
    Container(usize),
    /// `{# … #}`: what the editor says to other editors.
    Comment,
}

/// The marks of a body, in order, and the offsets at which a `{%` has no `%}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags<'a> {
    pub(super) tags: Vec<Tag<'a>>,
    pub(super) broken: Vec<usize>,
}

const OPEN: &str = "{%";
const CLOSE: &str = "%}";
const COMMENT_OPEN: &str = "{#";
const COMMENT_CLOSE: &str = "#}";
/// A body whose quotes are all forgotten is not looked through once a quote.
const PATIENCE: usize = 64 * 1024;

/// Finds the marks. Those in fenced code and in code spans are text.
pub(super) fn tags(body: &str) -> Tags<'_> {
    let mut scanner = Scanner {
        body,
        spans: CodeSpans::new(body),
        found: Tags::default(),
        plain_from: 0,
        comments_from: 0,
        patience: PATIENCE + 2 * body.len(),
    };
    let mut fence = Fence::default();
    let mut offset = 0;
    while offset < body.len() {
        let end = line_end(body, offset);
        let line = &body[offset..end];
        if fence.takes(line) {
            offset = end;
        } else if let Some(tag) = container(line, offset) {
            scanner.found.tags.push(tag);
            offset = end;
        } else {
            offset = scanner.line(offset, end);
        }
    }
    let mut found = scanner.found;
    mark_alone(body, &mut found.tags);
    found
}

fn line_end(body: &str, offset: usize) -> usize {
    memchr(b'\n', &body.as_bytes()[offset..]).map_or(body.len(), |at| offset + at + 1)
}

struct Scanner<'a> {
    body: &'a str,
    spans: CodeSpans,
    found: Tags<'a>,
    /// No `%}` closes a `{%` before this offset: what was looked through once is not looked through again.
    plain_from: usize,
    /// No `#}` stands before this offset.
    comments_from: usize,
    /// How many bytes may still be looked through in vain for the end of a mark with strings in it.
    patience: usize,
}

impl<'a> Scanner<'a> {
    /// Finds the marks that begin on a line. Returns the start of the first line after it that none of them reaches into.
    fn line(&mut self, from: usize, mut end: usize) -> usize {
        let mut at = from;
        while let Some(found) = memchr2(b'`', b'{', &self.body.as_bytes()[at..end]) {
            let start = at + found;
            at = if self.body.as_bytes()[start] == b'`' {
                self.spans.after(self.body, start)
            } else {
                self.mark(start)
            };
            if at > end {
                // It ends on another line, whose rest is looked at too.
                end = if at == self.body.len() { at } else { line_end(self.body, at) };
            }
        }
        end
    }

    /// The mark that a `{` begins, if it begins one; the offset to go on at.
    fn mark(&mut self, at: usize) -> usize {
        let rest = &self.body[at..];
        if rest.starts_with(OPEN) {
            match self.shortcode(at) {
                Some(tag) => {
                    let end = tag.range.end;
                    self.found.tags.push(tag);
                    return end;
                }
                None => self.found.broken.push(at),
            }
            return at + OPEN.len();
        }
        if rest.starts_with(COMMENT_OPEN)
            && let Some(length) = self.comment_length(at)
        {
            self.found.tags.push(Tag {
                name: "comment",
                role: TagRole::Open,
                dialect: Dialect::Comment,
                arguments: "",
                range: at..at + length,
                is_alone: false,
            });
            return at + length;
        }
        at + 1
    }

    fn shortcode(&mut self, at: usize) -> Option<Tag<'a>> {
        let inside = at + OPEN.len();
        let end = self.quoted_end(inside).or_else(|| self.plain_end(inside))?;
        let content = self.body[inside..end].trim();
        let content = content.trim_start_matches('-').trim_end_matches('-').trim();
        let length = content.find(|character: char| !is_name(character)).unwrap_or(content.len());
        let (name, arguments) = content.split_at(length);
        if name.is_empty() {
            return None;
        }
        let (name, role) = match name.strip_prefix("end").filter(|rest| !rest.is_empty()) {
            Some(rest) => (rest, TagRole::End),
            None => (name, TagRole::Open),
        };
        let range = at..end + CLOSE.len();
        let arguments = arguments.trim();
        Some(Tag { name, role, dialect: Dialect::Shortcode, arguments, range, is_alone: false })
    }

    /// The length of a comment. A forgotten end must not swallow the page, and `{#name}` after a heading is no comment.
    fn comment_length(&mut self, at: usize) -> Option<usize> {
        /// A comment that is longer than this is text.
        const LONGEST: usize = 4_096;
        let rest = &self.body[at..];
        if attributes::parse(rest).is_some() {
            return None;
        }
        let bytes = self.body.as_bytes();
        let limit = bytes.len().min(at + LONGEST);
        // What was looked through once is not looked through again.
        let from = self.comments_from.max(at + COMMENT_OPEN.len());
        let window = bytes.get(from..limit).unwrap_or_default();
        let Some(end) = window.windows(2).position(|pair| pair == COMMENT_CLOSE.as_bytes()) else {
            self.comments_from = limit.saturating_sub(1).max(from);
            return None;
        };
        let inside = &self.body[at + COMMENT_OPEN.len()..from + end];
        (!inside.contains(COMMENT_OPEN)).then_some(from + end + COMMENT_CLOSE.len() - at)
    }

    /// The `%}` after `from` that stands in no string. Strings have no line breaks: where one does, a quote is missing.
    /// A single quote opens a string only where a value can begin: elsewhere it is an apostrophe.
    fn quoted_end(&mut self, from: usize) -> Option<usize> {
        let bytes = self.body.as_bytes();
        let limit = bytes.len().min(from.saturating_add(self.patience));
        let mut quote = None;
        let mut before = b' ';
        let mut at = from;
        while at < limit {
            let byte = bytes[at];
            match (quote, byte) {
                (Some(_), b'\\') => at += 1,
                (Some(open), _) if byte == open => quote = None,
                (Some(_), b'\n') => break,
                (None, b'"') => quote = Some(byte),
                (None, b'\'') if b"=[{,:".contains(&before) => quote = Some(byte),
                (None, b'%') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
                (None, b'{') if bytes.get(at + 1) == Some(&b'%') => break,
                (None, b'\n') if bytes.get(at + 1) == Some(&b'\n') => break,
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                before = byte;
            }
            at += 1;
        }
        self.patience -= (at - from).min(self.patience);
        None
    }

    /// The first `%}` after `from`, before any other mark begins and on no later paragraph: there a `%}` was forgotten.
    fn plain_end(&mut self, from: usize) -> Option<usize> {
        if from < self.plain_from {
            return None;
        }
        let rest = &self.body[from..];
        let next = rest.find(OPEN).unwrap_or(rest.len());
        let next = rest[..next].find("\n\n").unwrap_or(next);
        let end = rest[..next].find(CLOSE).map(|at| from + at);
        if end.is_none() {
            self.plain_from = from + next;
        }
        end
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '-'
}

/// A line of three colons or more: with a name it opens a container, bare it ends one.
fn container(line: &str, offset: usize) -> Option<Tag<'_>> {
    let text = line.trim_start_matches([' ', '\t']);
    let colons = text.bytes().take_while(|byte| *byte == b':').count();
    if colons < 3 {
        return None;
    }
    let start = offset + (line.len() - text.len());
    let rest = text[colons..].trim();
    // `::: box :::` is how some write the opening.
    let rest = rest.trim_end_matches(':').trim_end();
    let length = rest.find(|character: char| !is_name(character)).unwrap_or(rest.len());
    let (name, arguments) = rest.split_at(length);
    let arguments = arguments.trim();
    let role = if rest.is_empty() { TagRole::End } else { TagRole::Open };
    let range = start..offset + line.trim_end().len().max(line.len() - text.len());
    Some(Tag { name, role, dialect: Dialect::Container(colons), arguments, range, is_alone: true })
}

fn mark_alone(body: &str, tags: &mut [Tag<'_>]) {
    let mut first = 0;
    while first < tags.len() {
        // Marks that follow each other on one line stand or fall together.
        let mut last = first;
        while last + 1 < tags.len()
            && is_blank_on_line(&body[tags[last].range.end..tags[last + 1].range.start])
        {
            last += 1;
        }
        let before = body[..tags[first].range.start].trim_end_matches([' ', '\t']);
        let after = body[tags[last].range.end..].trim_start_matches([' ', '\t', '\r']);
        let is_alone =
            (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'));
        if is_alone {
            for tag in &mut tags[first..=last] {
                tag.is_alone = true;
            }
        }
        first = last + 1;
    }
}

fn is_blank_on_line(text: &str) -> bool {
    text.chars().all(|character| character == ' ' || character == '\t')
}

/// The runs of backticks of a body, and which run closes which (`CommonMark`, section 6.1).
struct CodeSpans {
    /// The start and length of each run, and the next run of its length.
    runs: Vec<(usize, usize, Option<usize>)>,
    blank_lines: Vec<usize>,
}

impl CodeSpans {
    fn new(body: &str) -> Self {
        let mut runs: Vec<(usize, usize, Option<usize>)> = Vec::new();
        for at in memchr_iter(b'`', body.as_bytes()) {
            match runs.last_mut() {
                Some((start, length, _)) if *start + *length == at => *length += 1,
                _ => runs.push((at, 1, None)),
            }
        }
        let mut next: HashMap<usize, usize> = HashMap::new();
        for index in (0..runs.len()).rev() {
            let length = runs[index].1;
            runs[index].2 = next.insert(length, index);
        }
        Self { runs, blank_lines: blank_lines(body) }
    }

    /// The offset after the code span that the run at an offset opens; after the run where it opens none.
    fn after(&self, body: &str, at: usize) -> usize {
        let Ok(index) = self.runs.binary_search_by_key(&at, |(start, ..)| *start) else { return at + 1 };
        let (start, length, next) = self.runs[index];
        let escapes = body[..start].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if escapes % 2 == 1 {
            return start + 1;
        }
        let paragraph_end = self.blank_lines.partition_point(|blank| *blank < start);
        let limit = self.blank_lines.get(paragraph_end).copied().unwrap_or(body.len());
        let closing = next.map(|next| self.runs[next]).filter(|(closing, ..)| *closing < limit);
        closing.map_or(start + length, |(closing, length, _)| closing + length)
    }
}

/// The offsets of the lines that have nothing on them.
pub(super) fn blank_lines(body: &str) -> Vec<usize> {
    let mut blank = Vec::new();
    let mut offset = 0;
    for line in body.split_inclusive('\n') {
        if line.trim().is_empty() {
            blank.push(offset);
        }
        offset += line.len();
    }
    blank
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(body: &str) -> Vec<(&str, bool)> {
        tags(body).tags.into_iter().map(|tag| (tag.name, tag.is_alone)).collect()
    }

    #[test]
    fn a_mark_alone_on_its_line_is_told_from_one_in_a_sentence() {
        assert_eq!(names("{% image src=\"a\" %}\n"), [("image", true)]);
        assert_eq!(names("Voir {% link url=\"a\" %}ici{% endlink %}."), [("link", false), ("link", false)]);
        assert_eq!(
            names("{% link url=\"a\" %}{% image src=\"b\" %}{% endlink %}\n"),
            [("link", true), ("image", true), ("link", true),]
        );
    }

    #[test]
    fn a_string_may_hold_the_end_of_a_tag() {
        let found = tags("{% section blocks=[{\"value\":\"a %} b\"}] %}");
        assert_eq!(found.tags[0].arguments, "blocks=[{\"value\":\"a %} b\"}]");
        assert_eq!(
            tags("{% image src='a %}.png', alt='l’été' %}").tags[0].arguments,
            "src='a %}.png', alt='l’été'"
        );
        assert_eq!(names("{% image alt=d'été %}\n"), [("image", true)]);
    }

    #[test]
    fn a_missing_quote_or_end_costs_one_tag_only() {
        assert_eq!(
            names("{% image src=\"a %}\n\n{% image src=\"b\" %}\n"),
            [("image", true), ("image", true)]
        );
        assert_eq!(tags("a {% b c\n\nd {% e %}").broken, [2]);
        assert_eq!(tags("a {% b c\n\nd %} e").broken, [2]);
    }

    #[test]
    fn code_is_text() {
        assert_eq!(names("```\n{% image %}\n```\n{% icon %}\n"), [("icon", true)]);
        assert_eq!(names("~~~~\n~~~\n{% image %}\n~~~~\n"), []);
        assert_eq!(names("a {% icon %} ~~~ b\n\n{% image %}\n"), [("icon", false), ("image", true)]);
        assert_eq!(names("`{% a %}` ``{% b %} ` {% c %}`` {% d %} `{% e %}\n"), [("d", false), ("e", false)]);
        assert_eq!(names("a ` b\n\n{% c %} `\n"), [("c", false)]);
        assert_eq!(names("a \\`{% b %}`\n"), [("b", false)]);
        assert_eq!(names("- x\n\n      ```\n      {% a %}\n      ```\n"), []);
    }

    #[test]
    fn containers_have_colons_and_a_name() {
        let found = tags("::::: box {.a}\n::: \n:: b\ntexte :::\n```\n:::\n```\n");
        let sketch = |tag: &Tag<'_>| (tag.name.to_owned(), tag.role, tag.dialect, tag.arguments.to_owned());
        assert_eq!(
            found.tags.iter().map(sketch).collect::<Vec<_>>(),
            [
                ("box".to_owned(), TagRole::Open, Dialect::Container(5), "{.a}".to_owned()),
                (String::new(), TagRole::End, Dialect::Container(3), String::new()),
            ]
        );
    }

    #[test]
    fn comments_are_marks_and_end_nearby() {
        assert_eq!(names("a {# b {% c %} #} d\n"), [("comment", false)]);
        assert_eq!(names("a {# b {% c %}\n"), [("c", false)]);
    }
}
