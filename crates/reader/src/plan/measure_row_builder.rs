//! Builds a measure from several rows, because converters break titles over lines and pages.

use std::borrow::Cow;

use passerelle_text::fold::fold;

use super::row::MeasureRow;
use super::status;

/// A measure whose rows are being read.
#[derive(Debug)]
pub(super) struct MeasureRowBuilder<'a> {
    /// The number.
    pub(super) number: u32,
    /// The line of its first row.
    pub(super) line: u32,
    /// Text of that line, as written.
    pub(super) source: &'a str,
    /// The last line of the measure.
    pub(super) last_line: u32,
    /// The title so far.
    pub(super) title: String,
    /// The status. Empty until it is read.
    pub(super) status: String,
    /// Lines that belong to the title if a status follows.
    pending: Vec<PendingLine>,
}

/// A line that may be a part of a title.
#[derive(Debug)]
struct PendingLine {
    text: String,
    line: u32,
    /// True if the line is a table row. A row that belongs to no measure is reported to the editor.
    is_row: bool,
    /// True if the line is a table row whose first cell, the place of the number, is empty.
    is_indented: bool,
}

impl<'a> MeasureRowBuilder<'a> {
    /// Begins with the first row.
    pub(super) fn new(row: MeasureRow<'_>, line: u32, source: &'a str) -> Self {
        Self {
            number: row.number.value,
            line,
            source,
            last_line: line,
            title: row.title.to_owned(),
            status: row.status.to_owned(),
            pending: Vec::new(),
        }
    }

    /// Returns true if the status has been read, and is one of the list.
    pub(super) fn has_known_status(&self) -> bool {
        status::is_known(&self.status)
    }

