//! The text of a document, indexed by line.

use memchr::memchr_iter;
use passerelle_model::position::Position;

/// A document's text with the starts of its lines, so that a byte offset finds its line in `O(log n)`, and its column
/// without counting a long line from its start.
#[derive(Clone, Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// How many characters there are before every so many bytes.
    counted: Vec<usize>,
}

/// How far apart the places are up to which characters are counted.
const STEP: usize = 1_024;

impl<'a> Source<'a> {
    /// Indexes the text.
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let mut counted = vec![0];
        let mut count = 0;
        for chunk in text.as_bytes().chunks(STEP) {
            count += characters(chunk);
            counted.push(count);
        }
        Self { text, starts, counted }
    }

    /// The line and column of a byte offset. An offset past the end is the end.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = if offset - start <= STEP {
            characters(&self.text.as_bytes()[start..offset])
        } else {
            self.before(offset) - self.before(start)
        };
        Position { line: saturate(line + 1), column: saturate(column + 1) }
    }

    /// How many characters begin before an offset.
    fn before(&self, offset: usize) -> usize {
        let step = offset / STEP;
        let counted = self.counted.get(step).copied().unwrap_or(0);
        counted + characters(&self.text.as_bytes()[step * STEP..offset])
    }

    /// The beginning of the line that a place is on: it reminds, it does not reproduce.
    pub(crate) fn excerpt(&self, position: Position) -> Option<String> {
        /// An excerpt longer than this many characters is cut.
        const CHARACTERS: usize = 160;
        self.line(position.line).map(|line| line.chars().take(CHARACTERS).collect())
    }

    /// A line's text without its ending, by its number from 1.
    pub(crate) fn line(&self, number: u32) -> Option<&'a str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).map(|line| line.trim_end_matches(['\n', '\r']))
    }
}

/// How many characters begin in bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// A count as the `u32` that positions hold. A document is at most 5 MiB, so nothing is lost.
pub(crate) fn saturate(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_from_one() {
        let source = Source::new("été\nà b\r\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position("été\nà ".len()), Position { line: 2, column: 3 });
        assert_eq!(source.line(2), Some("à b"));
        assert_eq!(source.line(9), None);
    }

    #[test]
    fn a_long_line_is_counted_in_steps() {
        let text = format!("à\n{}", "é".repeat(5_000));
        let source = Source::new(&text);
        for column in [0, 1, 511, 512, 2_000, 5_000] {
            let position = Position { line: 2, column: saturate(column + 1) };
            assert_eq!(source.position(3 + 2 * column), position);
        }
    }
}
