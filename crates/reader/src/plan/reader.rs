//! A plan's document, read from top to bottom.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::plan::{Footnote, Measure, Plan, PlanHeading};
use passerelle_model::position::Position;
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::{fold, slugify, tidy, year_in};

use super::contents;
use super::face::{Line, Placed};
use super::label;
use super::line::{self, Lines};
use super::number;
use super::open_row::OpenRow;
use super::outline::Outline;
use super::row::{self, MeasureRow, Row};
use super::sign;
use super::status;
use super::title::{self, Wrapping};
use crate::front_matter::{FrontMatter, integer_of};
use crate::markdown::render_title;
use crate::source::saturate;

/// Reads a plan, without what its rows say of each other.
pub(super) fn read(front: &FrontMatter, body: &str, body_line: u32, lang: Language) -> (Plan, Vec<Finding>) {
    let Lines { placed, ends_in_row } = line::read(body, body_line);
    let mut reader =
        Reader { has_bare_numbers: sign::counts_with_bare_numbers(&placed), ..Reader::default() };
    for placed in placed {
        reader.line(&placed);
    }
    reader.end_of_document(ends_in_row || (!body.is_empty() && !body.ends_with('\n')), ends_in_row);
    reader.finish(front, lang)
}

/// A call to a footnote, and where it stands.
struct Call {
    number: u32,
    position: Position,
}

/// What the line before a line was a part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Above {
    /// The open row of a measure.
    Row,
    /// A footnote or note.
    Note,
    /// Anything else, or nothing.
    #[default]
    Other,
}

