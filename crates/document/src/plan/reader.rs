//! A plan's document, read from top to bottom.

use std::collections::{HashMap, HashSet};

use super::contents::{self, Contents};
use super::label::{self, LabelledTitle};
use super::line::{self, Line};
use super::status::{self, MeasureStatus};
use super::title::{self, Wrapping};
use super::{Category, CategoryLevel, CategoryPath, Footnote, Measure, Plan, PlanHeading};
use crate::diagnostic::{Fault, Finding};
use crate::fold::{fold, slugify, tidy, year_in};
use crate::front_matter::{FrontMatter, integer_of};
use crate::key::Slug;
use crate::language::Language;
use crate::markdown::render_title;
use crate::rich_text::RichText;
use crate::source::{Position, saturate};

/// The label of the axis that a measure without one is put under.
const NO_AXIS: &str = "0";

/// Reads a plan, without what its rows say of each other.
pub(super) fn read(front: &FrontMatter, body: &str, body_line: u32, lang: Language) -> (Plan, Vec<Finding>) {
    let mut reader = Reader::default();
    for (index, text) in body.lines().enumerate() {
        reader.line(text, body_line + saturate(index));
    }
    let truncated = !body.is_empty() && !body.ends_with('\n');
    reader.finish(front, lang, truncated)
}

/// A call to a footnote, and where it stands.
struct Call {
    number: u32,
    position: Position,
}

#[derive(Default)]
struct Reader {
    title: Option<String>,
    in_contents: bool,
    contents: Contents,
    categories: Vec<Category>,
    /// Where each path stands among the categories.
    taken: HashMap<CategoryPath, usize>,
    /// How many groups a place has, and how many variants a path.
    counts: HashMap<CategoryPath, u32>,
    /// The open category of each level, from the axis down.
    open: [Option<usize>; 4],
    measures: Vec<Measure>,
    lines: HashMap<u32, u32>,
    /// The row of an HTML table that has begun, and its line.
    html_row: Option<(String, u32)>,
    footnotes: Vec<Footnote>,
    notes: Vec<RichText>,
    calls: Vec<Call>,
    findings: Vec<Finding>,
    /// The last line that was not blank, and whether it was a measure's row with all its cells.
    last: Option<(u32, bool)>,
}

impl Reader {
    fn line(&mut self, text: &str, number: u32) {
        if self.html_row.is_some() || line::opens_html_row(text) {
            self.html(text, number);
            return;
        }
        let line = Line::read(text);
        if line != Line::Blank {
            self.last = Some((number, true));
        }
        if self.in_contents
            && let Some(entry) = contents::entry(text)
        {
            self.contents.push(entry);
            return;
        }
        match line {
            Line::Blank => {}
            Line::Heading(heading) => self.heading(heading, number),
            Line::Row(cells) => self.row(&cells, text, number),
            Line::Text(paragraph) => self.paragraph(paragraph, number),
        }
    }

    /// Rows of an HTML table stand on one line or on several, one or more a line.
    fn html(&mut self, text: &str, number: u32) {
        let (mut row, line) = self.html_row.take().unwrap_or_else(|| (String::new(), number));
        row.push_str(text);
        row.push(' ');
        let mut rest = row.as_str();
        while let Some((whole, after)) = rest.split_once("</tr>") {
            if let Line::Row(cells) = Line::read_html(whole) {
                self.row(&cells, whole, line);
            }
            rest = after;
        }
        self.last = Some((number, !rest.contains("<tr")));
        if rest.contains("<tr") {
            let line = if rest.len() == row.len() { line } else { number };
            self.html_row = Some((rest.to_owned(), line));
        }
    }

    fn heading(&mut self, heading: &str, line: u32) {
        if contents::is_heading(heading) {
            self.in_contents = true;
        } else if let Some(labelled) = label::read(heading) {
            self.in_contents = false;
            self.open_category(labelled, line);
        } else if self.title.is_none() && self.categories.is_empty() {
            let (title, _) = title::take_calls(heading);
            self.title = Some(tidy(title::unwrap(&title).0));
        }
    }

    fn paragraph(&mut self, paragraph: &str, line: u32) {
        if let Some((number, text)) = footnote_definition(paragraph) {
            self.footnotes.push(Footnote { number, text: render_title(&text) });
            return;
        }
        if let Some(note) = asterisk_note(paragraph) {
            self.notes.push(render_title(note));
            return;
        }
        // A heading that lost its `#`: all in italics or bold, with a label.
        let (_, wrapping) = title::unwrap(paragraph);
        if wrapping != Wrapping::None
            && let Some(labelled) = label::read(paragraph)
        {
            self.in_contents = false;
            self.open_category(labelled, line);
        }
        if line::number(paragraph).is_some() {
            self.last = Some((line, false));
        }
    }

    fn row(&mut self, cells: &[&str], text: &str, line: u32) {
        let filled: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
        if line::is_ruling(cells) || filled.last().is_none_or(|cell| status::is_header(cell)) {
            return;
        }
        if let Some(number) = cells.first().and_then(|cell| line::number(cell)) {
            self.measure(number, cells, text, line);
            return;
        }
        if let [only] = filled[..]
            && let (title, Wrapping::Bold) = title::unwrap(only)
        {
            self.open_group(title, line);
            return;
        }
        // Before the first axis stands the cover, which says nothing.
        if !self.categories.is_empty() {
            self.findings.push(Finding::at(Position::line(line), Fault::UnreadRow));
        }
    }

