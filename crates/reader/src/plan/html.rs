//! HTML in a plan: tables, headings and paragraphs, on one line or several lines.

use std::borrow::Cow;

use passerelle_text::fold::collapse_whitespace;

use super::face::{Line, LocatedLine};
use super::html_spans::CellSpans;
use super::inline;

/// Tags of a table. They open HTML at any position of a line.
const TABLE_TAGS: [&str; 7] = ["table", "thead", "tbody", "tfoot", "tr", "td", "th"];

/// Tags that open HTML at the beginning of a line.
const BLOCK_TAGS: [&str; 9] = ["h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "caption"];

/// Maximum length of a tag in bytes. A longer text is not a tag.
const MAX_TAG_BYTES: usize = 256;

/// Page builders write tags of a heading on lines with blank lines between. More blank lines mean that it
/// was not closed.
const MAX_BLANK_LINES_IN_HEADING: u32 = 6;

/// Returns true if a line begins HTML.
pub(super) fn starts_html(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(['|', '#']) {
        return false;
    }
    let is_block = |text: &str| tag_name(text).is_some_and(|name| BLOCK_TAGS.contains(&name.as_str()));
    let is_table = |text: &str| tag_name(text).is_some_and(|name| TABLE_TAGS.contains(&name.as_str()));
    is_block(line) || line.match_indices('<').any(|(at, _)| is_table(&line[at..]))
}

/// The name in lower case after `<` or `</`, whether or not the tag ends on this line.
fn tag_name(text: &str) -> Option<String> {
    let inside = text.strip_prefix('<')?;
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let length = inside.bytes().take(10).take_while(u8::is_ascii_alphanumeric).count();
    let ends = inside[length..].chars().next().is_none_or(|next| next.is_whitespace() || "/>".contains(next));
    (length > 0 && ends).then(|| inside[..length].to_ascii_lowercase())
}

/// State of an open HTML fragment.
#[derive(Debug, Default)]
pub(super) struct HtmlParser<'a> {
    tables: usize,
    row: Option<HtmlRow<'a>>,
    cell: Option<String>,
    spans: CellSpans,
    block: Option<TextBlock>,
    /// Number of blank lines since the block began.
    blank_lines: u32,
    /// The beginning of a tag whose end is on another line.
    tag: String,
}

#[derive(Debug)]
struct HtmlRow<'a> {
    cells: Vec<Cow<'a, str>>,
    line: u32,
    source: &'a str,
}

/// A heading, or a paragraph.
#[derive(Debug)]
struct TextBlock {
    /// Level of a heading. 0 for a paragraph.
    level: u8,
    /// True if a tag opened it, and another must close it.
    is_tagged: bool,
    text: String,
    line: u32,
}

impl<'a> HtmlParser<'a> {
    /// Returns true if the next line continues the open element.
    pub(super) fn continues_with(&self, next: &str) -> bool {
        let is_open = self.row.is_some() || self.block.is_some() || !self.tag.is_empty();
        // Only rows are allowed inside a table. Other content means that the table was never closed.
        is_open || (self.tables > 0 && next.trim_start().starts_with('<'))
    }

    /// Returns true if a blank line ends the open element. It does not end a table, or a heading with an end
    /// tag.
    pub(super) fn ends_at_blank_line(&mut self) -> bool {
        self.blank_lines += 1;
        let is_heading = self.block.as_ref().is_some_and(|block| block.level > 0);
        self.tables == 0 && !(is_heading && self.blank_lines <= MAX_BLANK_LINES_IN_HEADING)
    }

    /// Returns true if a row has begun and not ended.
    pub(super) fn has_open_row(&self) -> bool {
        self.row.is_some() || !self.tag.is_empty()
    }

    /// Reads a line.
    pub(super) fn parse_line(&mut self, text: &'a str, number: u32, output: &mut Vec<LocatedLine<'a>>) {
        // The column is reported only if the line has a single row.
        let rows =
            text.match_indices('<').filter(|(at, _)| tag_name(&text[*at..]).is_some_and(|name| name == "tr"));
        let source = if rows.take(3).count() < 3 { text } else { "" };
        let partial_tag = std::mem::take(&mut self.tag);
        let joined = (!partial_tag.is_empty()).then(|| format!("{partial_tag} {text}"));
        let mut rest = joined.as_deref().unwrap_or(text);
        while let Some(at) = rest.find('<') {
            self.push_text(&rest[..at], number);
            let from = &rest[at..];
            if let Some((name, is_end_tag, after)) = inline::parse_tag(from) {
                self.handle_tag(
                    &name,
                    is_end_tag,
                    &from[..from.len() - after.len()],
                    SourceLine { number, source },
                    output,
                );
                rest = after;
            } else if self.row.is_some() && is_partial_tag(from) {
                from.clone_into(&mut self.tag);
                return;
            } else {
                self.push_text("<", number);
                rest = &from[1..];
            }
        }
        self.push_text(rest, number);
        self.push_text(" ", number);
        if self.block.as_ref().is_some_and(|block| !block.is_tagged) {
            self.end_block(output);
        }
    }

    /// Ends the open element.
    pub(super) fn finish(&mut self, output: &mut Vec<LocatedLine<'a>>) {
        self.tag.clear();
        self.end_row(output);
        self.end_block(output);
        self.tables = 0;
    }

