//! What no person writes: so much markup, or so deep, that reading it would take time and memory out of proportion.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::Node;
use memchr::{memchr, memchr_iter};

/// Elements nested deeper than this are no page's: browsers stop at 512, and a person long before.
const DEEPEST: usize = 100;
/// A text may have so many signs of markup, and one more for each of so many bytes.
const SIGNS: usize = 64 * 1024;
const BYTES_A_SIGN: usize = 16;
/// The most cells that the tables of a text may have, counted as if its longest row were every row.
const CELLS: usize = 100_000;

/// A text may have so many lines, and one more for each of so many bytes.
const LINES: usize = 32 * 1024;
const BYTES_A_LINE: usize = 64;

/// Whether a text has more lines than anybody writes.
pub(crate) fn has_many_lines(text: &str) -> bool {
    let allowed = LINES + text.len() / BYTES_A_LINE;
    text.len() > allowed && memchr_iter(b'\n', text.as_bytes()).count() > allowed
}

/// Whether a text has more markup than words.
pub(super) fn is_dense(markdown: &str) -> bool {
    if has_many_lines(markdown) {
        return true;
    }
    let allowed = SIGNS + markdown.len() / BYTES_A_SIGN;
    if markdown.len() <= allowed {
        return false;
    }
    let is_sign =
        |byte: &u8| matches!(byte, b'*' | b'_' | b'[' | b']' | b'!' | b'`' | b'<' | b'~' | b'\\' | b'^');
    markdown.as_bytes().iter().filter(|byte| is_sign(byte)).count() > allowed
}

/// Whether tables of a text could be drawn: short rows are filled up to the longest.
pub(super) fn has_drawable_tables(markdown: &str) -> bool {
    if memchr(b'|', markdown.as_bytes()).is_none() {
        return true;
    }
    let (mut rows, mut longest) = (0_usize, 0_usize);
    for line in markdown.lines() {
        let bars = line.bytes().filter(|byte| *byte == b'|').count();
        rows += usize::from(bars > 0);
        longest = longest.max(bars);
    }
    rows.saturating_mul(longest) <= CELLS
}

/// Whether a tree is deeper than any page's.
pub(super) fn is_deep(root: Node<'_>) -> bool {
    let mut depth = 0_usize;
    root.traverse().any(|edge| {
        match edge {
            NodeEdge::Start(_) => depth += 1,
            NodeEdge::End(_) => depth -= 1,
        }
        depth > DEEPEST
    })
}
