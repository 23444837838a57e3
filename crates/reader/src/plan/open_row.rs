//! A measure whose row may go on: titles are broken over lines and pages.

use std::borrow::Cow;

use passerelle_text::fold::fold;

use super::row::MeasureRow;
use super::status;

/// The row of a measure, and what has been read of it.
#[derive(Debug)]
pub(super) struct OpenRow<'a> {
    /// The number.
    pub(super) number: u32,
    /// The line of its first row.
    pub(super) line: u32,
    /// That line, as written.
    pub(super) source: &'a str,
    /// The last line of what belongs to it.
    pub(super) last_line: u32,
    /// The title, as far as it has been read.
    pub(super) title: String,
    /// The status; empty as long as there is none.
    pub(super) status: String,
    /// What belongs to the title if a status comes after it.
    waiting: Vec<Part>,
}

/// A line that may be a part of a title.
#[derive(Debug)]
struct Part {
    text: String,
    line: u32,
    /// Whether it is a row, which an editor is told of if nothing reads it.
    is_row: bool,
    /// Whether it is a row whose first cell is empty, where a number would stand.
    is_indented: bool,
}

impl<'a> OpenRow<'a> {
    /// Begins with the first row.
    pub(super) fn new(row: MeasureRow<'_>, line: u32, source: &'a str) -> Self {
        Self {
            number: row.number.value,
            line,
            source,
            last_line: line,
            title: row.title.to_owned(),
            status: row.status.to_owned(),
            waiting: Vec::new(),
        }
    }

    /// Whether the status has been read, and is one of the list.
    pub(super) fn is_whole(&self) -> bool {
        status::is_known(&self.status)
    }

