//! Limits on Markdown that keep parsing time and memory proportional to the size of the document.
//!
//! Each limit is far above what an editor writes by hand.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::Node;
use memchr::{memchr, memchr_iter};

/// Maximum nesting depth of the tree. Browsers stop at 512 elements.
const MAX_DEPTH: usize = 100;
/// Allowed number of markup characters: this base, plus one per [`BYTES_PER_MARKUP_BYTE`] bytes of text.
const BASE_MARKUP_BYTES: usize = 64 * 1024;
const BYTES_PER_MARKUP_BYTE: usize = 16;
/// Maximum number of table cells, counted as if every row were as long as the longest. Comrak pads short
/// rows.
const MAX_TABLE_CELLS: usize = 100_000;

/// Allowed number of lines: this base, plus one per [`BYTES_PER_LINE`] bytes of text.
const BASE_LINES: usize = 32 * 1024;
const BYTES_PER_LINE: usize = 64;

/// Returns true if a text has more lines than its size allows.
pub(crate) fn exceeds_line_limit(text: &str) -> bool {
    let allowed = BASE_LINES + text.len() / BYTES_PER_LINE;
    text.len() > allowed && memchr_iter(b'\n', text.as_bytes()).count() > allowed
}

/// Returns true if a text has more lines or more markup characters than its size allows.
pub(super) fn exceeds_markup_limit(markdown: &str) -> bool {
    if exceeds_line_limit(markdown) {
        return true;
    }
    let allowed = BASE_MARKUP_BYTES + markdown.len() / BYTES_PER_MARKUP_BYTE;
    if markdown.len() <= allowed {
        return false;
    }
    markup_weight(markdown) > allowed
}

/// Returns the number of markup characters. A character that starts an autolink counts several times, because
/// each autolink is a node with a copy of its address.
fn markup_weight(markdown: &str) -> usize {
    const AUTOLINK_WEIGHT: usize = 4;
    let weight = |byte: &u8| match byte {
        b'*' | b'_' | b'[' | b']' | b'!' | b'`' | b'<' | b'>' | b'~' | b'\\' | b'^' | b'&' => 1,
        b'@' => AUTOLINK_WEIGHT,
        _ => 0,
    };
    let characters: usize = markdown.as_bytes().iter().map(weight).sum();
    let addresses = ["://", "www."].iter().map(|start| markdown.matches(start).count()).sum::<usize>();
    characters + AUTOLINK_WEIGHT * addresses
}

/// Returns true if table syntax may be enabled. Comrak pads short rows to the longest, so the cost is rows
/// times columns.
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

/// Returns true if a tree is nested deeper than [`MAX_DEPTH`].
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_markup_of_every_kind_is_over_the_limit() {
        const SIZE: usize = 5 * 1024 * 1024;
        for unit in ["&", ">", "a@b.example ", "https://b.example/ ", "www.b.example ", "*a_ ", "\n"] {
            assert!(exceeds_markup_limit(&unit.repeat(SIZE / unit.len())), "{unit:?}");
        }
        // A page of prose with a link in each sentence is far below it.
        let prose = "Les grenouilles reviennent en mars, dit <a href=\"https://mare.example\">le guide</a>. ";
        assert!(!exceeds_markup_limit(&prose.repeat(1_000)));
    }
}