    fn handle_tag(
        &mut self,
        name: &str,
        is_end_tag: bool,
        tag_source: &str,
        at: SourceLine<'a>,
        output: &mut Vec<LocatedLine<'a>>,
    ) {
        match (name, is_end_tag) {
            ("table", false) => {
                self.end_block(output);
                self.spans.begin_table();
                self.tables += 1;
            }
            ("table", true) => {
                self.tables = self.tables.saturating_sub(1);
                self.end_row(output);
            }
            ("tr", _) => {
                self.end_row(output);
                if !is_end_tag {
                    self.end_block(output);
                    self.open_row(at);
                }
            }
            ("td" | "th", false) => {
                self.end_cell();
                self.open_row(at);
                self.cell = Some(String::new());
                if let Some(row) = &mut self.row {
                    self.spans.fill(&mut row.cells);
                }
                self.spans.begin_cell(tag_source);
            }
            ("td" | "th", true) => self.end_cell(),
            ("thead" | "tbody" | "tfoot", _) => self.end_row(output),
            _ if self.cell.is_some() => self.push_text(tag_source, at.number),
            ("colgroup" | "col" | "html" | "body" | "section" | "figure", _) => {}
            _ if BLOCK_TAGS.contains(&name) => {
                self.end_block(output);
                if !is_end_tag {
                    let level = name.strip_prefix('h').and_then(|level| level.parse().ok()).unwrap_or(0);
                    let is_tagged = name != "div";
                    self.block = Some(TextBlock { level, is_tagged, text: String::new(), line: at.number });
                    self.blank_lines = 0;
                }
            }
            _ => self.push_text(tag_source, at.number),
        }
    }

    fn open_row(&mut self, at: SourceLine<'a>) {
        if self.row.is_none() {
            self.row = Some(HtmlRow { cells: Vec::new(), line: at.number, source: at.source });
        }
    }

    fn push_text(&mut self, text: &str, line: u32) {
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
        } else if let Some(block) = &mut self.block {
            block.text.push_str(text);
        } else if self.row.is_none() && !text.trim().is_empty() {
            let text = text.to_owned();
            self.block = Some(TextBlock { level: 0, is_tagged: false, text, line });
        }
    }

    fn end_cell(&mut self) {
        if let (Some(cell), Some(row)) = (self.cell.take(), &mut self.row) {
            row.cells.push(Cow::Owned(collapse_whitespace(&inline::normalize_inline(&cell))));
            self.spans.end_cell(&mut row.cells);
        }
    }

    fn end_row(&mut self, output: &mut Vec<LocatedLine<'a>>) {
        self.end_cell();
        if let Some(row) = &mut self.row {
            self.spans.fill(&mut row.cells);
        }
        if let Some(row) = self.row.take().filter(|row| !row.cells.is_empty()) {
            output.push(LocatedLine {
                line: Line::from_cells(row.cells),
                number: row.line,
                source: row.source,
                level: 0,
            });
        }
    }

    fn end_block(&mut self, output: &mut Vec<LocatedLine<'a>>) {
        let Some(block) = self.block.take() else { return };
        let text: Cow<'a, str> = Cow::Owned(collapse_whitespace(&inline::normalize_inline(&block.text)));
        let line = match (text.is_empty(), block.level > 0) {
            (true, _) => Line::Blank,
            (false, true) => Line::Heading(text),
            (false, false) if block.is_tagged => Line::Paragraph(text),
            (false, false) => Line::Text(text),
        };
        output.push(LocatedLine { line, number: block.line, source: "", level: block.level });
    }
}

#[derive(Clone, Copy)]
struct SourceLine<'a> {
    number: u32,
    source: &'a str,
}

/// Returns true if a text is the beginning of a tag that may end on the next line.
fn is_partial_tag(text: &str) -> bool {
    let inside = text[1..].trim_start_matches('/');
    text.len() <= MAX_TAG_BYTES
        && !inside.contains(['<', '>'])
        && (inside.is_empty() || inside.starts_with(|letter: char| letter.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        let mut html = HtmlParser::default();
        let mut output = Vec::new();
        for line in lines {
            html.parse_line(line, 1, &mut output);
        }
        html.finish(&mut output);
        let cells = |located: LocatedLine<'_>| match located.line {
            Line::Row(cells) => Some(cells.into_iter().map(Cow::into_owned).collect()),
            _ => None,
        };
        output.into_iter().filter_map(cells).collect()
    }

    #[test]
    fn html_rows_are_parsed_in_every_spelling() {
        for lines in [
            &["<tr><td>12.</td><td>Planter &amp; semer</td><td>En cours</td></tr>"] as &[_],
            &["<TABLE><TR CLASS=x><TD>12.<TD>Planter &amp; semer<TD>En cours</TABLE>"],
            &[
                "<tr>",
                "<td",
                " align=\"right\">12.</td>",
                "<td><p>Planter<br>&amp; semer</p></td>",
                "<th>En",
                "cours</th>",
                "</tr>",
            ],
        ] {
            assert_eq!(rows(lines), [["12.", "Planter & semer", "En cours"]], "{lines:?}");
        }
    }

    #[test]
    fn rowspans_leave_empty_cells() {
        let output = rows(&[
            "<tr><td rowspan=\"2\">12.<td>Planter<td ROWSPAN=2>En cours</tr><tr><td>des haies</tr><tr><td>13.",
        ]);
        assert_eq!(output, [vec!["12.", "Planter", "En cours"], vec!["", "des haies", ""], vec!["13."]]);
    }

    #[test]
    fn only_table_and_block_tags_start_html() {
        for line in ["<tr>", "  <td>12.", "<P align=x>", "voir <table border", "<h2>AXE 1"] {
            assert!(starts_html(line), "{line}");
        }
        for line in ["<b>Rue</b>\t\t", "| <p>a | b |", "<pre>", "a < b", "<sup>1</sup> Note", "<true>"] {
            assert!(!starts_html(line), "{line}");
        }
    }
}
