//! Finds the tags of the site builder in a body: shortcodes, containers and comments.

use std::collections::HashSet;

use memchr::{memchr, memchr3};

use super::code_fence::CodeFence;
use super::code_spans::{CodeSpans, is_escaped};
use super::embed;
use super::hidden::expression_tag;
use super::indented_code::IndentedCode;
use super::tag::{TAG_START, Tag, TagKind, TagSyntax, Tags};
use super::tokenizer::Tokenizer;
use crate::markdown::attributes;

const TAG_END: &str = "%}";
const COMMENT_START: &str = "{#";
const COMMENT_END: &str = "#}";
/// Base of the scan budget in bytes. The budget keeps the time linear for a body in which every quote is
/// missing: without it, each tag would be searched up to the end of the body.
const BASE_SCAN_BUDGET: usize = 64 * 1024;

/// Finds the tags of a body. Tags in code, in `<pre>` and in comments are no tags.
pub(super) fn tokenize(body: &str) -> Tags<'_> {
    let mut tokenizer = Tokenizer {
        body,
        spans: CodeSpans::new(body),
        found: Tags::default(),
        no_end_before: 0,
        no_comment_end_before: 0,
        scan_budget: BASE_SCAN_BUDGET + 2 * body.len(),
        missing_ends: HashSet::new(),
    };
    let mut fence = CodeFence::default();
    let mut indented = IndentedCode::new(body);
    let mut offset = 0;
    while offset < body.len() {
        let end = line_end(body, offset);
        let line = &body[offset..end];
        if fence.consume_line(line) || indented.consume_line(line) {
            offset = end;
        } else if let Some(tag) = parse_container_line(line, offset) {
            indented.note_tag(&tag);
            tokenizer.found.tags.push(tag);
            offset = end;
        } else if let Some(tag) = embed::lone_address(body, offset..end) {
            tokenizer.found.tags.push(tag);
            offset = end;
        } else {
            let first = tokenizer.found.tags.len();
            offset = tokenizer.scan_line(offset, end);
            tokenizer.found.tags[first..].iter().for_each(|tag| indented.note_tag(tag));
        }
    }
    let mut found = tokenizer.found;
    flag_tags_alone_on_line(body, &mut found.tags);
    found
}

pub(super) fn line_end(body: &str, offset: usize) -> usize {
    memchr(b'\n', &body.as_bytes()[offset..]).map_or(body.len(), |at| offset + at + 1)
}

impl<'a> Tokenizer<'a> {
    /// Finds the tags that start on a line. Returns the start of the first line after all of these tags.
    fn scan_line(&mut self, from: usize, mut end: usize) -> usize {
        let mut at = from;
        while let Some(found) = memchr3(b'`', b'{', b'<', &self.body.as_bytes()[at..end]) {
            let start = at + found;
            at = match self.body.as_bytes()[start] {
                b'`' => self.spans.span_end(self.body, start),
                _ if is_escaped(self.body, start) => start + 1,
                b'<' => self.scan_angle(start),
                _ => self.scan_brace(start),
            };
            if at > end {
                // The tag ends on a later line. The rest of that line is scanned, too.
                end = if at == self.body.len() { at } else { line_end(self.body, at) };
            }
        }
        end
    }

    /// Parses the tag that starts with the `{` at an offset. Returns the offset at which the scan continues.
    fn scan_brace(&mut self, at: usize) -> usize {
        let rest = &self.body[at..];
        if rest.starts_with(TAG_START) {
            match self.shortcode(at) {
                Some(tag) => {
                    let tag = self.with_hidden_content(tag);
                    let end = tag.range.end;
                    self.found.tags.push(tag);
                    return end;
                }
                None => self.found.unterminated.push(at),
            }
            return at + TAG_START.len();
        }
        if rest.starts_with(COMMENT_START)
            && let Some(length) = self.comment_length(at)
        {
            self.found.tags.push(Tag::comment(at..at + length));
            return at + length;
        }
        if let Some(tag) = expression_tag(self.body, at) {
            let end = tag.range.end;
            self.found.tags.push(tag);
            return end;
        }
        at + 1
    }