#[derive(Default)]
struct Reader<'a> {
    in_contents: bool,
    outline: Outline,
    /// The first paragraph all in bold, which is the title where no heading is.
    bold_title: Option<String>,
    has_bare_numbers: bool,
    /// The measure whose row may go on.
    open_row: Option<OpenRow<'a>>,
    /// What the line before was a part of, with nothing between.
    above: Above,
    measures: Vec<Measure>,
    lines: HashMap<u32, u32>,
    footnotes: Vec<Footnote>,
    notes: Vec<RichText>,
    calls: Vec<Call>,
    findings: Vec<Finding>,
    /// The last line that was not blank, and whether it is a number and nothing more.
    last: Option<(u32, bool)>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, placed: &Placed<'a>) {
        let number = placed.number;
        let above = std::mem::take(&mut self.above);
        if placed.line == Line::Blank {
            return;
        }
        self.last = Some((number, false));
        if let Some(entry) = self.contents_entry(&placed.line) {
            self.outline.contents.push(entry);
            return;
        }
        match &placed.line {
            Line::Blank | Line::Ruling | Line::Page => {}
            Line::Heading(heading) => self.heading(heading, number),
            Line::Row(cells) => self.row(cells, placed.source, number),
            Line::Alone(text) => {
                if !self.marked(text, number) {
                    match contents::read_unmarked(text) {
                        Some(axis) => self.open_category(axis, number),
                        None => self.text(text, number, above),
                    }
                }
            }
            Line::Text(text) => {
                if !self.marked(text, number) {
                    self.text(text, number, above);
                }
            }
        }
    }

    /// What a line says as a part of the table of contents, which stands before the first axis.
    fn contents_entry(&self, line: &Line<'_>) -> Option<label::LabelledTitle> {
        if !self.in_contents && !self.outline.categories.is_empty() {
            return None;
        }
        match line {
            Line::Row(cells) => contents::entry_of_cells(cells),
            Line::Heading(text) | Line::Alone(text) | Line::Text(text) => contents::entry(text),
            Line::Blank | Line::Ruling | Line::Page => None,
        }
    }

    fn heading(&mut self, heading: &str, line: u32) {
        if contents::is_heading(heading) {
            self.in_contents = true;
        } else if let Some(labelled) = label::read(heading) {
            self.open_category(labelled, line);
        } else if self.outline.title.is_none() && self.outline.categories.is_empty() {
            let (title, _) = title::take_calls(heading);
            self.outline.title = Some(tidy(&title::unwrap(&title).0));
        } else if !self.is_title(heading) {
            self.end_row();
        }
    }

    fn open_category(&mut self, labelled: label::LabelledTitle, line: u32) {
        self.end_row();
        self.in_contents = false;
        self.outline.open_category(labelled, line);
    }

    /// Whether a text is the title of the plan, which stands again on every page.
    fn is_title(&self, text: &str) -> bool {
        let title = self.outline.title.as_ref().or(self.bold_title.as_ref());
        // Texts of other lengths are not compared letter by letter.
        let is_near = |title: &str| text.len() < 2 * title.len() + 8 && title.len() < 2 * text.len() + 8;
        title.is_some_and(|title| is_near(title) && fold(&title::unwrap(text).0) == fold(title))
    }

    /// Reads a paragraph whose marks say what it is: a note, or a heading all in italics or bold.
    fn marked(&mut self, paragraph: &str, line: u32) -> bool {
        if let Some((number, text)) = footnote_definition(paragraph) {
            self.footnotes.push(Footnote { number, text: render_title(&text) });
            self.above = Above::Note;
            return true;
        }
        if let Some(note) = asterisk_note(paragraph) {
            self.notes.push(render_title(note));
            self.above = Above::Note;
            return true;
        }
        if let Some(labelled) = row::marked(paragraph) {
            self.open_category(labelled, line);
            return true;
        }
        if self.outline.categories.is_empty() && contents::is_heading(paragraph) {
            self.in_contents = true;
            return true;
        }
        if self.is_title(paragraph) {
            return true;
        }
        let (inside, wrapping) = title::unwrap(paragraph);
        let is_first_bold = wrapping == Wrapping::Bold && self.bold_title.is_none() && !self.in_contents;
        if is_first_bold && self.outline.categories.is_empty() {
            self.bold_title = Some(tidy(&title::take_calls(&inside).0));
        }
        wrapping != Wrapping::None && {
            self.end_row();
            true
        }
    }

    fn text(&mut self, text: &str, line: u32, above: Above) {
        if above == Above::Note {
            // The second line of a note is not the second line of a title.
            self.above = above;
            return;
        }
        let is_number = number::read(text).is_some_and(|number| !number.is_bare);
        self.last = Some((line, is_number));
        let is_taken =
            self.open_row.as_mut().is_some_and(|row| row.take_text(text, line, above == Above::Row));
        if is_taken {
            self.above = Above::Row;
        } else {
            self.end_row();
        }
    }

    fn row(&mut self, cells: &[Cow<'_, str>], source: &'a str, line: u32) {
        match row::read(cells) {
            Row::Header => {}
            Row::Measure(row) if self.counts(&row) => {
                self.end_row();
                self.open_row = Some(OpenRow::new(row, line, source));
                self.above = Above::Row;
            }
            Row::Category(labelled) => self.open_category(labelled, line),
            Row::Group(title) => {
                if contents::is_heading(&title) && self.outline.categories.is_empty() {
                    self.in_contents = true;
                    return;
                }
                self.end_row();
                self.outline.open_group(&title, line);
            }
            Row::Measure(_) | Row::Other => {
                if self.open_row.as_mut().is_some_and(|row| row.take_row(cells, line)) {
                    self.above = Above::Row;
                } else {
                    self.end_row();
                    self.unread(line);
                }
            }
        }
    }

    /// Whether the number of a row is that of a measure.
    fn counts(&self, row: &MeasureRow<'_>) -> bool {
        if !row.number.is_bare {
            return true;
        }
        // A year is a number where counting arrives at it.
        let before = || {
            self.open_row
                .as_ref()
                .map(|row| row.number)
                .or(self.measures.last().map(|measure| measure.number))
        };
        let is_year = row.is_year() && before() != row.number.value.checked_sub(1);
        row.is_plausible() && !is_year && self.has_bare_numbers
    }

    fn unread(&mut self, line: u32) {
        // Before the first axis stands the cover, which says nothing.
        if !self.outline.categories.is_empty() {
            self.findings.push(Finding::at(Position::line(line), Fault::UnreadRow));
        }
    }

    fn end_row(&mut self) {
        let Some(mut row) = self.open_row.take() else { return };
        let unread = row.end();
        self.measure(&row);
        for line in unread {
            self.unread(line);
        }
    }

    fn measure(&mut self, row: &OpenRow<'_>) {
        let (number, line, text) = (row.number, row.line, row.source);
        let title = title::clean(&row.title);
        let status = status::read(&row.status);
        if let Some(first_line) = self.lines.get(&number) {
            let fault = Fault::DuplicateNumber { number, first_line: *first_line };
            self.findings.push(Finding::at(Position::line(line), fault));
            return;
        }
        self.lines.insert(number, line);
        if row.status.is_empty() {
            self.findings.push(Finding::at(Position::line(line), Fault::MissingStatus { number }));
        } else if status.status == MeasureStatus::Undefined {
            let position = Position { line, column: column_of(text, &row.status) };
            let fault = Fault::UnknownStatus { written: status.text.clone(), nearest: status.nearest };
            self.findings.push(Finding::at(position, fault));
        }
        let mut footnotes = title.calls;
        footnotes.extend(status.calls);
        // A footnote that is called twice is still one.
        let mut called = HashSet::new();
        footnotes.retain(|number| called.insert(*number));
        for number in &footnotes {
            let position = Position { line, column: column_of(text, &format!("<sup>{number}</sup>")) };
            self.calls.push(Call { number: *number, position });
        }
        let category = self.outline.innermost(line);
        self.measures.push(Measure {
            number,
            title: render_title(&title.markdown),
            status: status.status,
            status_text: status.text,
            programme: status.programme,
            is_repeated: title.is_repeated,
            repeat_group: None,
            footnotes,
            category,
            line,
        });
    }

    /// Ends the last row, and tells whether the document stops in it.
    fn end_of_document(&mut self, is_cut: bool, in_html: bool) {
        if let Some((line, is_number)) = self.last.filter(|_| is_cut) {
            let last_row = self.open_row.as_ref().filter(|row| row.last_line == line);
            let is_torn = last_row.map_or(is_number || in_html, |row| !row.is_whole());
            if is_torn {
                self.findings.push(Finding::at(Position::line(line), Fault::TruncatedRow));
            }
        }
        self.end_row();
    }

    fn finish(mut self, front: &FrontMatter, lang: Language) -> (Plan, Vec<Finding>) {
        let Outline { title, categories, findings, .. } = self.outline;
        self.findings.extend(findings);
        if self.measures.is_empty() {
            self.findings.push(Finding::whole(Fault::NoMeasure));
        }
        let of_headings = categories.iter().flat_map(|category| {
            let position = Position::line(category.line);
            category.footnotes.iter().map(move |number| Call { number: *number, position })
        });
        let defined: HashSet<u32> = self.footnotes.iter().map(|footnote| footnote.number).collect();
        for call in self.calls.into_iter().chain(of_headings).filter(|call| !defined.contains(&call.number)) {
            self.findings.push(Finding::at(call.position, Fault::MissingFootnote { number: call.number }));
        }
        self.footnotes.sort_by_key(|footnote| footnote.number);
        self.footnotes.dedup_by_key(|footnote| footnote.number);
        self.findings.sort_by_key(|finding| finding.position);
        let heading = heading(front, title.or(self.bold_title), lang, self.footnotes, self.notes);
        (Plan { heading, categories, measures: self.measures }, self.findings)
    }
}

