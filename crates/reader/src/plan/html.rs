//! HTML that stands in a plan: tables, headings and paragraphs, on one line or on many.

use std::borrow::Cow;

use passerelle_text::fold::tidy;

use super::face::{Line, Placed};
use super::inline;

/// Tags of a table, wherever they stand, open HTML.
const OF_TABLES: [&str; 7] = ["table", "thead", "tbody", "tfoot", "tr", "td", "th"];

/// Tags that open HTML at the beginning of a line.
const OF_BLOCKS: [&str; 9] = ["h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "caption"];

/// A tag that goes on over more bytes than this is none.
const LONGEST_TAG: usize = 256;

/// A cell that spans more rows is taken to span one, and so is one further to the right.
const MOST_ROWS: u32 = 100;
const MOST_COLUMNS: usize = 16;

/// Whether a line begins HTML.
pub(super) fn opens(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(['|', '#']) {
        return false;
    }
    let is_block = |text: &str| name_of(text).is_some_and(|name| OF_BLOCKS.contains(&name.as_str()));
    let is_table = |text: &str| name_of(text).is_some_and(|name| OF_TABLES.contains(&name.as_str()));
    is_block(line) || line.match_indices('<').any(|(at, _)| is_table(&line[at..]))
}

/// The name in lower case after `<` or `</`, whether or not the tag ends on this line.
fn name_of(text: &str) -> Option<String> {
    let inside = text.strip_prefix('<')?;
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let length = inside.bytes().take(10).take_while(u8::is_ascii_alphanumeric).count();
    let ends = inside[length..].chars().next().is_none_or(|next| next.is_whitespace() || "/>".contains(next));
    (length > 0 && ends).then(|| inside[..length].to_ascii_lowercase())
}

/// What is open of the HTML that has been read.
#[derive(Debug, Default)]
pub(super) struct Html<'a> {
    tables: usize,
    row: Option<OpenRow<'a>>,
    cell: Option<String>,
    /// On how many rows to come each column is taken by a cell above.
    spans: Vec<u32>,
    block: Option<Block>,
    /// The beginning of a tag whose end is on another line.
    tag: String,
}

#[derive(Debug)]
struct OpenRow<'a> {
    cells: Vec<Cow<'a, str>>,
    line: u32,
    source: &'a str,
}

/// A heading, or a paragraph.
#[derive(Debug)]
struct Block {
    is_heading: bool,
    /// Whether a tag opened it, and another must close it.
    is_tagged: bool,
    text: String,
    line: u32,
}

impl<'a> Html<'a> {
    /// Whether the next line goes on with what is open.
    pub(super) fn goes_on(&self, next: &str) -> bool {
        let is_within = self.row.is_some() || self.block.is_some() || !self.tag.is_empty();
        // Between the rows of a table stands nothing else, unless the table was never closed.
        is_within || (self.tables > 0 && next.trim_start().starts_with('<'))
    }

    /// Whether a blank line ends what is open: anything but a table.
    pub(super) fn ends_at_blank(&self) -> bool {
        self.tables == 0
    }

    /// Whether a row has begun and not ended.
    pub(super) fn has_open_row(&self) -> bool {
        self.row.is_some() || !self.tag.is_empty()
    }

    /// Reads a line.
    pub(super) fn line(&mut self, text: &'a str, number: u32, found: &mut Vec<Placed<'a>>) {
        // The place in the line is worth telling where the line holds one row.
        let rows =
            text.match_indices('<').filter(|(at, _)| name_of(&text[*at..]).is_some_and(|name| name == "tr"));
        let source = if rows.take(3).count() < 3 { text } else { "" };
        let carried = std::mem::take(&mut self.tag);
        let joined = (!carried.is_empty()).then(|| format!("{carried} {text}"));
        let mut rest = joined.as_deref().unwrap_or(text);
        while let Some(at) = rest.find('<') {
            self.text(&rest[..at], number);
            let from = &rest[at..];
            if let Some((name, closes, after)) = inline::tag(from) {
                self.tag(&name, closes, &from[..from.len() - after.len()], Place { number, source }, found);
                rest = after;
            } else if self.row.is_some() && is_cut(from) {
                from.clone_into(&mut self.tag);
                return;
            } else {
                self.text("<", number);
                rest = &from[1..];
            }
        }
        self.text(rest, number);
        self.text(" ", number);
        if self.block.as_ref().is_some_and(|block| !block.is_tagged) {
            self.end_block(found);
        }
    }

    /// Ends whatever is open.
    pub(super) fn end(&mut self, found: &mut Vec<Placed<'a>>) {
        self.tag.clear();
        self.end_row(found);
        self.end_block(found);
        self.tables = 0;
    }