    fn shortcode(&mut self, at: usize) -> Option<Tag<'a>> {
        let inside = at + TAG_START.len();
        let end = self.find_end_outside_strings(inside).or_else(|| self.find_end_ignoring_strings(inside))?;
        let content = self.body[inside..end].trim();
        let content = content.trim_start_matches('-').trim_end_matches('-').trim();
        let length = content.find(|character: char| !is_name_char(character)).unwrap_or(content.len());
        let (name, arguments) = content.split_at(length);
        if name.is_empty() {
            return None;
        }
        let (name, kind) = match name.strip_prefix("end").filter(|rest| !rest.is_empty()) {
            Some(rest) => (rest, TagKind::End),
            None => (name, TagKind::Start),
        };
        let range = at..end + TAG_END.len();
        let arguments = arguments.trim();
        Some(Tag { name, kind, syntax: TagSyntax::Shortcode, arguments, range, is_alone_on_line: false })
    }

    /// Returns the length of a comment in bytes.
    ///
    /// `None` without an end within the limit, so that a missing `#}` does not remove the rest of the page,
    /// and for an attribute block such as `{#name}`.
    fn comment_length(&mut self, at: usize) -> Option<usize> {
        /// Maximum length of a comment. A longer one is plain text.
        const MAX_COMMENT_BYTES: usize = 4_096;
        let rest = &self.body[at..];
        if attributes::parse(rest).is_some() {
            return None;
        }
        let bytes = self.body.as_bytes();
        let limit = bytes.len().min(at + MAX_COMMENT_BYTES);
        // The bytes before `no_comment_end_before` were already searched.
        let from = self.no_comment_end_before.max(at + COMMENT_START.len());
        let window = bytes.get(from..limit).unwrap_or_default();
        let Some(end) = window.windows(2).position(|pair| pair == COMMENT_END.as_bytes()) else {
            self.no_comment_end_before = limit.saturating_sub(1).max(from);
            return None;
        };
        let inside = &self.body[at + COMMENT_START.len()..from + end];
        (!inside.contains(COMMENT_START)).then_some(from + end + COMMENT_END.len() - at)
    }

    /// Returns the offset of the next `%}` outside strings.
    ///
    /// Strings contain no line breaks: a line break inside a string means that a quote is missing. A single
    /// quote starts a string only where a value can start; elsewhere it is an apostrophe.
    fn find_end_outside_strings(&mut self, from: usize) -> Option<usize> {
        let bytes = self.body.as_bytes();
        let limit = bytes.len().min(from.saturating_add(self.scan_budget));
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
        self.scan_budget -= (at - from).min(self.scan_budget);
        None
    }

    /// Returns the offset of the next `%}` in the paragraph, before the next `{%`. Beyond these, the `%}`
    /// belongs to another tag.
    fn find_end_ignoring_strings(&mut self, from: usize) -> Option<usize> {
        if from < self.no_end_before {
            return None;
        }
        let rest = &self.body[from..];
        let next = rest.find(TAG_START).unwrap_or(rest.len());
        let next = rest[..next].find("\n\n").unwrap_or(next);
        let end = rest[..next].find(TAG_END).map(|at| from + at);
        if end.is_none() {
            self.no_end_before = from + next;
        }
        end
    }
}

fn is_name_char(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '-'
}

/// Parses a line that starts with three or more colons. With a name it is a start tag, without one an end
/// tag.
fn parse_container_line(line: &str, offset: usize) -> Option<Tag<'_>> {
    let text = line.trim_start_matches([' ', '\t']);
    let colons = text.bytes().take_while(|byte| *byte == b':').count();
    if colons < 3 {
        return None;
    }
    let start = offset + (line.len() - text.len());
    let rest = text[colons..].trim();
    // Some editors repeat the colons at the end of the start tag: `::: box :::`.
    let rest = rest.trim_end_matches(':').trim_end();
    let length = rest.find(|character: char| !is_name_char(character)).unwrap_or(rest.len());
    let (name, arguments) = rest.split_at(length);
    let arguments = arguments.trim();
    let kind = if rest.is_empty() { TagKind::End } else { TagKind::Start };
    let range = start..offset + line.trim_end().len().max(line.len() - text.len());
    Some(Tag { name, kind, syntax: TagSyntax::Container(colons), arguments, range, is_alone_on_line: true })
}

