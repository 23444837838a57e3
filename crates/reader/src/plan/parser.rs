//! Parses a plan with axes from top to bottom.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::language::Language;
use passerelle_model::plan::{CategoryLevel, MeasureStatus};
use passerelle_model::plan::{Footnote, Measure, MeasureDetails, Plan, PlanHeading};
use passerelle_model::position::Position;
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::{collapse_whitespace, fold};

use super::category_builder::{CategoryBuilder, PARAGRAPH_LEVEL};
use super::detect;
use super::evidence;
use super::face::{Line, LocatedLine};
use super::label;
use super::line::Lines;
use super::measure_row_builder::MeasureRowBuilder;
use super::number;
use super::plan_title::{self, TitleSources};
use super::row::{self, ClassifiedRow, MeasureRow};
use super::status::{self, StatusMap};
use super::table_of_contents;
use super::title::{self, Emphasis};
use crate::front_matter::FrontMatter;
use crate::markdown::render_title;
use crate::source::saturating_u32;

/// A document with the words that it maps to statuses.
pub(super) struct PlanDocument<'a> {
    /// Front matter.
    pub(super) front: &'a FrontMatter,
    /// Name of the file without ending, the last choice for a title.
    pub(super) stem: &'a str,
    /// Lines of the body.
    pub(super) lines: Lines<'a>,
    /// True if the last line has no line ending, as in a file that was cut off.
    pub(super) ends_without_newline: bool,
    /// Words that the plan maps to statuses.
    pub(super) map: &'a StatusMap,
}

/// Parses a plan. Repeated rows are matched later.
pub(super) fn read(document: PlanDocument<'_>, lang: Language) -> (Plan, Vec<Finding>) {
    let PlanDocument { front, stem, lines, ends_without_newline, map } = document;
    let Lines { located, ends_in_open_row } = lines;
    let mut parser = PlanParser {
        has_bare_numbers: detect::has_bare_measure_numbers(&located),
        map: map.clone(),
        ..PlanParser::default()
    };
    parser.categories.is_flat = has_headings_of_axes_inside(&located);
    for located in located {
        parser.parse_line(&located);
    }
    parser.end_of_document(ends_in_open_row || ends_without_newline, ends_in_open_row);
    parser.finish(front, stem, lang)
}

/// Returns true if headings without a label, between two axes, have the level of the axes. The levels of
/// such a document mean nothing.
fn has_headings_of_axes_inside(lines: &[LocatedLine<'_>]) -> bool {
    let mut level_of_axes = None;
    let mut is_inside = false;
    for located in lines {
        let Line::Heading(text) = &located.line else { continue };
        match label::read(text) {
            Some(labelled) if labelled.level == CategoryLevel::Axis => {
                if is_inside {
                    return true;
                }
                level_of_axes = Some(located.level);
            }
            None => is_inside |= level_of_axes.is_some_and(|axis| located.level <= axis),
            Some(_) => {}
        }
    }
    false
}

/// Number of lines of text in which the title is searched.
const MAX_OPENING_TEXTS: u32 = 12;

/// The longest line in bold that is the title of the rows below it, in bytes.
const MAX_BOLD_TITLE_BYTES: usize = 100;

/// A reference to a footnote, and its position.
struct FootnoteRef {
    number: u32,
    position: Position,
}

/// Kind of the previous line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum PreviousLine {
    /// The open row of a measure.
    Row,
    /// A footnote or note.
    Note,
    /// Anything else, or nothing.
    #[default]
    Other,
}

