//! What no person writes: so much markup, or so deep, that reading it would take time and memory out of proportion.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::Node;
use memchr::{memchr, memchr_iter};

/// Elements nested deeper than this are no page's: browsers stop at 512, and a person long before.
const MAX_DEPTH: usize = 100;
/// A text may have so many signs of markup, and one more for each of so many bytes.
const BASE_MARKUP_BYTES: usize = 64 * 1024;
const BYTES_PER_MARKUP_BYTE: usize = 16;
/// The most cells that the tables of a text may have, counted as if its longest row were every row.
const MAX_TABLE_CELLS: usize = 100_000;

/// A text may have so many lines, and one more for each of so many bytes.
const BASE_LINES: usize = 32 * 1024;
const BYTES_PER_LINE: usize = 64;

/// Whether a text has more lines than anybody writes.
pub(crate) fn exceeds_line_limit(text: &str) -> bool {
    let allowed = BASE_LINES + text.len() / BYTES_PER_LINE;
    text.len() > allowed && memchr_iter(b'\n', text.as_bytes()).count() > allowed
}

/// Whether a text has more markup than words.
pub(super) fn exceeds_markup_limit(markdown: &str) -> bool {
    if exceeds_line_limit(markdown) {
        return true;
    }
    let allowed = BASE_MARKUP_BYTES + markdown.len() / BYTES_PER_MARKUP_BYTE;
    if markdown.len() <= allowed {
        return false;
    }
    let is_markup =
        |byte: &u8| matches!(byte, b'*' | b'_' | b'[' | b']' | b'!' | b'`' | b'<' | b'~' | b'\\' | b'^');
    markdown.as_bytes().iter().filter(|byte| is_markup(byte)).count() > allowed
}

/// Whether tables of a text could be drawn: short rows are filled up to the longest.
pub(super) fn tables_within_limit(markdown: &str) -> bool {
    if memchr(b'|', markdown.as_bytes()).is_none() {
        return true;
    }
    let (mut rows, mut longest) = (0_usize, 0_usize);
    for line in markdown.lines() {
        let pipes = line.bytes().filter(|byte| *byte == b'|').count();
        rows += usize::from(pipes > 0);
        longest = longest.max(pipes);
    }
    rows.saturating_mul(longest) <= MAX_TABLE_CELLS
}

/// Whether a tree is deeper than any page's.
pub(super) fn exceeds_depth_limit(root: Node<'_>) -> bool {
    let mut depth = 0_usize;
    root.traverse().any(|edge| {
        match edge {
            NodeEdge::Start(_) => depth += 1,
            NodeEdge::End(_) => depth -= 1,
        }
        depth > MAX_DEPTH
    })
}
