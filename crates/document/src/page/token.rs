//! The shortcodes of a body, and where they stand.

use std::ops::Range;

use super::fence::Fence;

/// A shortcode's tag: `{% name … %}` or `{% endname %}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name, without `end`.
    pub(super) name: &'a str,
    /// Whether it opens or ends.
    pub(super) role: TagRole,
    /// What stands between the name and `%}`.
    pub(super) arguments: &'a str,
    /// Where the tag stands in the body, in bytes.
    pub(super) range: Range<usize>,
    /// Whether its lines hold nothing but tags: it is a block, not a part of a sentence.
    pub(super) is_block: bool,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagRole {
    /// Opens a shortcode, which may have no end.
    Open,
    /// Ends one.
    End,
}

/// The tags of a body, in order, and the offsets at which a `{%` has no `%}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags<'a> {
    pub(super) tags: Vec<Tag<'a>>,
    pub(super) broken: Vec<usize>,
}

const OPEN: &str = "{%";
const CLOSE: &str = "%}";

/// Finds the tags. Those in fenced code are text.
pub(super) fn tags(body: &str) -> Tags<'_> {
    let mut found = Tags::default();
    let mut offset = 0;
    // Where the line ends that the offset is on: a long line is measured once, not once a tag.
    let mut end = 0;
    let mut fence = Fence::default();
    while offset < body.len() {
        let is_next = offset >= end;
        // After a tag of several lines the offset is in the middle of one.
        let is_whole = is_next && (offset == 0 || body[..offset].ends_with('\n'));
        if is_next {
            end = body[offset..].find('\n').map_or(body.len(), |at| offset + at + 1);
        }
        let line = &body[offset..end];
        let is_code = is_whole && fence.takes(line);
        let open = if is_code { None } else { line.find(OPEN) };
        let Some(at) = open.map(|at| offset + at) else {
            offset = end;
            continue;
        };
        match tag(body, at) {
            Some(tag) => {
                offset = tag.range.end;
                found.tags.push(tag);
            }
            None => {
                found.broken.push(at);
                offset = at + OPEN.len();
            }
        }
    }
    mark_blocks(body, &mut found.tags);
    found
}

fn tag(body: &str, at: usize) -> Option<Tag<'_>> {
    let inside = at + OPEN.len();
    let end = quoted_end(body, inside).or_else(|| plain_end(body, inside))?;
    let content = body[inside..end].trim();
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
    Some(Tag { name, role, arguments: arguments.trim(), range: at..end + CLOSE.len(), is_block: false })
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '-'
}

/// The `%}` after `from` that stands in no string. Strings have no line breaks: where one does, a quote is missing.
/// A single quote opens a string only where a value can begin: elsewhere it is an apostrophe.
fn quoted_end(body: &str, from: usize) -> Option<usize> {
    let bytes = body.as_bytes();
    let mut quote = None;
    let mut before = b' ';
    let mut at = from;
    while at < bytes.len() {
        let byte = bytes[at];
        match (quote, byte) {
            (Some(_), b'\\') => at += 1,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), b'\n') => return None,
            (None, b'"') => quote = Some(byte),
            (None, b'\'') if b"=[{,:".contains(&before) => quote = Some(byte),
            (None, b'%') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            (None, b'{') if bytes.get(at + 1) == Some(&b'%') => return None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        at += 1;
    }
    None
}

/// The first `%}` after `from`, before any other tag begins.
fn plain_end(body: &str, from: usize) -> Option<usize> {
    // Looking no further than the next tag keeps a body of nothing but `{%` linear.
    let next = body[from..].find(OPEN).map_or(body.len(), |at| from + at);
    body[from..next].find(CLOSE).map(|at| from + at)
}

fn mark_blocks(body: &str, tags: &mut [Tag<'_>]) {
    let mut first = 0;
    while first < tags.len() {
        // Tags that follow each other on one line stand or fall together.
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
                tag.is_block = true;
            }
        }
        first = last + 1;
    }
}

fn is_blank_on_line(text: &str) -> bool {
    text.chars().all(|character| character == ' ' || character == '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(body: &str) -> Vec<(&str, bool)> {
        tags(body).tags.into_iter().map(|tag| (tag.name, tag.is_block)).collect()
    }

    #[test]
    fn a_tag_alone_on_its_line_is_a_block() {
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
    fn a_missing_quote_costs_one_tag_only() {
        assert_eq!(
            names("{% image src=\"a %}\n\n{% image src=\"b\" %}\n"),
            [("image", true), ("image", true)]
        );
        assert_eq!(tags("a {% b c\n\nd {% e %}").broken, [2]);
    }

    #[test]
    fn code_is_text() {
        assert_eq!(names("```\n{% image %}\n```\n{% icon %}\n"), [("icon", true)]);
        assert_eq!(names("~~~~\n~~~\n{% image %}\n~~~~\n"), []);
        assert_eq!(names("a {% icon %} ~~~ b\n\n{% image %}\n"), [("icon", false), ("image", true)]);
    }
}
