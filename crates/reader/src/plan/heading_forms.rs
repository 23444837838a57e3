//! Measures in headings: a numbered heading or line per measure, with lines `Statut : …` or sections of
//! fields below it.

use std::borrow::Cow;

use super::block::Block;
use super::category_builder::PARAGRAPH_LEVEL;
use super::draft::{CategoryStep, MeasureDraft};
use super::header_words::{self, ColumnRole};
use super::item_status;
use super::measure_label;
use super::status::{self, StatusMap};
use super::title::{Emphasis, strip_emphasis};

/// Measures found in headings, with counts of the evidence that they are measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HeadingForms {
    /// Measures in document order.
    pub(super) drafts: Vec<MeasureDraft>,
    /// Number of measures whose heading has a word for a measure.
    pub(super) with_word: usize,
    /// Number of measures with a field.
    pub(super) with_fields: usize,
}

/// The longest unknown status in bytes.
const MAX_STATUS_BYTES: usize = 40;
/// The longest title of a measure in bytes. A longer line is text.
const MAX_TITLE_BYTES: usize = 400;

/// Reads the measures. `skip` holds the lines of headings that repeat the title on every page.
pub(super) fn read(blocks: &[Block], map: &StatusMap, skip: &[u32]) -> HeadingForms {
    let blocks = &bold_lines_to_headings(blocks);
    let level = measure_level(blocks, map);
    let mut reader = HeadingReader { level, map, ..HeadingReader::default_with(map) };
    for block in blocks {
        match block.as_ref() {
            Block::Heading { level, text, line } if !skip.contains(line) => {
                reader.heading(*level, text, *line);
            }
            Block::Text { text, line } => reader.text(text, *line),
            Block::Item(item) => reader.field_or_description(&item.text, true),
            Block::Heading { .. } | Block::Table(_) => {}
        }
    }
    reader.finish()
}

struct HeadingReader<'a> {
    /// Level of headings with fields below them.
    level: Option<u8>,
    map: &'a StatusMap,
    stack: Vec<(u8, CategoryStep)>,
    forms: HeadingForms,
    /// Role and name of the section below the measure: `#### Stand`.
    section: Option<(ColumnRole, String)>,
    /// Level of the heading of the open measure. 7 for a measure in a line of text.
    open: Option<u8>,
    has_fields: bool,
}

impl<'a> HeadingReader<'a> {
    fn default_with(map: &'a StatusMap) -> Self {
        Self {
            level: None,
            map,
            stack: Vec::new(),
            forms: HeadingForms::default(),
            section: None,
            open: None,
            has_fields: false,
        }
    }

    fn heading(&mut self, level: u8, text: &str, line: u32) {
        if let Some(open) = self.open
            && level > open
            && let Some(role) = section_role(text)
        {
            self.section = Some((role, header_words::plain_text(text)));
            return;
        }
        self.section = None;
        self.close();
        while self.stack.last().is_some_and(|(above, _)| *above >= level) {
            self.stack.pop();
        }
        if self.try_open(text, line, Some(level)) {
            return;
        }
        self.stack.push((level, CategoryStep { text: text.to_owned(), line }));
    }

    fn text(&mut self, text: &str, line: u32) {
        if text.len() <= MAX_TITLE_BYTES && self.try_open(text, line, None) {
            return;
        }
        if self.open.is_some()
            && let Some(found) = measure_label::split(text)
            && found.is_marked
            && found.label.matches('.').count() >= 2
            && text.len() <= MAX_TITLE_BYTES
        {
            self.push(Some(found.label), found.title, line, true);
            return;
        }
        self.field_or_description(text, false);
    }

    /// Opens a measure if the text is the title of one.
    fn try_open(&mut self, text: &str, line: u32, level: Option<u8>) -> bool {
        let split = measure_label::split(text).filter(|found| found.is_marked);
        let (label, title, mut has_word) = match split {
            Some(found) => (Some(found.label), found.title.to_owned(), found.has_word),
            None => (None, text.to_owned(), false),
        };
        let (title, has_inner_word) = without_measure_word(&title);
        has_word |= has_inner_word;
        let is_measure = match level {
            Some(level) => {
                (has_word && self.level.is_none_or(|fields| fields == level)) || self.level == Some(level)
            }
            // A line of text needs both a label and the word: `2.3.2. Maßnahme: …`.
            None => has_inner_word && label.is_some(),
        };
        if !is_measure {
            return false;
        }
        self.close();
        self.section = None;
        self.forms.with_word += usize::from(has_word);
        match level.and_then(|_| split_status(&title, self.map)) {
            Some((title, status)) => {
                self.push(label, &title, line, false);
                self.has_fields = true;
                if let Some(draft) = self.forms.drafts.last_mut() {
                    draft.status = status;
                }
            }
            None => self.push(label, &title, line, false),
        }
        self.open = Some(level.unwrap_or(PARAGRAPH_LEVEL));
        true
    }

