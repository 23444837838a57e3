//! Rows of pipe tables, as Markdown writes them.

use std::borrow::Cow;

use super::inline::{plain, trimmed};

/// Whether a line has a pipe that is not escaped.
pub(super) fn has_pipe(line: &str) -> bool {
    pipes(line).next().is_some()
}

/// Whether a line rules a table off, which makes the lines around it rows even without pipes at their ends.
pub(super) fn is_ruling(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// The cells of a line in a table of that many columns of which the ruling has no pipes at its ends: a line that begins
/// with a pipe begins with an empty cell there, unless it has all cells without.
pub(super) fn cells_of(line: &str, columns: usize) -> Vec<Cow<'_, str>> {
    let mut cells = cells(line);
    if line.starts_with('|') && cells.len() < columns {
        cells.insert(0, Cow::Borrowed(""));
    }
    cells
}

/// How many columns a ruling rules, where it has no pipes at its ends; else none.
pub(super) fn open_columns(ruling: &str) -> usize {
    let ruling = ruling.trim();
    if ruling.starts_with('|') { 0 } else { ruling.split('|').count() }
}

/// The cells between the pipes.
pub(super) fn cells(line: &str) -> Vec<Cow<'_, str>> {
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let mut start = 0;
    for at in pipes(line) {
        cells.push(cell(&line[start..at]));
        start = at + 1;
    }
    if start < line.len() {
        cells.push(cell(&line[start..]));
    }
    cells
}

fn cell(text: &str) -> Cow<'_, str> {
    if text.contains("\\|") {
        return Cow::Owned(plain(&text.replace("\\|", "|")).trim().to_owned());
    }
    trimmed(plain(text))
}

fn pipes(line: &str) -> impl Iterator<Item = usize> {
    line.match_indices('|').map(|(at, _)| at).filter(|at| !line[..*at].ends_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_part_cells_unless_they_are_escaped() {
        assert_eq!(cells("| 12. | a \\| b | |"), ["12.", "a | b", ""]);
        assert_eq!(cells("12. | a |b"), ["12.", "a", "b"]);
        assert_eq!(cells_of("| a |", open_columns("--|--|--")), ["", "a"]);
        assert_eq!(cells_of("| a |", open_columns("|--|--|")), ["a"]);
        assert!(!has_pipe("a \\| b"));
    }

    #[test]
    fn a_ruling_has_pipes_and_lines() {
        assert!(is_ruling("|:---|---:|") && is_ruling("--- | ---"));
        assert!(!is_ruling("---") && !is_ruling("| |") && !is_ruling("| a |"));
    }
}
