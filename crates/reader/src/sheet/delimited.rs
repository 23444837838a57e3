//! Rows of text with separators: CSV and TSV.

use csv::{ReaderBuilder, StringRecord};
use passerelle_model::diagnostic::DiagnosticKind;

use super::rows::{RowCollector, SheetRow};
use crate::decode::{DecodeError, WriteState};
use crate::source::saturating_u32;

/// Separators in the order of preference. Where commas are decimal marks, spreadsheets write semicolons.
const SEPARATORS: [u8; 3] = [b';', b'\t', b','];
/// Number of rows by which the separator is chosen.
const SAMPLE_ROWS: usize = 50;

/// Reads the rows of a text.
///
/// A quoted cell can have line breaks. If the last one is not closed, the file was cut off.
pub(super) fn read(text: &str, is_tsv: bool, write_state: WriteState) -> Result<Vec<SheetRow>, DecodeError> {
    let (declared, start) = declared_separator(text);
    let body = &text[start..];
    let separator = declared.unwrap_or_else(|| if is_tsv { b'\t' } else { detect_separator(body) });
    let mut reader = reader(body, separator);
    let mut record = StringRecord::new();
    let mut collector = RowCollector::default();
    let mut lines = LineCounter { text, offset: 0, line: 1 };
    let mut last_start = start;
    loop {
        let before = usize::try_from(reader.position().byte()).unwrap_or(0);
        // The text is UTF-8 and rows can have any number of cells, so there is no other error.
        if !reader.read_record(&mut record).unwrap_or(false) {
            break;
        }
        // Blank lines before a record are counted as a part of it.
        let blank = body[before..].len() - body[before..].trim_start_matches('\n').len();
        last_start = start + before + blank;
        let cells = record.iter().map(clean).collect();
        collector.push(cells, lines.line_at(last_start))?;
    }
    if ends_in_quoted_cell(&text[last_start..], separator) {
        if write_state == WriteState::MayGrow {
            return Err(DecodeError::Incomplete);
        }
        let line = lines.line_at(last_start);
        return Err(DecodeError::Rejected(DiagnosticKind::UnclosedCell { line }));
    }
    Ok(collector.rows)
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

/// Reads the line `sep=;` that Excel writes above the header. Returns the separator and the bytes to skip.
fn declared_separator(text: &str) -> (Option<u8>, usize) {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    let separator = line.trim_end_matches('\n').strip_prefix("sep=").map(str::as_bytes);
    match separator {
        Some([separator]) => (Some(*separator), line.len()),
        _ => (None, 0),
    }
}

/// The separator by which most rows have the same number of cells.
fn detect_separator(text: &str) -> u8 {
    let mut best = (0, SEPARATORS[0]);
    for separator in SEPARATORS {
        let mut widths: Vec<usize> = Vec::new();
        for record in reader(text, separator).into_records().take(SAMPLE_ROWS).flatten() {
            widths.push(record.len());
        }
        let count = |width: usize| widths.iter().filter(|found| **found == width).count();
        let regular = widths.iter().filter(|width| **width > 1).map(|width| count(*width)).max().unwrap_or(0);
        if regular > best.0 {
            best = (regular, separator);
        }
    }
    best.1
}

/// Trims the lines of a cell and removes empty ones.
fn clean(cell: &str) -> String {
    if !cell.contains('\n') {
        return cell.trim().to_owned();
    }
    cell.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Returns true if the last row ends in a quoted cell that is not closed. Two quotation marks inside are one.
fn ends_in_quoted_cell(row: &str, separator: u8) -> bool {
    let mut is_quoted = false;
    let mut at_start = true;
    for byte in row.bytes() {
        if byte == b'"' && (is_quoted || at_start) {
            is_quoted = !is_quoted;
        }
        // After a closing mark, another one goes on with the cell.
        at_start = byte == b'"' || byte == separator;
    }
    is_quoted
}

/// Converts ascending byte offsets to lines.
struct LineCounter<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_at(&mut self, offset: usize) -> u32 {
        self.line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.offset..offset]).count();
        self.offset = offset;
        saturating_u32(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let rows = read(text, false, WriteState::Complete).unwrap();
        rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn the_separator_is_the_one_that_gives_regular_rows() {
        for separator in [";", ",", "\t"] {
            let text = "N°|Mesure|Coût\n1|\"Planter, semer; biner\"|\"1 200,50\"\n2|Creuser|3\n";
            let found = rows(&text.replace('|', separator));
            assert_eq!(found[1].1, cells(&["1", "Planter, semer; biner", "1 200,50"]), "{separator:?}");
        }
        assert_eq!(rows("a;b\n1,5;2,5\n3,5;x\n")[1].1, cells(&["1,5", "2,5"]));
        assert_eq!(rows("sep=|\na|b\n"), [(2, cells(&["a", "b"]))]);
    }

    #[test]
    fn lines_are_counted_over_line_breaks_in_cells_and_blank_lines() {
        let found = rows("a;b\n\n\n\"c\n\n d \";e\n;;\nf;g\n");
        assert_eq!(found, [(1, cells(&["a", "b"])), (4, cells(&["c\nd", "e"])), (8, cells(&["f", "g"]))]);
    }

    #[test]
    fn a_quoted_cell_that_is_not_closed_is_a_truncated_file() {
        let text = "a;b\n1;\"Planter\n2;Creuser\n";
        assert_eq!(read(text, false, WriteState::MayGrow), Err(DecodeError::Incomplete));
        let kind = DiagnosticKind::UnclosedCell { line: 2 };
        assert_eq!(read(text, false, WriteState::Complete), Err(DecodeError::Rejected(kind)));
        for complete in ["a;b\n1;Tuyau de 12\"", "a;b\n1;\"un \"\"vrai\"\" plan\"", "a;b\n1;\"\"\n"] {
            assert!(read(complete, false, WriteState::MayGrow).is_ok(), "{complete}");
        }
    }
}
