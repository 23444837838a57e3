//! Cells of HTML tables that span several columns or rows.

use std::borrow::Cow;

use super::measure_label;

/// Maximum row span, and maximum number of columns with spans. A cell above a limit spans one row and one
/// column.
const MAX_SPAN: usize = 100;
const MAX_COLUMNS: usize = 40;
/// The longest text in bytes that is repeated in each row of its span.
const MAX_REPEATED_BYTES: usize = 200;
/// Maximum number of cells that spans add to a document. A cell takes 24 bytes.
const MAX_ADDED_CELLS: usize = 200_000;

/// Spans of the cells of a table.
#[derive(Debug, Default)]
pub(super) struct CellSpans {
    /// For each column the cell from above that occupies it.
    columns: Vec<SpanningCell>,
    /// Spans of the open cell: rows and columns.
    open: (usize, usize),
    /// True if a label from above spans the open row.
    is_below_label: bool,
    /// Number of cells that were added to the document.
    added: usize,
}

#[derive(Clone, Debug, Default)]
struct SpanningCell {
    /// Number of following rows that it occupies.
    rows: usize,
    text: String,
}

impl CellSpans {
    /// Begins a table.
    pub(super) fn begin_table(&mut self) {
        self.columns.clear();
    }

    /// Begins a cell with this tag.
    pub(super) fn begin_cell(&mut self, tag: &str) {
        let tag = tag.to_ascii_lowercase();
        self.open = (span(&tag, "rowspan"), span(&tag, "colspan"));
    }

    /// Ends the cell that was pushed last: adds empty cells for the other columns that it spans.
    pub(super) fn end_cell(&mut self, cells: &mut Vec<Cow<'_, str>>) {
        let (rows, width) = std::mem::replace(&mut self.open, (1, 1));
        let Some(first) = cells.len().checked_sub(1) else { return };
        let width = width.min(MAX_COLUMNS.saturating_sub(first)).max(1);
        if rows > 1 && first < MAX_COLUMNS {
            let text = Some(&cells[first]).filter(|text| text.len() <= MAX_REPEATED_BYTES);
            let text = text.map(|text| text.clone().into_owned()).unwrap_or_default();
            self.columns.resize(self.columns.len().max(first + width), SpanningCell::default());
            self.columns[first] = SpanningCell { rows: rows - 1, text };
            for column in &mut self.columns[first + 1..first + width] {
                *column = SpanningCell { rows: rows - 1, text: String::new() };
            }
        }
        for _ in 1..width {
            self.add(cells, Cow::Borrowed(""));
        }
    }

    /// Adds the cells of the next columns that cells from above occupy.
    ///
    /// A cell to the right of a cell of the row itself repeats its text: it is valid for that row too. It
    /// stays empty below a label, where the row continues the measure, and so does a cell to the left.
    pub(super) fn fill(&mut self, cells: &mut Vec<Cow<'_, str>>) {
        self.is_below_label &= !cells.is_empty();
        while let Some(cell) = self.columns.get_mut(cells.len()).filter(|cell| cell.rows > 0) {
            cell.rows -= 1;
            self.is_below_label |= measure_label::of_cell(&cell.text).is_some();
            let is_repeated = !self.is_below_label && cells.iter().any(|cell| !cell.is_empty());
            let text = if is_repeated { cell.text.clone() } else { String::new() };
            if !self.add(cells, Cow::Owned(text)) {
                return;
            }
        }
    }

    fn add<'a>(&mut self, cells: &mut Vec<Cow<'a, str>>, cell: Cow<'a, str>) -> bool {
        let is_allowed = self.added < MAX_ADDED_CELLS;
        if is_allowed {
            self.added += 1;
            cells.push(cell);
        }
        is_allowed
    }
}

/// The value of an attribute that spans rows or columns. 1 if the tag does not have it.
fn span(tag: &str, attribute: &str) -> usize {
    let Some((_, value)) = tag.split_once(attribute) else { return 1 };
    let value =
        value.trim_start_matches(|character: char| character.is_whitespace() || "=\"'".contains(character));
    let end = value.find(|character: char| !character.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().ok().filter(|span| (2..=MAX_SPAN).contains(span)).unwrap_or(1)
}
