//! The table of contents. It is not published; its titles are compared with the headings.

use std::borrow::Cow;
use std::collections::HashMap;

use passerelle_model::plan::CategoryLevel;
use passerelle_text::fold::fold;

use super::label;

/// Returns true if a heading opens the table of contents.
pub(super) fn is_heading(text: &str) -> bool {
    let folded = fold(text.trim_matches(['*', '_']));
    matches!(folded.as_str(), "table des matieres" | "sommaire" | "inhoudsopgave" | "inhoud" | "contents")
        || matches!(folded.as_str(), "table of contents" | "inhaltsverzeichnis" | "inhalt")
}

/// Returns the text of an entry without the leaders and the page: `1. Planter` for `1. Planter .....⇥3`.
/// Returns `None` if the line has no page.
pub(super) fn parse_entry(line: &str) -> Option<label::LabelledHeading> {
    // Check the end first, because lines can be long and most end without a page.
    if !line.ends_with(|last: char| last.is_ascii_digit() || last == '*') {
        return None;
    }
    let plain = line.replace("**", "");
    let text = plain.trim_end();
    let without_page = text.trim_end_matches(|character: char| character.is_ascii_digit());
    let has_page = without_page.len() < text.len();
    let title = without_page
        .trim_end_matches(|character: char| character.is_whitespace() || ".…_·".contains(character));
    let has_leaders = without_page.contains('\t') || without_page.len() - title.len() > 2;
    if !has_page || !has_leaders {
        return None;
    }
    label::read(title)
}

/// The text of an entry of which the page stands in a cell of its own: `1. Planter`, or `1.` and `Planter`,
/// then `3`.
pub(super) fn parse_cell_entry(cells: &[Cow<'_, str>]) -> Option<label::LabelledHeading> {
    let filled: Vec<&str> = cells.iter().map(AsRef::as_ref).filter(|cell| !cell.is_empty()).collect();
    let (page, title) = filled.split_last()?;
    let page = page.trim_matches('*');
    let is_page =
        (1..=MAX_PAGE_DIGITS).contains(&page.len()) && page.bytes().all(|byte| byte.is_ascii_digit());
    if !is_page || !(1..=2).contains(&title.len()) {
        return None;
    }
    parse_entry(&format!("{}\t{page}", title.join(" ")))
}

/// Reads a text that nothing marks as a heading: an axis, if a point, colon or dash stands between number
/// and title.
pub(super) fn read_unmarked(text: &str) -> Option<label::LabelledHeading> {
    // Without taking the text apart, which may be long, where it does not begin like that.
    let (word, rest) = text.split_once(char::is_whitespace)?;
    if word.len() > MAX_AXIS_WORD_BYTES || !label::AXIS_WORDS.contains(&fold(word).as_str()) {
        return None;
    }
    let after = rest.trim_start().trim_start_matches(|character: char| character.is_ascii_alphanumeric());
    let has_separator = after.trim_start().starts_with([':', '–', '—', '.']);
    (has_separator && parse_entry(text).is_none()).then(|| label::read(text)).flatten()
}

/// The longest of the words before the number of an axis, in bytes.
const MAX_AXIS_WORD_BYTES: usize = 14;

/// Maximum number of digits of a page. A year has more.
const MAX_PAGE_DIGITS: usize = 3;

/// Titles by position in the tree. An objective belongs to the axis before it.
#[derive(Clone, Debug, Default)]
pub(super) struct TableOfContents {
    titles: HashMap<(CategoryLevel, String), String>,
    labels: Vec<String>,
}

impl TableOfContents {
    /// Adds the next entry.
    pub(super) fn push(&mut self, entry: label::LabelledHeading) {
        self.labels.truncate(entry.level as usize);
        self.labels.push(entry.label);
        self.titles.entry((entry.level, self.labels.join("."))).or_insert(entry.title);
    }

    /// Returns the title at a position. Returns `None` if there is none, or if it equals the heading.
    pub(super) fn find_mismatch(&self, level: CategoryLevel, path: &str, heading: &str) -> Option<&str> {
        let title = self.titles.get(&(level, path.to_owned()))?;
        (normalize(title) != normalize(heading)).then_some(title)
    }
}

/// Returns only letters and digits, because leaders, punctuation and spacing differ between a table of
/// contents and the headings.
fn normalize(title: &str) -> String {
    fold(title).chars().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_with_a_page_number() {
        let parsed = |line| parse_entry(line).map(|entry| (entry.label, entry.title));
        assert_eq!(parsed("**AXE 1: PLANTER .....**\t**3**"), Some(("1".into(), "PLANTER".into())));
        assert_eq!(parsed("2. Creuser ...\t19"), Some(("2".into(), "Creuser".into())));
        assert_eq!(parsed("2. Creuser une mare en 2025"), None);
    }

    #[test]
    fn the_page_number_can_have_its_own_cell() {
        let parsed = |cells: &[&'static str]| {
            let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| Cow::Borrowed(*cell)).collect();
            parse_cell_entry(&cells).map(|entry| (entry.label, entry.title))
        };
        assert_eq!(parsed(&["2.", "Creuser", "", "19"]), Some(("2".into(), "Creuser".into())));
        assert_eq!(parsed(&["**AXE 1: PLANTER**", "**3**"]), Some(("1".into(), "PLANTER".into())));
        assert_eq!(
            [parsed(&["2.", "Creuser", "2025"]), parsed(&["2.", "Creuser", "En cours"])],
            [None, None]
        );
    }

    #[test]
    fn mismatches_ignore_case() {
        let mut contents = TableOfContents::default();
        contents.push(parse_entry("AXE 1: PLANTER .....\t3").unwrap());
        contents.push(parse_entry("1. Creuser .....\t4").unwrap());
        assert_eq!(contents.find_mismatch(CategoryLevel::Axis, "1", "Planter"), None);
        assert!(contents.find_mismatch(CategoryLevel::Objective, "1.1", "Creuser deux mares").is_some());
        assert_eq!(contents.find_mismatch(CategoryLevel::Objective, "1.2", "Arroser"), None);
    }

    #[test]
    fn unmarked_axes_need_a_separator() {
        for text in ["AXE 2: Ouvrir", "Axe II – Ouvrir", "As 2. Ouvrir", "ACHSE 2 : Ouvrir"] {
            assert!(read_unmarked(text).is_some(), "{text}");
        }
        for text in
            ["Axe 2 ouvre la ville", "3. Ouvrir", "L’axe 2 : ouvrir", "AXE 2: OUVRIR .....\t8", "AXE 2:"]
        {
            assert!(read_unmarked(text).is_none(), "{text}");
        }
    }
}
