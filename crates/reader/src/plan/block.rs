//! Blocks of a document: headings, tables, list items and text.
//!
//! Plans of any layout are read from these blocks. Every block has the number of its first line.

use std::borrow::Cow;

use super::face::{Line, LocatedLine};
use super::header_words;

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading with its level from 1 to 6.
    Heading { level: u8, text: String, line: u32 },
    /// Rows without anything but blank lines and page numbers between them.
    Table(Table),
    /// An item of a list.
    Item(Item),
    /// A line of text.
    Text { text: String, line: u32 },
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// Its rows without rows of dashes.
    pub(super) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The cells as inline Markdown.
    pub(super) cells: Vec<String>,
    /// Line from 1.
    pub(super) line: u32,
    /// True if a row of dashes follows, which marks a header in Markdown.
    pub(super) is_marked_header: bool,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Number of an item of an ordered list.
    pub(super) ordinal: Option<u32>,
    /// Sign of a status that stands for the box of a task list. `None` without a box.
    pub(super) box_sign: Option<char>,
    /// Columns of white space before the item.
    pub(super) indent: usize,
    /// The text with its continuation lines.
    pub(super) text: String,
    /// Line from 1.
    pub(super) line: u32,
}

/// Converts the lines of a document to blocks.
pub(super) fn read(lines: &[LocatedLine<'_>]) -> Vec<Block> {
    let mut builder = BlockBuilder::default();
    for (at, located) in lines.iter().enumerate() {
        builder.push(located, &lines[at + 1..]);
    }
    builder.finish()
}

#[derive(Default)]
struct BlockBuilder {
    blocks: Vec<Block>,
    /// True if the last line was blank.
    after_blank: bool,
    /// The mark of the open code fence.
    fence: Option<&'static str>,
    /// True if the last row has a cell that goes on with the next line.
    has_open_cell: bool,
}

impl BlockBuilder {
    fn push(&mut self, located: &LocatedLine<'_>, next: &[LocatedLine<'_>]) {
        let source = located.source.trim_start();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| source.starts_with(mark)) {
            self.fence = if self.fence == Some(mark) { None } else { self.fence.or(Some(mark)) };
            return;
        }
        if self.fence.is_some() {
            return;
        }
        let was_blank = std::mem::replace(&mut self.after_blank, located.line == Line::Blank);
        match &located.line {
            Line::Blank | Line::PageNumber => {}
            Line::Separator => {
                if let Some(Block::Table(table)) = self.blocks.last_mut()
                    && !was_blank
                    && let Some(row) = table.rows.last_mut()
                {
                    row.is_marked_header = true;
                }
            }
            Line::Heading(text) => {
                self.has_open_cell = false;
                let (level, line) = (located.level.max(1), located.number);
                self.blocks.push(Block::Heading { level, text: text.clone().into_owned(), line });
            }
            Line::Row(cells) => self.push_row(cells, located, was_blank, next),
            Line::Paragraph(text) | Line::Text(text) => self.push_text(text, located, was_blank),
        }
    }

    fn push_row(
        &mut self,
        cells: &[Cow<'_, str>],
        located: &LocatedLine<'_>,
        was_blank: bool,
        next: &[LocatedLine<'_>],
    ) {
        let source = located.source.trim();
        let is_pipe = source.contains('|') && !source.contains('\t');
        let begins_row = !is_pipe || source.starts_with('|');
        if self.has_open_cell && !begins_row && self.continue_row(cells) {
            self.has_open_cell = !source.ends_with('|');
            return;
        }
        self.has_open_cell = is_pipe && source.starts_with('|') && !source.ends_with('|');
        let row = Row {
            cells: cells.iter().map(|cell| cell.clone().into_owned()).collect(),
            line: located.number,
            is_marked_header: false,
        };
        // A header with its row of dashes begins a new table unless it is directly below another row.
        let is_header = matches!(next.first().map(|next| &next.line), Some(Line::Separator)) && is_pipe;
        match self.blocks.last_mut() {
            Some(Block::Table(table)) if !(was_blank && is_header) => table.rows.push(row),
            _ => self.blocks.push(Block::Table(Table { rows: vec![row] })),
        }
    }

    /// Appends the cells of a line to the row whose last cell was left open.
    fn continue_row(&mut self, cells: &[Cow<'_, str>]) -> bool {
        let Some(Block::Table(table)) = self.blocks.last_mut() else { return false };
        let Some(row) = table.rows.last_mut() else { return false };
        let mut cells = cells.iter();
        if let (Some(last), Some(first)) = (row.cells.last_mut(), cells.next()) {
            append(last, first);
        }
        row.cells.extend(cells.map(|cell| cell.clone().into_owned()));
        true
    }

    fn push_text(&mut self, text: &str, located: &LocatedLine<'_>, was_blank: bool) {
        let line = located.number;
        if self.has_open_cell && !was_blank {
            let text = text.trim_end_matches('|').trim_end();
            self.continue_row(&[Cow::Borrowed(text)]);
            self.has_open_cell = !located.source.trim_end().ends_with('|');
            return;
        }
        self.has_open_cell = false;
        if let Some((level, text)) = loose_heading(text) {
            self.blocks.push(Block::Heading { level, text: text.to_owned(), line });
            return;
        }
        let indent = located.source.len() - located.source.trim_start().len();
        if let Some(item) = read_item(text, indent, line) {
            self.blocks.push(Block::Item(item));
            return;
        }
        match self.blocks.last_mut() {
            // `Statut` over `: en cours` is a list of definitions.
            Some(Block::Text { text: term, .. })
                if text.starts_with(": ") && term.len() <= MAX_TERM_BYTES =>
            {
                term.push_str(text);
            }
            Some(Block::Item(item)) if !was_blank || indent > item.indent + 1 => {
                // `Statut : en cours` on a line of its own is a field, not the end of the title.
                if header_words::field(text).is_some() {
                    item.text.push_str(" |");
                }
                append(&mut item.text, text);
            }
            _ => self.blocks.push(Block::Text { text: text.to_owned(), line }),
        }
    }

    fn finish(self) -> Vec<Block> {
        self.blocks
    }
}

/// The longest term of a list of definitions in bytes.
const MAX_TERM_BYTES: usize = 80;

fn append(text: &mut String, more: &str) {
    if !more.is_empty() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(more);
    }
}

/// `##Title`: a heading whose space is missing, as some converters write it.
fn loose_heading(text: &str) -> Option<(u8, &str)> {
    let depth = text.bytes().take_while(|byte| *byte == b'#').count();
    let title = text.get(depth..)?;
    let is_heading = (2..=6).contains(&depth) && title.starts_with(char::is_alphanumeric);
    is_heading.then(|| (u8::try_from(depth).unwrap_or(6), title))
}

/// Boxes of task lists, and the sign of their status. Some note programs write `[/]`, `[-]` and `[>]`.
const BOXES: [(&str, char); 9] = [
    ("[ ]", '☐'),
    ("[x]", '✅'),
    ("[X]", '✅'),
    ("[/]", '🟡'),
    ("[-]", '❌'),
    ("[>]", '⏸'),
    ("☐", '☐'),
    ("☑", '✅'),
    ("☒", '✅'),
];

/// Reads `- text`, `* [x] text`, `12. text` and `12) text`.
fn read_item(text: &str, indent: usize, line: u32) -> Option<Item> {
    let item = |ordinal, box_sign, text: &str| Item {
        ordinal,
        box_sign,
        indent,
        text: text.trim().to_owned(),
        line,
    };
    if let Some(rest) = ["- ", "* ", "+ ", "• ", "– "].iter().find_map(|mark| text.strip_prefix(mark)) {
        let rest = rest.trim_start();
        if let Some((text, sign)) =
            BOXES.iter().find_map(|(mark, sign)| Some((rest.strip_prefix(mark)?, *sign)))
        {
            return Some(item(None, Some(sign), text));
        }
        return (!rest.is_empty()).then(|| item(None, None, rest));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?;
    let rest = rest.strip_prefix("\\.").or_else(|| rest.strip_prefix(['.', ')']))?;
    let ordinal = (1..=4).contains(&digits).then(|| text[..digits].parse().ok()).flatten()?;
    rest.starts_with(char::is_whitespace)
        .then(|| item(Some(ordinal), None, rest))
        .filter(|item| !item.text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn blocks(text: &str) -> Vec<Block> {
        read(&line::read(text, 1).located)
    }

    fn rows(text: &str) -> Vec<Vec<String>> {
        let tables = blocks(text).into_iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        tables.flat_map(|table| table.rows).map(|row| row.cells).collect()
    }

    #[test]
    fn a_cell_can_go_on_over_several_lines() {
        let expected = [vec!["Nom", "Verger"], vec!["Texte", "Planter des pommiers"], vec!["Coût", "5"]];
        assert_eq!(
            rows("| Nom | Verger |\n|--|--|\n| Texte | Planter\ndes\npommiers |\n| Coût | 5 |"),
            expected
        );
    }

    #[test]
    fn a_page_break_does_not_end_a_table_but_a_new_header_does() {
        let table = "| A | B |\n|--|--|\n| 1 | a |\n";
        assert_eq!(blocks(&format!("{table}\n27\n\n| 2 | b |")).len(), 1);
        assert_eq!(blocks(&format!("{table}\n{table}")).len(), 2);
    }

    #[test]
    fn items_and_headings_are_read() {
        let item = |ordinal, box_sign, text: &str, line| {
            Block::Item(Item { ordinal, box_sign, indent: 0, text: text.to_owned(), line })
        };
        assert_eq!(
            blocks("- [x] Semer\n- Creuser\n  la mare\n3. Planter"),
            [
                item(None, Some('✅'), "Semer", 1),
                item(None, None, "Creuser la mare", 2),
                item(Some(3), None, "Planter", 4)
            ]
        );
        assert_eq!(blocks("##Thèmes"), [Block::Heading { level: 2, text: "Thèmes".to_owned(), line: 1 }]);
        assert_eq!(blocks("```\n- a\n```"), []);
        let text = |text: &str, line| Block::Text { text: text.to_owned(), line };
        assert_eq!(blocks("Statut\n: en cours\n\nVoir"), [text("Statut: en cours", 1), text("Voir", 4)]);
    }
}