    fn push(&mut self, label: Option<String>, title: &str, line: u32, is_part: bool) {
        let categories = self.stack.iter().map(|(_, step)| step.clone()).collect();
        let title = title.to_owned();
        self.forms.drafts.push(MeasureDraft {
            label,
            title,
            categories,
            is_part,
            line,
            ..MeasureDraft::default()
        });
    }

    fn field_or_description(&mut self, text: &str, is_item: bool) {
        if self.open.is_none() {
            return;
        }
        let Some(draft) = self.forms.drafts.last_mut() else { return };
        if let Some((role, name)) = &self.section {
            set_field(draft, *role, name, text, self.map);
            self.has_fields = true;
        } else if let Some((role, name, value)) = header_words::field(text) {
            set_field(draft, role, &name, value, self.map);
            self.has_fields = true;
        } else if !draft.is_part {
            let text = if is_item { format!("- {text}") } else { text.to_owned() };
            draft.add_field(ColumnRole::Description, "", &text);
        }
    }

    fn close(&mut self) {
        self.forms.with_fields += usize::from(self.has_fields);
        self.has_fields = false;
        self.open = None;
    }

    fn finish(mut self) -> HeadingForms {
        self.close();
        self.forms
    }
}

fn set_field(draft: &mut MeasureDraft, role: ColumnRole, name: &str, value: &str, map: &StatusMap) {
    // An unknown word is a status too. A longer text is a remark about it.
    let is_status =
        || status::is_stated(value, map) || (value.len() <= MAX_STATUS_BYTES && !value.contains(':'));
    if role == ColumnRole::Status && draft.status.is_empty() && is_status() {
        value.clone_into(&mut draft.status);
    } else if role == ColumnRole::Label && draft.label.is_none() {
        draft.label = measure_label::of_cell(value);
    } else {
        draft.add_field(role, name, value);
    }
}

/// The role of a heading that is the name of a field.
pub(super) fn section_role(text: &str) -> Option<ColumnRole> {
    header_words::exact_role(text).filter(|role| *role != ColumnRole::Title)
}

/// Removes a word for a measure and a colon from the beginning: `Maßnahme: Title`.
fn without_measure_word(title: &str) -> (String, bool) {
    let Some((word, rest)) = title.split_once(':') else { return (title.to_owned(), false) };
    let is_word = word.len() <= 20
        && header_words::exact_role(word) == Some(ColumnRole::Title)
        && header_words::is_strong_title(word);
    if is_word { (rest.trim().to_owned(), true) } else { (title.to_owned(), false) }
}

/// Bold lines directly above a field as headings below all others: `**1.1 Creuser**` over `Statut : …`.
fn bold_lines_to_headings(blocks: &[Block]) -> Vec<Cow<'_, Block>> {
    let is_field = |block: &Block| match block {
        Block::Text { text, .. } => header_words::field(text).is_some(),
        Block::Item(item) => header_words::field(&item.text).is_some(),
        Block::Heading { .. } | Block::Table(_) => false,
    };
    let heading = |at: usize| {
        let Block::Text { text, line } = &blocks[at] else { return None };
        let (text, emphasis) = strip_emphasis(text);
        let is_title = emphasis == Emphasis::Bold && !text.ends_with(':') && text.len() <= MAX_TITLE_BYTES;
        let is_above_field = is_title && blocks.get(at + 1).is_some_and(is_field) && !is_field(&blocks[at]);
        is_above_field.then(|| Block::Heading {
            level: PARAGRAPH_LEVEL,
            text: text.into_owned(),
            line: *line,
        })
    };
    (0..blocks.len()).map(|at| heading(at).map_or(Cow::Borrowed(&blocks[at]), Cow::Owned)).collect()
}

/// The title and the status of a heading `Creuser (en cours)`.
fn split_status(text: &str, map: &StatusMap) -> Option<(String, String)> {
    let (title, status) = item_status::split_text(text, map);
    (text.len() <= MAX_TITLE_BYTES && !status.is_empty() && !title.is_empty()).then_some((title, status))
}