#[derive(Default)]
struct PlanParser<'a> {
    in_contents: bool,
    categories: CategoryBuilder,
    /// The first paragraph that is completely bold. It is the title if there is no heading.
    bold_title: Option<String>,
    /// The first line of text above the categories that names a plan. It is the title if there is neither of
    /// them.
    plain_title: Option<String>,
    /// Number of lines of text.
    texts: u32,
    has_bare_numbers: bool,
    /// Words of axes in the order in which they first occur.
    axis_words: Vec<String>,
    map: StatusMap,
    /// Headings without a label since the last row: level, text and line. They open categories if a row
    /// follows.
    headings: Vec<(u8, String, u32)>,
    /// The measure whose row can continue.
    open_row: Option<MeasureRowBuilder<'a>>,
    /// Kind of the previous line, without a blank line between.
    previous: PreviousLine,
    measures: Vec<Measure>,
    line_by_number: HashMap<u32, u32>,
    footnotes: Vec<Footnote>,
    notes: Vec<RichText>,
    footnote_refs: Vec<FootnoteRef>,
    findings: Vec<Finding>,
    /// The last line that was not blank, and whether it is only a number.
    last_line_seen: Option<(u32, bool)>,
}

impl<'a> PlanParser<'a> {
    fn parse_line(&mut self, located: &LocatedLine<'a>) {
        let number = located.number;
        let previous = std::mem::take(&mut self.previous);
        if located.line == Line::Blank {
            return;
        }
        self.last_line_seen = Some((number, false));
        if let Some(entry) = self.contents_entry(&located.line) {
            self.categories.contents.push(entry);
            return;
        }
        match &located.line {
            Line::Blank | Line::Separator | Line::PageNumber => {}
            Line::Heading(heading) => self.parse_heading(heading, located.level, number),
            Line::Row(cells) => self.parse_row(cells, located.source, number),
            Line::Paragraph(text) => {
                if !self.parse_emphasized_paragraph(text, number) {
                    match table_of_contents::read_unmarked(text) {
                        Some(axis) => self.open_category(axis, PARAGRAPH_LEVEL, number),
                        None => self.parse_text(text, number, previous),
                    }
                }
            }
            Line::Text(text) => {
                if !self.parse_emphasized_paragraph(text, number) {
                    self.parse_text(text, number, previous);
                }
            }
        }
    }

    /// Returns the entry of a line in the table of contents, which precedes the first axis.
    fn contents_entry(&self, line: &Line<'_>) -> Option<label::LabelledHeading> {
        if !self.in_contents && !self.categories.categories.is_empty() {
            return None;
        }
        match line {
            Line::Row(cells) => table_of_contents::parse_cell_entry(cells),
            Line::Heading(text) | Line::Paragraph(text) | Line::Text(text) => {
                table_of_contents::parse_entry(text)
            }
            Line::Blank | Line::Separator | Line::PageNumber => None,
        }
    }

    fn parse_heading(&mut self, heading: &str, level: u8, line: u32) {
        if table_of_contents::is_heading(heading) {
            self.in_contents = true;
        } else if let Some(labelled) = label::read(heading) {
            self.open_category(labelled, level, line);
        } else if self.categories.title.is_none() && self.categories.categories.is_empty() {
            let (title, _) = title::extract_footnote_refs(heading);
            self.categories.title = Some(collapse_whitespace(&title::strip_emphasis(&title).0));
        } else if !self.is_title(heading) {
            self.finish_row();
            self.note_heading(heading, level, line);
        }
    }

    fn note_heading(&mut self, heading: &str, level: u8, line: u32) {
        while self.headings.last().is_some_and(|(above, ..)| *above >= level) {
            self.headings.pop();
        }
        self.headings.push((level, heading.to_owned(), line));
    }

    /// Opens the categories of the headings, at most at this depth.
    fn open_headings(&mut self, deepest: usize) {
        for (level, heading, line) in std::mem::take(&mut self.headings) {
            self.categories.open_heading(&heading, level, line, deepest);
        }
    }