    fn tag(&mut self, name: &str, closes: bool, written: &str, at: Place<'a>, found: &mut Vec<Placed<'a>>) {
        match (name, closes) {
            ("table", false) => {
                self.end_block(found);
                self.spans.clear();
                self.tables += 1;
            }
            ("table", true) => {
                self.tables = self.tables.saturating_sub(1);
                self.end_row(found);
            }
            ("tr", _) => {
                self.end_row(found);
                if !closes {
                    self.end_block(found);
                    self.open_row(at);
                }
            }
            ("td" | "th", false) => {
                self.end_cell();
                self.open_row(at);
                self.cell = Some(String::new());
                self.skip_spanned();
                self.span(written);
            }
            ("td" | "th", true) => self.end_cell(),
            ("thead" | "tbody" | "tfoot", _) => self.end_row(found),
            _ if self.cell.is_some() => self.text(written, at.number),
            ("colgroup" | "col" | "html" | "body" | "section" | "figure", _) => {}
            _ if OF_BLOCKS.contains(&name) => {
                self.end_block(found);
                if !closes {
                    let is_heading = name.starts_with('h');
                    let is_tagged = name != "div";
                    self.block = Some(Block { is_heading, is_tagged, text: String::new(), line: at.number });
                }
            }
            _ => self.text(written, at.number),
        }
    }

    fn open_row(&mut self, at: Place<'a>) {
        if self.row.is_none() {
            self.row = Some(OpenRow { cells: Vec::new(), line: at.number, source: at.source });
        }
    }

    /// Leaves the places empty that are taken from above.
    fn skip_spanned(&mut self) {
        let Some(row) = &mut self.row else { return };
        while let Some(rows) = self.spans.get_mut(row.cells.len()).filter(|rows| **rows > 0) {
            *rows -= 1;
            row.cells.push(Cow::Borrowed(""));
        }
    }

    /// Notes how far down the next cell reaches.
    fn span(&mut self, written: &str) {
        let column = self.row.as_ref().map_or(0, |row| row.cells.len());
        let rows = written.to_ascii_lowercase().split_once("rowspan").and_then(|(_, value)| {
            let value = value.trim_start_matches(|character: char| {
                character.is_whitespace() || "=\"'".contains(character)
            });
            let end = value.find(|character: char| !character.is_ascii_digit()).unwrap_or(value.len());
            value[..end].parse::<u32>().ok()
        });
        if let Some(rows) = rows.filter(|rows| (2..=MOST_ROWS).contains(rows) && column < MOST_COLUMNS) {
            self.spans.resize(self.spans.len().max(column + 1), 0);
            self.spans[column] = rows - 1;
        }
    }

    fn text(&mut self, text: &str, line: u32) {
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
        } else if let Some(block) = &mut self.block {
            block.text.push_str(text);
        } else if self.row.is_none() && !text.trim().is_empty() {
            let text = text.to_owned();
            self.block = Some(Block { is_heading: false, is_tagged: false, text, line });
        }
    }

    fn end_cell(&mut self) {
        if let (Some(cell), Some(row)) = (self.cell.take(), &mut self.row) {
            row.cells.push(Cow::Owned(tidy(&inline::plain(&cell))));
        }
    }

    fn end_row(&mut self, found: &mut Vec<Placed<'a>>) {
        self.end_cell();
        self.skip_spanned();
        if let Some(row) = self.row.take().filter(|row| !row.cells.is_empty()) {
            found.push(Placed { line: Line::of_cells(row.cells), number: row.line, source: row.source });
        }
    }

    fn end_block(&mut self, found: &mut Vec<Placed<'a>>) {
        let Some(block) = self.block.take() else { return };
        let text: Cow<'a, str> = Cow::Owned(tidy(&inline::plain(&block.text)));
        let line = match (text.is_empty(), block.is_heading) {
            (true, _) => Line::Blank,
            (false, true) => Line::Heading(text),
            (false, false) if block.is_tagged => Line::Alone(text),
            (false, false) => Line::Text(text),
        };
        found.push(Placed { line, number: block.line, source: "" });
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    number: u32,
    source: &'a str,
}

/// Whether a text is the beginning of a tag that may end on the next line.
fn is_cut(text: &str) -> bool {
    let inside = text[1..].trim_start_matches('/');
    text.len() <= LONGEST_TAG
        && !inside.contains(['<', '>'])
        && (inside.is_empty() || inside.starts_with(|letter: char| letter.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        let mut html = Html::default();
        let mut found = Vec::new();
        for line in lines {
            html.line(line, 1, &mut found);
        }
        html.end(&mut found);
        let cells = |placed: Placed<'_>| match placed.line {
            Line::Row(cells) => Some(cells.into_iter().map(Cow::into_owned).collect()),
            _ => None,
        };
        found.into_iter().filter_map(cells).collect()
    }

    #[test]
    fn a_row_is_a_row_however_it_is_written() {
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
    fn a_cell_can_reach_down() {
        let found = rows(&[
            "<tr><td rowspan=\"2\">12.<td>Planter<td ROWSPAN=2>En cours</tr><tr><td>des haies</tr><tr><td>13.",
        ]);
        assert_eq!(found, [vec!["12.", "Planter", "En cours"], vec!["", "des haies", ""], vec!["13."]]);
    }

    #[test]
    fn only_tables_and_blocks_open_html() {
        for line in ["<tr>", "  <td>12.", "<P align=x>", "voir <table border", "<h2>AXE 1"] {
            assert!(opens(line), "{line}");
        }
        for line in ["<b>Rue</b>\t\t", "| <p>a | b |", "<pre>", "a < b", "<sup>1</sup> Note", "<true>"] {
            assert!(!opens(line), "{line}");
        }
    }
}