    /// Adds a row without a number, if it continues the measure.
    pub(super) fn try_append_row(&mut self, cells: &[Cow<'_, str>], line: u32) -> bool {
        let is_indented = cells.first().is_some_and(|cell| cell.is_empty());
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let (Some((column, first)), second, None) = (filled.next(), filled.next(), filled.next()) else {
            return false;
        };
        let is_taken = match second {
            Some((second_column, last)) if self.status.is_empty() => {
                // An unknown status must be in the column of statuses.
                let is_status = status::is_known(last) || (is_indented && (column, second_column) == (1, 2));
                is_status && self.set_status(first, last)
            }
            None if self.status.is_empty() => {
                if status::is_known(first) {
                    self.set_status("", first)
                } else {
                    self.push_pending(first, line, true, is_indented);
                    true
                }
            }
            Some((_, last)) => is_indented && self.continue_status(first, last),
            None if is_indented && column > 1 => self.continue_status("", first),
            None => is_indented && column == 1 && continues_title(&self.title, first) && self.append(first),
        };
        if is_taken {
            self.last_line = line;
        }
        is_taken
    }

    /// Adds a line of text if it can continue this row. It must be directly below the row, or clearly
    /// continue the title after a page break.
    pub(super) fn try_append_text(&mut self, text: &str, line: u32, is_adjacent: bool) -> bool {
        let text_so_far = self.pending.last().map_or(self.title.as_str(), |part| &part.text);
        if !self.status.is_empty() || (!is_adjacent && !continues_title(text_so_far, text)) {
            return false;
        }
        self.last_line = line;
        if status::is_known(text) {
            self.set_status("", text);
        } else {
            self.push_pending(text, line, false, false);
        }
        true
    }

    /// Ends the measure. Returns the lines of the rows that do not belong to it.
    pub(super) fn finish(&mut self) -> Vec<u32> {
        let mut unread = Vec::new();
        for part in std::mem::take(&mut self.pending) {
            if unread.is_empty() && part.is_indented && continues_title(&self.title, &part.text) {
                self.append(&part.text);
            } else if part.is_row {
                unread.push(part.line);
            }
        }
        unread
    }

    fn push_pending(&mut self, text: &str, line: u32, is_row: bool, is_indented: bool) {
        self.pending.push(PendingLine { text: text.to_owned(), line, is_row, is_indented });
    }

    fn set_status(&mut self, rest: &str, status: &str) -> bool {
        for part in std::mem::take(&mut self.pending) {
            self.append(&part.text);
        }
        self.append(rest);
        status.clone_into(&mut self.status);
        true
    }

    /// A status that is broken over two rows: `PPS En` and `cours`.
    fn continue_status(&mut self, rest: &str, status: &str) -> bool {
        // No status is that long, and none is copied for every row that follows it.
        if self.status.len() > MAX_PARTIAL_STATUS_BYTES {
            return false;
        }
        let joined = format!("{} {status}", self.status);
        if self.has_known_status() || !status::is_known(&joined) {
            return false;
        }
        self.append(rest);
        self.status = joined;
        true
    }

    fn append(&mut self, text: &str) -> bool {
        if !text.is_empty() {
            if !self.title.is_empty() {
                self.title.push(' ');
            }
            self.title.push_str(text);
        }
        true
    }
}

/// Maximum size in bytes of one part of a status that is split over two lines.
const MAX_PARTIAL_STATUS_BYTES: usize = 60;

/// Words that no title ends with, folded: French, Dutch, English, German.
const CONNECTING_WORDS: [&str; 57] = [
    "a", "afin", "au", "aux", "avec", "ce", "ces", "chez", "d'", "dans", "de", "des", "du", "en", "entre",
    "et", "l'", "la", "le", "les", "leur", "leurs", "ou", "par", "pour", "que", "qui", "sa", "sans", "ses",
    "son", "sous", "sur", "un", "une", "van", "het", "een", "voor", "met", "op", "the", "and", "of", "to",
    "for", "with", "der", "die", "das", "dem", "den", "und", "fur", "mit", "von", "zu",
];

/// Returns true if a text clearly continues a title: the text starts, or the title ends, in the middle of a
/// sentence.
pub(super) fn continues_title(title: &str, text: &str) -> bool {
    // The asterisk of a repeated measure is the end of its title.
    if title.ends_with('*') || text.starts_with('*') {
        return false;
    }
    let begins_within =
        text.starts_with(|first: char| first.is_lowercase() || ",;:.)(/&’'»…".contains(first));
    let is_list = title.starts_with("- ") && text.starts_with("- ");
    let ends_open =
        title.is_empty() || title.ends_with([',', '(', '/', '-', '\u{AD}', ':', '«', '&', '’', '\'']);
    let last = || title.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_connecting = |word: &str| word.len() < 10 && CONNECTING_WORDS.contains(&fold(word).as_str());
    begins_within || is_list || ends_open || is_connecting(last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::number::MeasureNumber;

    fn build(first: (&str, &str), rows: &[&[&'static str]]) -> (String, String, Vec<u32>) {
        let number = MeasureNumber { value: 12, is_bare: false };
        let mut row = MeasureRowBuilder::new(MeasureRow { number, title: first.0, status: first.1 }, 1, "");
        let mut unread = Vec::new();
        for (line, cells) in (2..).zip(rows) {
            let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| Cow::Borrowed(*cell)).collect();
            if !row.try_append_row(&cells, line) {
                unread.push(line);
            }
        }
        unread.extend(row.finish());
        (row.title, row.status, unread)
    }

    fn expected(title: &str, status: &str) -> (String, String, Vec<u32>) {
        (title.to_owned(), status.to_owned(), Vec::new())
    }

    #[test]
    fn rows_continue_until_a_status() {
        let rest: [&[&[&str]]; 5] = [
            &[&["des", "En cours"]],
            &[&["", "des", "En cours"]],
            &[&["", "des", ""], &["", "", "En cours"]],
            &[&["des"], &["En cours"]],
            &[&["des", "", "En cours"]],
        ];
        for rows in rest {
            assert_eq!(build(("Planter", ""), rows), expected("Planter des", "En cours"), "{rows:?}");
        }
        assert_eq!(build(("Planter", ""), &[&["", "des", "Un jour"]]), expected("Planter des", "Un jour"));
    }

    #[test]
    fn rows_with_a_status_continue_only_by_clear_signs() {
        assert_eq!(build(("Planter", "En cours"), &[&["", "des", ""]]), expected("Planter des", "En cours"));
        assert_eq!(
            build(("Planter les", "En cours"), &[&["", "Haies"]]),
            expected("Planter les Haies", "En cours")
        );
        assert_eq!(
            build(("Planter", "PPS En"), &[&["", "des", "cours"]]),
            expected("Planter des", "PPS En cours")
        );
        for rows in [&["", "Haies", ""] as &[_], &["des", ""], &["", "des", "ici"], &["a", "b", "c"]] {
            assert_eq!(build(("Planter", "En cours"), &[rows]).2, [2], "{rows:?}");
        }
        assert_eq!(build(("Planter*", "En cours"), &[&["", "des"]]).2, [2]);
    }

    #[test]
    fn lines_without_a_following_status_are_not_appended() {
        assert_eq!(build(("Planter", ""), &[&["Haies"]]), ("Planter".to_owned(), String::new(), vec![2]));
        assert_eq!(build(("Planter", ""), &[&["", "des"]]), expected("Planter des", ""));
    }
}