    fn open_category(&mut self, mut labelled: label::LabelledHeading, level: u8, line: u32) {
        self.finish_row();
        if labelled.level == CategoryLevel::Axis {
            self.headings.clear();
        } else {
            // `### Rouler` above `#### a. Les pistes` is its parent.
            self.headings.retain(|(above, ..)| *above < level);
            self.open_headings(labelled.level as usize - 1);
        }
        if labelled.level == CategoryLevel::Axis {
            // `Orientation 1` below `Axe 1` is a level of its own: words open levels in the order in which
            // they first occur.
            let known = self.axis_words.iter().position(|word| *word == labelled.word);
            let depth = known.unwrap_or(self.axis_words.len()).min(CategoryLevel::Section as usize);
            if known.is_none() && self.axis_words.len() <= CategoryLevel::Section as usize {
                self.axis_words.push(labelled.word.clone());
            }
            labelled.level = CategoryLevel::ALL[depth];
        }
        self.in_contents = false;
        self.categories.open_category(labelled, level, line);
    }

    /// Returns true if a text is the title of the plan, which some converters repeat on every page.
    fn is_title(&self, text: &str) -> bool {
        let title = self.categories.title.as_ref().or(self.bold_title.as_ref());
        // Texts of other lengths are not compared letter by letter.
        let has_similar_length =
            |title: &str| text.len() < 2 * title.len() + 8 && title.len() < 2 * text.len() + 8;
        title.is_some_and(|title| {
            has_similar_length(title) && fold(&title::strip_emphasis(text).0) == fold(title)
        })
    }

    /// Reads a paragraph that its marks classify: a note, or a heading that is completely in italics or bold.
    fn parse_emphasized_paragraph(&mut self, paragraph: &str, line: u32) -> bool {
        if let Some((number, text)) = footnote_definition(paragraph) {
            self.footnotes.push(Footnote { number, text: render_title(&text) });
            self.previous = PreviousLine::Note;
            return true;
        }
        if let Some(note) = asterisk_note(paragraph) {
            self.notes.push(render_title(note));
            self.previous = PreviousLine::Note;
            return true;
        }
        if let Some(labelled) = row::emphasized_category(paragraph) {
            self.open_category(labelled, PARAGRAPH_LEVEL, line);
            return true;
        }
        if self.categories.categories.is_empty() && table_of_contents::is_heading(paragraph) {
            self.in_contents = true;
            return true;
        }
        if self.is_title(paragraph) {
            return true;
        }
        let (inside, emphasis) = title::strip_emphasis(paragraph);
        let is_first_bold = emphasis == Emphasis::Bold && self.bold_title.is_none() && !self.in_contents;
        if is_first_bold && self.categories.categories.is_empty() {
            self.bold_title = Some(collapse_whitespace(&title::extract_footnote_refs(&inside).0));
        }
        emphasis != Emphasis::None && {
            self.finish_row();
            let is_title =
                inside.len() <= MAX_BOLD_TITLE_BYTES && !inside.ends_with(['.', ':', ';', ',', '!']);
            if emphasis == Emphasis::Bold && is_title && !self.categories.categories.is_empty() {
                self.note_heading(&inside, PARAGRAPH_LEVEL, line);
            }
            true
        }
    }

    fn parse_text(&mut self, text: &str, line: u32, previous: PreviousLine) {
        if previous == PreviousLine::Note {
            // The second line of a note is not the second line of a title.
            self.previous = previous;
            return;
        }
        let is_number = number::read(text).is_some_and(|number| !number.is_bare);
        let is_opening = self.texts < MAX_OPENING_TEXTS && self.categories.categories.is_empty();
        self.texts += 1;
        if is_opening && self.plain_title.is_none() && evidence::is_plain_title(text) {
            self.plain_title = Some(collapse_whitespace(&title::extract_footnote_refs(text).0));
        }
        self.last_line_seen = Some((line, is_number));
        let is_taken = self
            .open_row
            .as_mut()
            .is_some_and(|row| row.try_append_text(text, line, previous == PreviousLine::Row));
        if is_taken {
            self.previous = PreviousLine::Row;
        } else {
            self.finish_row();
            // A bold line above a text is emphasis, not the title of the rows below.
            self.headings.retain(|(level, ..)| *level < PARAGRAPH_LEVEL);
        }
    }