/// The level of headings that have lines or sections of fields below them: the level with most of them.
fn measure_level(blocks: &[Cow<'_, Block>], map: &StatusMap) -> Option<u8> {
    let mut counts = [0_usize; 8];
    let mut totals = [0_usize; 8];
    let mut current: Option<(u8, usize)> = None;
    let mut close = |current: &mut Option<(u8, usize)>| {
        if let Some((level, fields)) = current.take() {
            counts[usize::from(level.min(7))] += usize::from(fields >= 2);
        }
    };
    for block in blocks {
        match block.as_ref() {
            Block::Heading { level, text, .. } => {
                if let Some((open, fields)) = &mut current
                    && *level > *open
                    && section_role(text).is_some()
                {
                    *fields += 1;
                    continue;
                }
                close(&mut current);
                totals[usize::from((*level).min(7))] += 1;
                // A status alone is enough.
                current = Some((*level, if split_status(text, map).is_some() { 2 } else { 0 }));
            }
            Block::Text { text, .. } => count_field(text, &mut current, map),
            Block::Item(item) => count_field(&item.text, &mut current, map),
            Block::Table(_) => {}
        }
    }
    close(&mut current);
    let best = (1..8).max_by_key(|level| counts[*level])?;
    (counts[best] >= 2 && counts[best] * 2 >= totals[best]).then(|| u8::try_from(best).unwrap_or(7))
}

fn count_field(text: &str, current: &mut Option<(u8, usize)>, map: &StatusMap) {
    if let (Some((_, fields)), Some((role, _, value))) = (current, header_words::field(text)) {
        // A status alone is enough.
        *fields += if role == ColumnRole::Status && status::is_stated(value, map) { 2 } else { 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::super::{block, line};
    use super::*;

    fn forms(text: &str) -> HeadingForms {
        read(&block::read(&line::read(text, 1).located), &StatusMap::default(), &[])
    }

    #[test]
    fn a_heading_with_lines_of_fields_is_a_measure() {
        let found = forms(
            "## Eau\n\n### 1. Creuser\n\nStatut : en cours\nPilote : Ville\n\n### 2. Semer\n\n**Statut :** réalisé\n",
        );
        let titles: Vec<(&str, &str)> =
            found.drafts.iter().map(|draft| (draft.title.as_str(), draft.status.as_str())).collect();
        assert_eq!(titles, [("Creuser", "en cours"), ("Semer", "réalisé")]);
        assert_eq!(found.drafts[0].field(ColumnRole::Responsible), Some("Ville"));
        assert_eq!(found.drafts[0].categories[0].text, "Eau");
        assert_eq!(found.with_fields, 2);
    }

    #[test]
    fn a_bold_line_above_fields_is_a_measure_and_a_heading_can_state_the_status() {
        let titles = |text: &str| {
            let drafts = forms(text).drafts.into_iter();
            drafts.map(|draft| (draft.title, draft.status)).collect::<Vec<_>>()
        };
        let expected = [("Creuser", "en cours"), ("Semer", "réalisé")];
        let expected = expected.map(|(title, status)| (title.to_owned(), status.to_owned()));
        let bold = "## Eau\n\n**1.1. Creuser**\nStatut : en cours\n\n**1.2. Semer**\nStatut : réalisé\n";
        assert_eq!(titles(bold), expected);
        assert_eq!(titles("## 1. Creuser (en cours)\n\nAu parc.\n\n## 2. Semer – réalisé\n"), expected);
        assert_eq!(
            titles("## 1. Creuser\n\nStatut\n: en cours\n\n## 2. Semer\n\nStatut\n: réalisé\n"),
            expected
        );
    }

    #[test]
    fn numbered_lines_with_the_word_are_measures_and_deeper_numbers_parts() {
        let found = forms(
            "# 2. Energie\n\n### 2.1.1. Maßnahme: Dächer\n\n2.1.1.1. Schulen\n\n2.1.2. Maßnahme: Netze\n",
        );
        let parts: Vec<(&str, bool)> =
            found.drafts.iter().map(|draft| (draft.title.as_str(), draft.is_part)).collect();
        assert_eq!(parts, [("Dächer", false), ("Schulen", true), ("Netze", false)]);
        assert_eq!(found.with_word, 2);
    }
}
