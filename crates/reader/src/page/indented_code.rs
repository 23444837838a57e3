//! Tracks indented code blocks line by line (`CommonMark`, section 4.4). Tags in code are plain text.
//!
//! Content between the tags of a shortcode or container is often indented like its tag, so it is never
//! indented code here.

use std::collections::HashSet;

use super::tag::{TAG_START, Tag, TagKind, TagSyntax};

/// Indentation of code in columns.
const CODE_INDENT: usize = 4;
/// Width of a tab stop in columns.
const TAB_WIDTH: usize = 4;

/// State of a scan over the lines of a text, from top to bottom.
#[derive(Debug)]
pub(super) struct IndentedCode<'a> {
    /// Names of shortcodes with an end tag somewhere in the body.
    paired: HashSet<&'a str>,
    /// Number of open paired shortcodes and containers.
    depth: usize,
    /// Columns at which the content of the enclosing list items starts, outermost first.
    items: Vec<usize>,
    is_after_blank: bool,
    is_code: bool,
}

impl<'a> IndentedCode<'a> {
    /// Starts at the first line of a body.
    pub(super) fn new(body: &'a str) -> Self {
        let end_names = body.split(TAG_START).skip(1).filter_map(|rest| {
            let name = rest.trim_start_matches(['-', ' ', '\t']).strip_prefix("end")?;
            let end = name
                .find(|character: char| !character.is_alphanumeric() && character != '_' && character != '-');
            Some(&name[..end.unwrap_or(name.len())])
        });
        Self {
            paired: end_names.collect(),
            depth: 0,
            items: Vec::new(),
            is_after_blank: true,
            is_code: false,
        }
    }

    /// Processes the next line. Returns true if it is indented code.
    pub(super) fn consume_line(&mut self, line: &str) -> bool {
        let text = line.trim_start_matches([' ', '\t']);
        if text.trim_end().is_empty() {
            self.is_after_blank = true;
            return self.is_code;
        }
        let indent = columns(&line[..line.len() - text.len()]);
        while self.items.last().is_some_and(|content| indent < *content && self.is_after_blank) {
            self.items.pop();
        }
        let base = self.items.last().copied().unwrap_or(0);
        self.is_code =
            self.depth == 0 && indent >= base + CODE_INDENT && (self.is_after_blank || self.is_code);
        self.is_after_blank = false;
        if !self.is_code
            && let Some(marker) = list_marker(text)
        {
            while self.items.last().is_some_and(|content| indent < *content) {
                self.items.pop();
            }
            self.items.push(indent + marker);
        }
        self.is_code
    }

    /// Notes a tag outside code.
    pub(super) fn note_tag(&mut self, tag: &Tag<'_>) {
        let is_pair = match tag.syntax {
            TagSyntax::Container(_) => true,
            TagSyntax::Shortcode => self.paired.contains(tag.name),
            TagSyntax::Comment | TagSyntax::Raw | TagSyntax::Expression | TagSyntax::Embed => false,
        };
        if is_pair {
            self.depth = match tag.kind {
                TagKind::Start => self.depth + 1,
                TagKind::End => self.depth.saturating_sub(1),
            };
        }
        // A tag ends a paragraph and a list.
        self.is_after_blank |= tag.is_alone_on_line;
    }
}

/// Returns the width of white space in columns.
fn columns(space: &str) -> usize {
    space.bytes().fold(
        0,
        |column, byte| {
            if byte == b'\t' { column + TAB_WIDTH - column % TAB_WIDTH } else { column + 1 }
        },
    )
}

/// Returns the width of a list marker with the space after it. `None` for a line without a marker.
fn list_marker(text: &str) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
    let marker = match digits {
        0 => text.starts_with(['-', '*', '+']).then_some(1)?,
        1..=9 => text[digits..].starts_with(['.', ')']).then_some(digits + 1)?,
        _ => return None,
    };
    let spaces = text.len() - marker - text[marker..].trim_start_matches(' ').len();
    match spaces {
        0 => text[marker..].starts_with(['\t', '\n']).then_some(marker + 1),
        1..=CODE_INDENT => Some(marker + spaces),
        _ => Some(marker + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_lines(text: &str) -> String {
        let mut code = IndentedCode::new(text);
        text.split_inclusive('\n').map(|line| if code.consume_line(line) { 'x' } else { '.' }).collect()
    }

    #[test]
    fn indented_lines_after_a_blank_line_are_code() {
        assert_eq!(code_lines("a\n    b\n\n    c\n\td\ne\n"), "...xx.");
        assert_eq!(code_lines("    a\n"), "x");
    }

    #[test]
    fn indented_content_of_list_items_is_no_code() {
        assert_eq!(code_lines("- a\n\n    b\n\n      c\n\nd\n\n    e\n"), "....xx..x");
        assert_eq!(code_lines("1. a\n   - b\n\n     c\n"), "....");
    }
}
