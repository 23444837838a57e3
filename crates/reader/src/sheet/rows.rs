//! Rows of a spreadsheet, and the limits of their number.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::document::TextEncoding;

use crate::decode::DecodeError;

/// Maximum number of rows that are not empty. The largest plan that is known has 300 measures; a table of
/// more rows is a register or a measurement.
pub(crate) const MAX_ROWS: usize = 20_000;
/// Maximum number of cells, counted as rows times columns. An empty cell takes 24 bytes, so a sheet takes at
/// most 24 MB beside its text.
const MAX_CELLS: usize = 1_000_000;

/// Rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// Rows with at least one filled cell. All rows have the same number of cells.
    pub(crate) rows: Vec<SheetRow>,
    /// Text whose lines are the rows. Diagnostics quote it.
    pub(crate) text: String,
    /// Encoding of a text. `None` for a workbook.
    pub(crate) encoding: Option<TextEncoding>,
    /// Findings about the file.
    pub(crate) findings: Vec<Finding>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SheetRow {
    /// Cells from the left, trimmed. A cell can have several lines.
    pub(crate) cells: Vec<String>,
    /// Line or row number from 1.
    pub(crate) line: u32,
}

/// Collects rows within the limits.
#[derive(Debug, Default)]
pub(super) struct RowCollector {
    pub(super) rows: Vec<SheetRow>,
    cells: usize,
}

impl RowCollector {
    /// Adds a row, unless it is empty.
    pub(super) fn push(&mut self, mut cells: Vec<String>, line: u32) -> Result<(), DecodeError> {
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        self.cells += cells.len();
        if self.rows.len() >= MAX_ROWS || self.cells > MAX_CELLS {
            return Err(too_many_rows());
        }
        self.rows.push(SheetRow { cells, line });
        Ok(())
    }
}

pub(super) fn too_many_rows() -> DecodeError {
    DecodeError::Rejected(DiagnosticKind::SpreadsheetTooLong { limit: MAX_ROWS })
}

/// Gives all rows the same number of cells: the cells of a sheet keep their columns.
pub(super) fn pad(rows: &mut [SheetRow]) -> Result<(), DecodeError> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if width.saturating_mul(rows.len()) > MAX_CELLS {
        return Err(too_many_rows());
    }
    for row in rows {
        row.cells.resize(width, String::new());
    }
    Ok(())
}
