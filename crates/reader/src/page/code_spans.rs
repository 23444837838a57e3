//! Code spans of a body.

use std::collections::HashMap;

use memchr::memchr_iter;

/// Returns true if an odd number of backslashes precedes an offset.
pub(super) fn is_escaped(body: &str, at: usize) -> bool {
    body[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Index of the backtick runs of a body, to find code spans (`CommonMark`, section 6.1).
pub(super) struct CodeSpans {
    /// Start offset and length of each run, and the index of the next run with the same length.
    runs: Vec<(usize, usize, Option<usize>)>,
    blank_line_offsets: Vec<usize>,
}

impl CodeSpans {
    pub(super) fn new(body: &str) -> Self {
        let mut runs: Vec<(usize, usize, Option<usize>)> = Vec::new();
        for at in memchr_iter(b'`', body.as_bytes()) {
            match runs.last_mut() {
                Some((start, length, _)) if *start + *length == at => *length += 1,
                _ => runs.push((at, 1, None)),
            }
        }
        let mut next: HashMap<usize, usize> = HashMap::new();
        for index in (0..runs.len()).rev() {
            let length = runs[index].1;
            runs[index].2 = next.insert(length, index);
        }
        Self { runs, blank_line_offsets: blank_line_offsets(body) }
    }

    /// Returns the offset after the code span that the run at an offset opens. Without a closing run in the
    /// paragraph, returns the offset after the run.
    pub(super) fn span_end(&self, body: &str, at: usize) -> usize {
        let Ok(index) = self.runs.binary_search_by_key(&at, |(start, ..)| *start) else { return at + 1 };
        let (start, length, next) = self.runs[index];
        if is_escaped(body, start) {
            return start + 1;
        }
        let paragraph_end = self.blank_line_offsets.partition_point(|blank| *blank < start);
        let limit = self.blank_line_offsets.get(paragraph_end).copied().unwrap_or(body.len());
        let closing = next.map(|next| self.runs[next]).filter(|(closing, ..)| *closing < limit);
        closing.map_or(start + length, |(closing, length, _)| closing + length)
    }
}

/// Returns the byte offsets of the blank lines, ascending.
pub(super) fn blank_line_offsets(body: &str) -> Vec<usize> {
    let mut blank = Vec::new();
    let mut offset = 0;
    for line in body.split_inclusive('\n') {
        if line.trim().is_empty() {
            blank.push(offset);
        }
        offset += line.len();
    }
    blank
}