    fn measure(&mut self, number: u32, cells: &[&str], text: &str, line: u32) {
        let title = title::clean(cells.get(1).copied().unwrap_or_default());
        let status_cell = cells.get(2..).unwrap_or_default().iter().find(|cell| !cell.is_empty()).copied();
        let status = status::read(status_cell.unwrap_or_default());
        let column = column_of(text, status_cell.unwrap_or_default());
        self.last = Some((line, status.status != MeasureStatus::Undefined));
        if let Some(first_line) = self.lines.get(&number) {
            let fault = Fault::DuplicateNumber { number, first_line: *first_line };
            self.findings.push(Finding::at(Position::line(line), fault));
            return;
        }
        self.lines.insert(number, line);
        if status_cell.is_none() {
            self.findings.push(Finding::at(Position::line(line), Fault::MissingStatus { number }));
        } else if status.status == MeasureStatus::Undefined {
            let fault = Fault::UnknownStatus { written: status.text.clone(), nearest: status.nearest };
            self.findings.push(Finding::at(Position { line, column }, fault));
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
        let category = self.innermost(line);
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

    fn open_category(&mut self, heading: LabelledTitle, line: u32) {
        for number in &heading.calls {
            self.calls.push(Call { number: *number, position: Position::line(line) });
        }
        if heading.level != CategoryLevel::Axis && self.open[0].is_none() {
            self.open_axis_without_number(line);
        }
        let depth = heading.level as usize;
        let parent = self.open[..depth].iter().rev().find_map(|open| *open);
        let parent = parent.map(|index| self.categories[index].path.clone());
        let mut path = CategoryPath::child(parent.as_ref(), &heading.label);
        if let Some(index) = self.taken.get(&path).copied() {
            // The same heading again after a page break goes on where it was.
            if fold(&self.categories[index].title) == fold(&heading.title) {
                self.open_at(depth, index);
                return;
            }
            let fault = Fault::DuplicateCategory { path: path.as_str().to_owned() };
            self.findings.push(Finding::at(Position::line(line), fault));
            path = self.free_path(&path);
        }
        if let Some(entry) = self.contents.differing(heading.level, path.as_str(), &heading.title) {
            let fault = Fault::ContentsDiffer { heading: heading.title.clone(), entry: entry.to_owned() };
            self.findings.push(Finding::at(Position::line(line), fault));
        }
        let label = Some(heading.label);
        let category = Category {
            level: heading.level,
            label,
            path,
            parent,
            title: heading.title,
            footnotes: heading.calls,
            line,
        };
        self.push_category(depth, category);
    }

    fn open_group(&mut self, title: &str, line: u32) {
        let (title, calls) = title::take_calls(title);
        for number in &calls {
            self.calls.push(Call { number: *number, position: Position::line(line) });
        }
        if self.open[0].is_none() {
            self.open_axis_without_number(line);
        }
        let parent = self.open[..3]
            .iter()
            .rev()
            .find_map(|open| *open)
            .map(|index| self.categories[index].path.clone());
        // No label looks like this: a group can stand beside categories that have one.
        let place = parent.clone().unwrap_or_else(|| CategoryPath::new(NO_AXIS));
        let count = self.counts.entry(place).or_default();
        *count += 1;
        let path = CategoryPath::child(parent.as_ref(), &format!("g{count}"));
        let level = CategoryLevel::Group;
        let category =
            Category { level, label: None, path, parent, title: tidy(&title), footnotes: calls, line };
        self.push_category(3, category);
    }

    fn open_axis_without_number(&mut self, line: u32) {
        self.findings.push(Finding::at(Position::line(line), Fault::NoAxis));
        let title = self.title.clone().unwrap_or_else(|| "—".to_owned());
        let path = CategoryPath::new(NO_AXIS);
        let category = Category {
            level: CategoryLevel::Axis,
            label: None,
            path,
            parent: None,
            title,
            footnotes: Vec::new(),
            line,
        };
        self.push_category(0, category);
    }

    fn push_category(&mut self, depth: usize, category: Category) {
        self.taken.insert(category.path.clone(), self.categories.len());
        self.categories.push(category);
        self.open_at(depth, self.categories.len() - 1);
    }

    fn open_at(&mut self, depth: usize, index: usize) {
        self.open[depth] = Some(index);
        self.open[depth + 1..].fill(None);
    }

    fn free_path(&mut self, path: &CategoryPath) -> CategoryPath {
        loop {
            let variants = CategoryPath::new(format!("{}-", path.as_str()));
            let count = self.counts.entry(variants).or_insert(1);
            *count += 1;
            let free = CategoryPath::new(format!("{}-{count}", path.as_str()));
            if !self.taken.contains_key(&free) {
                return free;
            }
        }
    }

    /// The innermost open category.
    fn innermost(&mut self, line: u32) -> CategoryPath {
        if self.open[0].is_none() {
            self.open_axis_without_number(line);
        }
        let index = self.open.iter().rev().find_map(|open| *open).unwrap_or(0);
        self.categories[index].path.clone()
    }

    fn finish(mut self, front: &FrontMatter, lang: Language, truncated: bool) -> (Plan, Vec<Finding>) {
        if let Some((line, false)) = self.last.filter(|_| truncated) {
            self.findings.push(Finding::at(Position::line(line), Fault::TruncatedRow));
        }
        if self.measures.is_empty() {
            self.findings.push(Finding::whole(Fault::NoMeasure));
        }
        let defined: HashSet<u32> = self.footnotes.iter().map(|footnote| footnote.number).collect();
        for call in self.calls.iter().filter(|call| !defined.contains(&call.number)) {
            self.findings.push(Finding::at(call.position, Fault::MissingFootnote { number: call.number }));
        }
        self.footnotes.sort_by_key(|footnote| footnote.number);
        self.footnotes.dedup_by_key(|footnote| footnote.number);
        self.findings.sort_by_key(|finding| finding.position);
        let heading = heading(front, self.title, lang, self.footnotes, self.notes);
        (Plan { heading, categories: self.categories, measures: self.measures }, self.findings)
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