fn flag_tags_alone_on_line(body: &str, tags: &mut [Tag<'_>]) {
    let mut first = 0;
    while first < tags.len() {
        // Adjacent tags on one line are either all alone on it or none of them is.
        let mut last = first;
        while last + 1 < tags.len()
            && is_horizontal_space(&body[tags[last].range.end..tags[last + 1].range.start])
        {
            last += 1;
        }
        let before = body[..tags[first].range.start].trim_end_matches([' ', '\t']);
        let after = body[tags[last].range.end..].trim_start_matches([' ', '\t', '\r']);
        let is_alone_on_line =
            (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'));
        if is_alone_on_line {
            for tag in &mut tags[first..=last] {
                tag.is_alone_on_line = true;
            }
        }
        first = last + 1;
    }
}

fn is_horizontal_space(text: &str) -> bool {
    text.chars().all(|character| character == ' ' || character == '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(body: &str) -> Vec<(&str, bool)> {
        tokenize(body).tags.into_iter().map(|tag| (tag.name, tag.is_alone_on_line)).collect()
    }

    #[test]
    fn tags_alone_on_a_line_are_flagged() {
        assert_eq!(names("{% image src=\"a\" %}\n"), [("image", true)]);
        assert_eq!(names("Voir {% link url=\"a\" %}ici{% endlink %}."), [("link", false), ("link", false)]);
        assert_eq!(
            names("{% link url=\"a\" %}{% image src=\"b\" %}{% endlink %}\n"),
            [("link", true), ("image", true), ("link", true),]
        );
    }

    #[test]
    fn strings_can_contain_the_tag_end() {
        let found = tokenize("{% section blocks=[{\"value\":\"a %} b\"}] %}");
        assert_eq!(found.tags[0].arguments, "blocks=[{\"value\":\"a %} b\"}]");
        assert_eq!(
            tokenize("{% image src='a %}.png', alt='l’été' %}").tags[0].arguments,
            "src='a %}.png', alt='l’été'"
        );
        assert_eq!(names("{% image alt=d'été %}\n"), [("image", true)]);
    }

    #[test]
    fn a_missing_quote_or_end_affects_one_tag() {
        assert_eq!(
            names("{% image src=\"a %}\n\n{% image src=\"b\" %}\n"),
            [("image", true), ("image", true)]
        );
        assert_eq!(tokenize("a {% b c\n\nd {% e %}").unterminated, [2]);
        assert_eq!(tokenize("a {% b c\n\nd %} e").unterminated, [2]);
    }

    #[test]
    fn tags_in_code_are_ignored() {
        assert_eq!(names("```\n{% image %}\n```\n{% icon %}\n"), [("icon", true)]);
        assert_eq!(names("~~~~\n~~~\n{% image %}\n~~~~\n"), []);
        assert_eq!(names("a {% icon %} ~~~ b\n\n{% image %}\n"), [("icon", false), ("image", true)]);
        assert_eq!(names("`{% a %}` ``{% b %} ` {% c %}`` {% d %} `{% e %}\n"), [("d", false), ("e", false)]);
        assert_eq!(names("a ` b\n\n{% c %} `\n"), [("c", false)]);
        assert_eq!(names("a \\`{% b %}`\n"), [("b", false)]);
        assert_eq!(names("- x\n\n      ```\n      {% a %}\n      ```\n"), []);
    }

    #[test]
    fn container_tags_have_colons_and_a_name() {
        let found = tokenize("::::: box {.a}\n::: \n:: b\ntexte :::\n```\n:::\n```\n");
        let summary = |tag: &Tag<'_>| (tag.name.to_owned(), tag.kind, tag.syntax, tag.arguments.to_owned());
        assert_eq!(
            found.tags.iter().map(summary).collect::<Vec<_>>(),
            [
                ("box".to_owned(), TagKind::Start, TagSyntax::Container(5), "{.a}".to_owned()),
                (String::new(), TagKind::End, TagSyntax::Container(3), String::new()),
            ]
        );
    }

    #[test]
    fn comments_are_tags_of_limited_length() {
        assert_eq!(names("a {# b {% c %} #} d\n"), [("comment", false)]);
        assert_eq!(names("a {# b {% c %}\n"), [("c", false)]);
    }
}