fn heading(
    front: &FrontMatter,
    title: Option<String>,
    lang: Language,
    footnotes: Vec<Footnote>,
    notes: Vec<RichText>,
) -> PlanHeading {
    let title = title
        .or_else(|| front.text("title"))
        .or_else(|| front.text("name"))
        .unwrap_or_else(|| "Plan".to_owned());
    let written_year = front.values().get("year").and_then(integer_of);
    let year = written_year.or_else(|| year_in(&title));
    let translation_key = front.text("translationKey");
    let without_year = year.map_or_else(|| title.clone(), |year| title.replace(&year.to_string(), ""));
    let candidates = [front.text("slug"), translation_key.clone(), Some(without_year)];
    let slug = candidates.into_iter().flatten().map(|text| slugify(&text)).find(|slug| !slug.is_empty());
    let slug = Slug::new(slug.unwrap_or_else(|| "plan".to_owned()));
    let (stem, outline) = (String::new(), String::new());
    PlanHeading { slug, title, lang, year, translation_key, stem, outline, footnotes, notes }
}

/// `<sup>n</sup> text` on a line of its own.
fn footnote_definition(paragraph: &str) -> Option<(u32, String)> {
    let (number, text) = paragraph.strip_prefix("<sup>")?.split_once("</sup>")?;
    let text = tidy(text.trim_start_matches([':', '.', ')']));
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
    saturate(offset.map_or(1, |offset| line[..offset].chars().count() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_explained_on_lines_of_their_own() {
        assert_eq!(footnote_definition("<sup>2</sup> Voir l’annexe"), Some((2, "Voir l’annexe".to_owned())));
        assert_eq!(footnote_definition("<sup>e</sup> x"), None);
        assert_eq!(asterisk_note("\\*: repris ailleurs"), Some("repris ailleurs"));
        assert_eq!(asterisk_note("*c. Ouvrir*"), None);
    }
}
