//! The form of one line of a plan.

use std::borrow::Cow;

/// Form of a line, independent of its meaning in the plan. Its inline marks are converted to Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A blank line.
    Blank,
    /// `-----`, a row of them, or a row of empty cells.
    Separator,
    /// A page number at a page break.
    PageNumber,
    /// A heading's text: `##`, underlined, or `<h2>`.
    Heading(Cow<'a, str>),
    /// The cells of a row, each trimmed.
    Row(Vec<Cow<'a, str>>),
    /// A line of text between blank lines.
    Paragraph(Cow<'a, str>),
    /// Anything else.
    Text(Cow<'a, str>),
}

/// A line and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocatedLine<'a> {
    /// Kind and text of the line.
    pub(super) line: Line<'a>,
    /// First line, from 1.
    pub(super) number: u32,
    /// The line as written. Empty if the element has several lines or is a part of one.
    pub(super) source: &'a str,
    /// Level of a heading from 1 to 6. 0 for any other line.
    pub(super) level: u8,
}

impl<'a> Line<'a> {
    /// The row of these cells.
    pub(super) fn from_cells(cells: Vec<Cow<'a, str>>) -> Self {
        let is_separator = cells.iter().all(|cell| cell.is_empty() || is_rule(cell));
        if is_separator { Self::Separator } else { Self::Row(cells) }
    }
}

pub(super) fn is_rule(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'-' | b':' | b'=' | b'+' | b'_'))
}