    fn parse_row(&mut self, cells: &[Cow<'_, str>], source: &'a str, line: u32) {
        match row::classify(cells) {
            ClassifiedRow::Header => {}
            ClassifiedRow::Measure(row) if self.is_measure_row(&row) => {
                self.finish_row();
                self.open_headings(CategoryLevel::Group as usize);
                self.open_row = Some(MeasureRowBuilder::new(row, line, source));
                self.previous = PreviousLine::Row;
            }
            ClassifiedRow::Category(labelled) => self.open_category(labelled, PARAGRAPH_LEVEL, line),
            ClassifiedRow::Group(title) => {
                if table_of_contents::is_heading(&title) && self.categories.categories.is_empty() {
                    self.in_contents = true;
                    return;
                }
                self.finish_row();
                self.open_headings(CategoryLevel::Group as usize);
                self.categories.open_group(&title, line);
            }
            ClassifiedRow::Measure(_) | ClassifiedRow::Other => {
                if self.open_row.as_mut().is_some_and(|row| row.try_append_row(cells, line)) {
                    self.previous = PreviousLine::Row;
                } else {
                    self.finish_row();
                    self.report_unrecognized_row(line);
                }
            }
        }
    }

    /// Returns true if the number of a row is that of a measure.
    fn is_measure_row(&self, row: &MeasureRow<'_>) -> bool {
        if !row.number.is_bare {
            return true;
        }
        // A number that looks like a year is valid only if it is the next number.
        let before = || {
            self.open_row
                .as_ref()
                .map(|row| row.number)
                .or(self.measures.last().map(|measure| measure.number))
        };
        let is_year = row.is_year() && before() != row.number.value.checked_sub(1);
        row.is_plausible() && !is_year && self.has_bare_numbers
    }

    fn report_unrecognized_row(&mut self, line: u32) {
        // Text before the first axis is the cover. It is ignored.
        if !self.categories.categories.is_empty() {
            self.findings.push(Finding::at(Position::line(line), DiagnosticKind::UnrecognizedRow));
        }
    }

    fn finish_row(&mut self) {
        let Some(mut row) = self.open_row.take() else { return };
        let unused_lines = row.finish();
        self.push_measure(&row);
        for line in unused_lines {
            self.report_unrecognized_row(line);
        }
    }

    fn push_measure(&mut self, row: &MeasureRowBuilder<'_>) {
        let (number, line, text) = (row.number, row.line, row.source);
        let title = title::parse(&row.title);
        let status = status::read_with(&row.status, &self.map);
        if let Some(first_line) = self.line_by_number.get(&number) {
            let kind = DiagnosticKind::DuplicateMeasureNumber { number, first_line: *first_line };
            self.findings.push(Finding::at(Position::line(line), kind));
            return;
        }
        self.line_by_number.insert(number, line);
        if row.status.is_empty() {
            self.findings.push(Finding::at(Position::line(line), DiagnosticKind::MissingStatus { number }));
        } else if status.status == MeasureStatus::Undefined {
            let position = Position { line, column: column_of(text, &row.status) };
            let kind = DiagnosticKind::UnknownStatus { value: status.text.clone(), nearest: status.nearest };
            self.findings.push(Finding::at(position, kind));
        }
        let mut footnotes = title.footnote_refs;
        footnotes.extend(status.footnote_refs);
        // A footnote that is referenced twice is listed once.
        let mut seen = HashSet::new();
        footnotes.retain(|number| seen.insert(*number));
        for number in &footnotes {
            let position = Position { line, column: column_of(text, &format!("<sup>{number}</sup>")) };
            self.footnote_refs.push(FootnoteRef { number: *number, position });
        }
        let category = self.categories.current_path(line);
        self.measures.push(Measure {
            number,
            label: number.to_string(),
            parent: None,
            title: render_title(&title.markdown),
            status: status.status,
            status_text: status.text,
            programme: status.programme,
            is_repeated: title.is_repeated,
            repeat_group: None,
            footnotes,
            category,
            details: MeasureDetails { completion: status.completion, ..MeasureDetails::default() },
            line,
        });
    }

    /// Ends the last row. Returns true if the document ends inside it.
    fn end_of_document(&mut self, is_incomplete: bool, in_html: bool) {
        if let Some((line, is_number)) = self.last_line_seen.filter(|_| is_incomplete) {
            let last_row = self.open_row.as_ref().filter(|row| row.last_line == line);
            let is_truncated = last_row.map_or(is_number || in_html, |row| !row.has_known_status());
            if is_truncated {
                self.findings.push(Finding::at(Position::line(line), DiagnosticKind::TruncatedPlan));
            }
        }
        self.finish_row();
    }

    fn finish(mut self, front: &FrontMatter, stem: &str, lang: Language) -> (Plan, Vec<Finding>) {
        let CategoryBuilder { title, categories, findings, .. } = self.categories;
        self.findings.extend(findings);
        if self.measures.iter().all(|measure| measure.status_text.is_empty()) {
            // A plan without statuses is complete.
            self.findings.retain(|finding| !matches!(finding.kind, DiagnosticKind::MissingStatus { .. }));
        }
        if self.measures.is_empty() {
            self.findings.push(Finding::for_document(DiagnosticKind::PlanWithoutMeasures));
        }
        let category_refs = categories.iter().flat_map(|category| {
            let position = Position::line(category.line);
            category.footnotes.iter().map(move |number| FootnoteRef { number: *number, position })
        });
        let defined: HashSet<u32> = self.footnotes.iter().map(|footnote| footnote.number).collect();
        for reference in self
            .footnote_refs
            .into_iter()
            .chain(category_refs)
            .filter(|reference| !defined.contains(&reference.number))
        {
            self.findings.push(Finding::at(
                reference.position,
                DiagnosticKind::MissingFootnote { number: reference.number },
            ));
        }
        self.footnotes.sort_by_key(|footnote| footnote.number);
        self.footnotes.dedup_by_key(|footnote| footnote.number);
        self.findings.sort_by_key(|finding| finding.position);
        let title = title.or(self.bold_title).or(self.plain_title);
        let heading = plan_title::heading(&TitleSources { front, stem }, title, lang);
        let heading = PlanHeading { footnotes: self.footnotes, notes: self.notes, ..heading };
        (Plan { heading, categories, measures: self.measures }, self.findings)
    }
}

/// `<sup>n</sup> text` on a line of its own.
fn footnote_definition(paragraph: &str) -> Option<(u32, String)> {
    let (number, text) = paragraph.strip_prefix("<sup>")?.split_once("</sup>")?;
    let text = collapse_whitespace(text.trim_start_matches([':', '.', ')']));
    (!text.is_empty()).then_some((number.trim().parse().ok()?, text))
}

/// `\*: text`: what the asterisk means.
fn asterisk_note(paragraph: &str) -> Option<&str> {
    let text = paragraph.strip_prefix("\\*").or_else(|| paragraph.strip_prefix('*'))?.trim_start();
    text.strip_prefix(':').map(str::trim).filter(|text| !text.is_empty())
}

/// The column in characters, from 1, at which a part of a line begins.
fn column_of(line: &str, part: &str) -> u32 {
    let offset = if part.is_empty() { None } else { line.rfind(part) };
    saturating_u32(offset.map_or(1, |offset| line[..offset].chars().count() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footnote_definitions_and_asterisk_notes_are_parsed() {
        assert_eq!(footnote_definition("<sup>2</sup> Voir l’annexe"), Some((2, "Voir l’annexe".to_owned())));
        assert_eq!(footnote_definition("<sup>e</sup> x"), None);
        assert_eq!(asterisk_note("\\*: repris ailleurs"), Some("repris ailleurs"));
        assert_eq!(asterisk_note("*c. Ouvrir*"), None);
    }
}