    /// Takes a row without number, if it goes on with this one.
    pub(super) fn take_row(&mut self, cells: &[Cow<'_, str>], line: u32) -> bool {
        let is_indented = cells.first().is_some_and(|cell| cell.is_empty());
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        let (Some((place, first)), second, None) = (filled.next(), filled.next(), filled.next()) else {
            return false;
        };
        let takes = match second {
            Some((second_place, last)) if self.status.is_empty() => {
                // An unknown status must at least stand where one would.
                let is_status = status::is_known(last) || (is_indented && (place, second_place) == (1, 2));
                is_status && self.complete(first, last)
            }
            None if self.status.is_empty() => {
                if status::is_known(first) {
                    self.complete("", first)
                } else {
                    self.wait(first, line, true, is_indented);
                    true
                }
            }
            Some((_, last)) => is_indented && self.go_on_in_status(first, last),
            None if is_indented && place > 1 => self.go_on_in_status("", first),
            None => is_indented && place == 1 && goes_on(&self.title, first) && self.append(first),
        };
        if takes {
            self.last_line = line;
        }
        takes
    }

    /// Takes a line of text, if it may go on with this row: directly below it, or as visibly as after a page break.
    pub(super) fn take_text(&mut self, text: &str, line: u32, is_below: bool) -> bool {
        let so_far = self.waiting.last().map_or(self.title.as_str(), |part| &part.text);
        if !self.status.is_empty() || (!is_below && !goes_on(so_far, text)) {
            return false;
        }
        self.last_line = line;
        if status::is_known(text) {
            self.complete("", text);
        } else {
            self.wait(text, line, false, false);
        }
        true
    }

    /// Ends the row: the lines of the rows that turned out not to belong to it.
    pub(super) fn end(&mut self) -> Vec<u32> {
        let mut unread = Vec::new();
        for part in std::mem::take(&mut self.waiting) {
            if unread.is_empty() && part.is_indented && goes_on(&self.title, &part.text) {
                self.append(&part.text);
            } else if part.is_row {
                unread.push(part.line);
            }
        }
        unread
    }

    fn wait(&mut self, text: &str, line: u32, is_row: bool, is_indented: bool) {
        self.waiting.push(Part { text: text.to_owned(), line, is_row, is_indented });
    }

    fn complete(&mut self, rest: &str, status: &str) -> bool {
        for part in std::mem::take(&mut self.waiting) {
            self.append(&part.text);
        }
        self.append(rest);
        status.clone_into(&mut self.status);
        true
    }

    /// A status that is broken over two rows: `PPS En` and `cours`.
    fn go_on_in_status(&mut self, rest: &str, status: &str) -> bool {
        // No status is that long, and none is copied for every row that follows it.
        if self.status.len() > LONGEST_HALF {
            return false;
        }
        let joined = format!("{} {status}", self.status);
        if self.is_whole() || !status::is_known(&joined) {
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

/// The longest half of a status, in bytes.
const LONGEST_HALF: usize = 60;

/// Words that no title ends with, folded: French, Dutch, English, German.
const JOINING: [&str; 57] = [
    "a", "afin", "au", "aux", "avec", "ce", "ces", "chez", "d'", "dans", "de", "des", "du", "en", "entre",
    "et", "l'", "la", "le", "les", "leur", "leurs", "ou", "par", "pour", "que", "qui", "sa", "sans", "ses",
    "son", "sous", "sur", "un", "une", "van", "het", "een", "voor", "met", "op", "the", "and", "of", "to",
    "for", "with", "der", "die", "das", "dem", "den", "und", "fur", "mit", "von", "zu",
];

/// Whether a text visibly goes on with a title: it begins in the middle of a sentence, or the title stops in one.
fn goes_on(title: &str, text: &str) -> bool {
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
    let is_joining = |word: &str| word.len() < 10 && JOINING.contains(&fold(word).as_str());
    begins_within || is_list || ends_open || is_joining(last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::number::Number;

    fn taken(first: (&str, &str), rows: &[&[&'static str]]) -> (String, String, Vec<u32>) {
        let number = Number { value: 12, is_bare: false };
        let mut row = OpenRow::new(MeasureRow { number, title: first.0, status: first.1 }, 1, "");
        let mut unread = Vec::new();
        for (line, cells) in (2..).zip(rows) {
            let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| Cow::Borrowed(*cell)).collect();
            if !row.take_row(&cells, line) {
                unread.push(line);
            }
        }
        unread.extend(row.end());
        (row.title, row.status, unread)
    }

    fn whole(title: &str, status: &str) -> (String, String, Vec<u32>) {
        (title.to_owned(), status.to_owned(), Vec::new())
    }

    #[test]
    fn a_row_goes_on_until_its_status() {
        let rest: [&[&[&str]]; 5] = [
            &[&["des", "En cours"]],
            &[&["", "des", "En cours"]],
            &[&["", "des", ""], &["", "", "En cours"]],
            &[&["des"], &["En cours"]],
            &[&["des", "", "En cours"]],
        ];
        for rows in rest {
            assert_eq!(taken(("Planter", ""), rows), whole("Planter des", "En cours"), "{rows:?}");
        }
        assert_eq!(taken(("Planter", ""), &[&["", "des", "Un jour"]]), whole("Planter des", "Un jour"));
    }

    #[test]
    fn a_row_that_has_its_status_goes_on_only_visibly() {
        assert_eq!(taken(("Planter", "En cours"), &[&["", "des", ""]]), whole("Planter des", "En cours"));
        assert_eq!(
            taken(("Planter les", "En cours"), &[&["", "Haies"]]),
            whole("Planter les Haies", "En cours")
        );
        assert_eq!(
            taken(("Planter", "PPS En"), &[&["", "des", "cours"]]),
            whole("Planter des", "PPS En cours")
        );
        for rows in [&["", "Haies", ""] as &[_], &["des", ""], &["", "des", "ici"], &["a", "b", "c"]] {
            assert_eq!(taken(("Planter", "En cours"), &[rows]).2, [2], "{rows:?}");
        }
        assert_eq!(taken(("Planter*", "En cours"), &[&["", "des"]]).2, [2]);
    }

    #[test]
    fn what_no_status_follows_is_not_read() {
        assert_eq!(taken(("Planter", ""), &[&["Haies"]]), ("Planter".to_owned(), String::new(), vec![2]));
        assert_eq!(taken(("Planter", ""), &[&["", "des"]]), whole("Planter des", ""));
    }
}
