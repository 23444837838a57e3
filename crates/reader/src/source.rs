//! Line index of a document: converts byte offsets to lines and columns.

use memchr::memchr_iter;
use passerelle_model::position::Position;

/// The text of a document with an index of its lines.
///
/// [`Self::position`] takes `O(log n)` time. The index of character counts bounds the cost of very long
/// lines.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
    /// `char_counts[i]` is the number of characters that start before byte `i * COUNT_INTERVAL`.
    char_counts: Vec<usize>,
}

/// Distance in bytes between two entries of `char_counts`.
const COUNT_INTERVAL: usize = 1_024;

impl<'a> Source<'a> {
    /// Builds the index in one pass over the text.
    pub(crate) fn new(text: &'a str) -> Self {
        // The lines are counted first, because a growing list takes up to three times its final size.
        let mut line_starts = Vec::with_capacity(1 + memchr_iter(b'\n', text.as_bytes()).count());
        line_starts.push(0);
        line_starts.extend(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let mut char_counts = vec![0];
        let mut count = 0;
        for chunk in text.as_bytes().chunks(COUNT_INTERVAL) {
            count += count_chars(chunk);
            char_counts.push(count);
        }
        Self { text, line_starts, char_counts }
    }

    /// Returns the line and column (both from 1) of a byte offset. An offset past the end gives the end
    /// position.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let column = if offset - start <= COUNT_INTERVAL {
            count_chars(&self.text.as_bytes()[start..offset])
        } else {
            self.chars_before(offset) - self.chars_before(start)
        };
        Position { line: saturating_u32(line + 1), column: saturating_u32(column + 1) }
    }

    /// Returns the number of characters that start before a byte offset.
    fn chars_before(&self, offset: usize) -> usize {
        let interval = offset / COUNT_INTERVAL;
        let char_counts = self.char_counts.get(interval).copied().unwrap_or(0);
        char_counts + count_chars(&self.text.as_bytes()[interval * COUNT_INTERVAL..offset])
    }

    /// Returns the start of a position's line with its column. `None` if the line does not exist.
    pub(crate) fn excerpt(&self, position: Position) -> Option<String> {
        /// Enough for an editor to recognize the line in a diagnostic.
        const CHARACTERS: usize = 160;
        /// Enough to recognize what begins at the column.
        const AFTER_COLUMN: usize = 60;
        /// An excerpt is stored for each link of a page.
        const MAX_CHARACTERS: usize = 400;
        let column = usize::try_from(position.column).unwrap_or(usize::MAX);
        let count = column.saturating_add(AFTER_COLUMN).clamp(CHARACTERS, MAX_CHARACTERS);
        self.line(position.line).map(|line| line.chars().take(count).collect())
    }

    /// Returns the text of a line without its line ending. Lines are numbered from 1.
    pub(crate) fn line(&self, number: u32) -> Option<&'a str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *self.line_starts.get(index)?;
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).map(|line| line.trim_end_matches(['\n', '\r']))
    }
}

/// Counts the UTF-8 characters that start in `bytes`, that is, all bytes but continuation bytes.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// Converts a count to `u32`. A document has at most 5 MiB, so the conversion is exact in practice.
pub(crate) fn saturating_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_one_based_characters() {
        let source = Source::new("été\nà b\r\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position("été\nà ".len()), Position { line: 2, column: 3 });
        assert_eq!(source.line(2), Some("à b"));
        assert_eq!(source.line(9), None);
    }

    #[test]
    fn columns_are_right_in_long_lines() {
        let text = format!("à\n{}", "é".repeat(5_000));
        let source = Source::new(&text);
        for column in [0, 1, 511, 512, 2_000, 5_000] {
            let position = Position { line: 2, column: saturating_u32(column + 1) };
            assert_eq!(source.position(3 + 2 * column), position);
        }
    }
}
