//! Finds references to footnotes and labels of links in Markdown, outside code.

use std::ops::Range;

use super::code_lines::CodeLines;
use super::code_spans::{CodeSpans, is_escaped};
use super::definition_line::normalize_label;
use super::token::line_end;

/// A reference `[^name]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoteReference {
    /// Byte range in the text.
    pub(super) range: Range<usize>,
    /// Normalized name.
    pub(super) name: String,
}

/// Maximum length of the name of a footnote in bytes. It bounds the search for the closing bracket.
const MAX_NAME_BYTES: usize = 200;

/// Returns the references to footnotes of a text, in order.
pub(super) fn note_references(text: &str) -> Vec<NoteReference> {
    let mut references = Vec::new();
    if !text.contains("[^") {
        return references;
    }
    for_each_outside_code(text, &mut |at| {
        let rest = &text[at..];
        let inside = rest.strip_prefix("[^")?;
        let length =
            inside.bytes().take(MAX_NAME_BYTES).position(|byte| matches!(byte, b']' | b'[' | b'\n'))?;
        let name = &inside[..length];
        let is_name = inside[length..].starts_with(']') && !name.trim().is_empty() && !name.contains('^');
        let range = at..at + length + 3;
        // `[^name](address)` is a link.
        if !is_name || text[range.end..].starts_with('(') {
            return None;
        }
        let end = range.end;
        references.push(NoteReference { range, name: normalize_label(name) });
        Some(end)
    });
    references
}

/// Returns the normalized labels in brackets of a text. Some of them are no labels of links.
pub(super) fn link_labels(text: &str) -> Vec<String> {
    let mut labels = Vec::new();
    for_each_outside_code(text, &mut |at| {
        let inside = text[at..].strip_prefix('[')?;
        let length = inside.bytes().take(999).position(|byte| matches!(byte, b']' | b'['))?;
        if inside[length..].starts_with(']') {
            labels.push(normalize_label(&inside[..length]));
        }
        None
    });
    labels
}

/// Calls `visit` for each `[` outside code. `visit` returns the offset at which the scan continues.
pub(super) fn for_each_outside_code(text: &str, visit: &mut impl FnMut(usize) -> Option<usize>) {
    let spans = CodeSpans::new(text);
    let mut code = CodeLines::new(text);
    let mut offset = 0;
    while offset < text.len() {
        let mut end = line_end(text, offset);
        if code.consume_line(offset, &text[offset..end]) {
            offset = end;
            continue;
        }
        let mut at = offset;
        while let Some(found) = memchr::memchr2(b'[', b'`', &text.as_bytes()[at..end]) {
            let start = at + found;
            at = if text.as_bytes()[start] == b'`' {
                spans.span_end(text, start)
            } else if is_escaped(text, start) {
                start + 1
            } else {
                visit(start).unwrap_or(start + 1)
            };
            if at > end {
                end = if at == text.len() { at } else { line_end(text, at) };
            }
        }
        offset = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_outside_code_are_found() {
        let names =
            |text: &str| note_references(text).into_iter().map(|found| found.name).collect::<Vec<_>>();
        assert_eq!(names("a[^1] b[^La Note], `[^c]` \\[^d] [^e](/f)"), ["1", "la note"]);
        assert_eq!(names("```\n[^a]\n```\n[^b]"), ["b"]);
        assert_eq!(names("<pre>\n[^a]\n</pre>\n[^b]\n\n    [^c]\n"), ["b"]);
        assert_eq!(names("[^a\nb] [^[c]]"), Vec::<String>::new());
        assert_eq!(link_labels("[a][B  c] `[d]`"), ["a", "b c"]);
    }
}
