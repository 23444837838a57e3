//! Rows of Markdown pipe tables.

use std::borrow::Cow;

use super::inline::{normalize_inline, trimmed};

/// Returns true if a line has a pipe that is not escaped.
pub(super) fn has_pipe(line: &str) -> bool {
    pipe_offsets(line).next().is_some()
}

/// Returns true if a line is the delimiter row of a table. The lines around it are then rows, even without
/// pipes at their ends.
pub(super) fn is_delimiter_row(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// Returns the cells of a line in a table whose delimiter row has no pipes at its ends.
///
/// In such a table, a pipe at the start of a line follows an empty first cell, unless the line has all
/// `columns` cells without it.
pub(super) fn cells_with_columns(line: &str, columns: usize) -> Vec<Cow<'_, str>> {
    let mut cells = cells(line);
    if line.starts_with('|') && cells.len() < columns {
        cells.insert(0, Cow::Borrowed(""));
    }
    cells
}

/// Number of columns of a delimiter row without pipes at its ends. 0 for any other delimiter row.
pub(super) fn columns_without_edge_pipes(delimiter_row: &str) -> usize {
    let delimiter_row = delimiter_row.trim();
    if delimiter_row.starts_with('|') { 0 } else { delimiter_row.split('|').count() }
}

/// The cells between the pipes.
pub(super) fn cells(line: &str) -> Vec<Cow<'_, str>> {
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let mut start = 0;
    for at in pipe_offsets(line) {
        cells.push(normalize_cell(&line[start..at]));
        start = at + 1;
    }
    if start < line.len() {
        cells.push(normalize_cell(&line[start..]));
    }
    cells
}

fn normalize_cell(text: &str) -> Cow<'_, str> {
    if text.contains("\\|") {
        return Cow::Owned(normalize_inline(&text.replace("\\|", "|")).trim().to_owned());
    }
    trimmed(normalize_inline(text))
}

fn pipe_offsets(line: &str) -> impl Iterator<Item = usize> {
    line.match_indices('|').map(|(at, _)| at).filter(|at| !line[..*at].ends_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescaped_pipes_separate_cells() {
        assert_eq!(cells("| 12. | a \\| b | |"), ["12.", "a | b", ""]);
        assert_eq!(cells("12. | a |b"), ["12.", "a", "b"]);
        assert_eq!(cells_with_columns("| a |", columns_without_edge_pipes("--|--|--")), ["", "a"]);
        assert_eq!(cells_with_columns("| a |", columns_without_edge_pipes("|--|--|")), ["a"]);
        assert!(!has_pipe("a \\| b"));
    }

    #[test]
    fn delimiter_rows_have_pipes_and_dashes() {
        assert!(is_delimiter_row("|:---|---:|") && is_delimiter_row("--- | ---"));
        assert!(!is_delimiter_row("---") && !is_delimiter_row("| |") && !is_delimiter_row("| a |"));
    }
}
