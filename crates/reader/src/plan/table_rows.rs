//! Rows of a table of measures: measures, categories, continuations and totals.

use std::borrow::Cow;

use passerelle_text::fold::fold;

use super::block::Row;
use super::columns::Columns;
use super::draft::{CategoryStep, MeasureDraft, is_placeholder};
use super::header_words::{self, ColumnRole};
use super::measure_label;
use super::measure_row_builder::continues_title;
use super::status::StatusMap;
use super::table_of_contents;
use super::title::{Emphasis, strip_emphasis};

/// First words of rows with totals, folded.
const TOTAL_WORDS: &[&str] = &[
    "total",
    "totaal",
    "totaux",
    "sous-total",
    "somme",
    "summe",
    "gesamt",
    "insgesamt",
    "zwischensumme",
    "subtotal",
    "sum ",
    "aggregated",
    "grand total",
    "eindtotaal",
];

/// Reads the rows of tables with the same columns.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    columns: &'a Columns,
    map: &'a StatusMap,
    /// Last value of each column of themes. It is valid until the next value, also after a page break.
    themes: Vec<Option<CategoryStep>>,
    /// Categories that rows with one cell opened.
    groups: Vec<CategoryStep>,
    /// Headings above the last table.
    headings: Vec<CategoryStep>,
    /// True if the last row opened a category.
    after_group: bool,
    /// True if most rows have nothing but a title.
    has_lone_titles: bool,
    /// Measures in document order.
    pub(super) drafts: Vec<MeasureDraft>,
    /// Lines of the rows that are none of these.
    pub(super) unread: Vec<u32>,
}

/// State at the end of a table, for the next table.
#[derive(Clone, Debug)]
pub(super) struct RowState {
    themes: Vec<Option<CategoryStep>>,
    groups: Vec<CategoryStep>,
    headings: Vec<CategoryStep>,
}

impl<'a> RowReader<'a> {
    /// Reads with these columns.
    pub(super) fn new(columns: &'a Columns, map: &'a StatusMap) -> Self {
        let themes = vec![None; columns.roles.len()];
        Self {
            columns,
            map,
            themes,
            groups: Vec::new(),
            headings: Vec::new(),
            after_group: false,
            has_lone_titles: false,
            drafts: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Continues with the measures of another table. Keeps its themes if no heading is between the tables.
    pub(super) fn resume(
        &mut self,
        state: Option<RowState>,
        drafts: Vec<MeasureDraft>,
        headings: &[CategoryStep],
    ) {
        if let Some(state) = state.filter(|state| state.headings == headings) {
            // A converter writes different columns on some pages. A category is valid on all of them.
            self.groups = state.groups;
            if state.themes.len() == self.themes.len() {
                self.themes = state.themes;
            }
        }
        self.drafts = drafts;
    }

    /// Returns the themes that are valid at the end of the table.
    pub(super) fn state(&self) -> RowState {
        RowState { themes: self.themes.clone(), groups: self.groups.clone(), headings: self.headings.clone() }
    }

    /// Reads the rows of one table. `headings` are the headings above it.
    pub(super) fn read(&mut self, rows: &[Row], headings: &[CategoryStep]) {
        headings.clone_into(&mut self.headings);
        let title = self.columns.index(ColumnRole::Title);
        let filled = |row: &&Row| row.cells.iter().filter(|cell| !is_placeholder(cell)).count();
        let lone = rows.iter().filter(|row| {
            filled(row) == 1 && title.is_some_and(|at| row.cells.get(at).is_some_and(|cell| !cell.is_empty()))
        });
        self.has_lone_titles = lone.count() * 5 > rows.len() * 2;
        let mut before_first = true;
        for row in rows {
            if self.is_repeated_header(row) {
                before_first = true;
                continue;
            }
            if self.drafts.is_empty() && is_contents_entry(row) {
                continue;
            }
            let before = self.drafts.len();
            self.read_row(row, headings, before_first);
            before_first &= self.drafts.len() == before;
        }
    }

    /// Returns true if a row repeats the header, as on every page of a converted document.
    fn is_repeated_header(&self, row: &Row) -> bool {
        let Some(at) = self.columns.index(ColumnRole::Title).filter(|_| self.columns.has_header) else {
            return false;
        };
        let (Some(cell), Some(name)) = (row.cells.get(at), self.columns.names.get(at)) else { return false };
        // Most cells have another length: comparing every row with every phrase is slow.
        let is_near =
            cell.len() < name.len() + MAX_MARKUP_BYTES && name.len() < cell.len() + MAX_MARKUP_BYTES;
        is_near && header_words::clean(cell) == header_words::clean(name)
    }

    fn read_row(&mut self, row: &Row, headings: &[CategoryStep], before_first: bool) {
        let cells = self.columns.align(row, self.map);
        let filled: Vec<usize> = (0..cells.len()).filter(|at| !cells[*at].is_empty()).collect();
        let Some(first) = filled.first().copied() else { return };
        if is_total(cells[first]) || (filled.len() > 1 && is_total(cells[filled[1]])) {
            return;
        }
        let is_one_text = filled.iter().all(|at| cells[*at] == cells[first]);
        if is_one_text && self.read_lone_cell(first, cells[first], row.line) {
            return;
        }
        let value = |role| self.columns.index(role).and_then(|at| cells.get(at).copied()).unwrap_or_default();
        let title = value(ColumnRole::Title);
        let label_cell = value(ColumnRole::Label);
        let label = measure_label::of_cell(label_cell);
        let has_labels = self.columns.index(ColumnRole::Label).is_some();
        if !title.contains(char::is_alphanumeric) && label.is_none() {
            let is_text = !label_cell.is_empty() && label_cell.contains(char::is_alphabetic);
            if is_text && filled.len() == 2 {
                self.open_group(label_cell, strip_emphasis(label_cell).1 == Emphasis::Bold, row.line);
                return;
            }
            if filled.iter().all(|at| self.columns.roles.get(*at) == Some(&ColumnRole::Theme)) {
                self.hold_themes(&cells, row.line);
                return;
            }
            // Units below the header, or the continuation of a row.
            if !before_first && !self.continue_last(&cells) {
                self.unread.push(row.line);
            }
            return;
        }
        if has_labels && label.is_none() && self.continues(title, filled.len()) {
            self.continue_last(&cells);
            return;
        }
        self.push_measure(label, &cells, headings, row.line);
    }

    /// Reads a row with one filled cell, or the same text in all cells. Returns `false` if the cell may be a
    /// measure.
    fn read_lone_cell(&mut self, at: usize, cell: &str, line: u32) -> bool {
        let role = self.columns.roles.get(at).copied().unwrap_or(ColumnRole::Other);
        let (_, emphasis) = strip_emphasis(cell);
        let has_labels = self.columns.index(ColumnRole::Label).is_some();
        let is_label = role == ColumnRole::Label && measure_label::of_cell(cell).is_some();
        let is_group = !is_label
            && cell.contains(char::is_alphabetic)
            && match role {
                ColumnRole::Title => emphasis == Emphasis::Bold || (!has_labels && !self.has_lone_titles),
                ColumnRole::Label | ColumnRole::Theme => true,
                _ => at == 0,
            };
        if is_group {
            self.open_group(cell, emphasis == Emphasis::Bold, line);
            return true;
        }
        if role == ColumnRole::Title && has_labels {
            let is_missing = self.drafts.last().is_some_and(|draft| draft.title.is_empty());
            if is_missing || self.drafts.last().is_some_and(|draft| continues_title(&draft.title, cell)) {
                if let Some(draft) = self.drafts.last_mut() {
                    draft.append_title(cell);
                }
            } else {
                self.unread.push(line);
            }
            return true;
        }
        false
    }

    fn open_group(&mut self, cell: &str, is_bold: bool, line: u32) {
        let shape = |text: &str| {
            let plain = header_words::plain_text(text);
            fold(plain.split(' ').next().unwrap_or_default())
        };
        let is_bold_text = |text: &str| strip_emphasis(text).1 == Emphasis::Bold;
        if self.after_group {
            // Rows below each other are levels of the tree.
            self.groups.truncate(MAX_NESTED_GROUPS - 1);
        } else {
            let same = self.groups.iter().rposition(|group| {
                is_bold_text(&group.text) == is_bold
                    && (self.groups.len() == 1 || shape(&group.text) == shape(cell))
            });
            self.groups.truncate(same.unwrap_or(0));
        }
        self.groups.push(CategoryStep { text: cell.to_owned(), line });
        self.themes.fill(None);
        self.after_group = true;
    }

    /// Returns true if a row without a label continues the last measure.
    fn continues(&self, title: &str, filled: usize) -> bool {
        let Some(last) = self.drafts.last() else { return false };
        last.title.is_empty() || (continues_title(&last.title, title) && filled <= 2)
    }

    fn continue_last(&mut self, cells: &[&str]) -> bool {
        let Some(draft) = self.drafts.last_mut() else { return false };
        let is_new_theme =
            |at: &usize| self.columns.roles[*at] == ColumnRole::Theme && !cells[*at].is_empty();
        if (0..self.columns.roles.len().min(cells.len())).any(|at| is_new_theme(&at))
            && !draft.title.is_empty()
        {
            return false;
        }
        for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let role = self.columns.roles.get(at).copied().unwrap_or(ColumnRole::Other);
            match role {
                ColumnRole::Title => draft.append_title(cell),
                ColumnRole::Status if draft.status.is_empty() => (*cell).clone_into(&mut draft.status),
                ColumnRole::Label | ColumnRole::Theme => {}
                _ => draft.add_field(role, &name_of(self.columns, at), cell),
            }
        }
        true
    }

    /// Notes the themes of a row. A new sector ends the subsector of the last one.
    fn hold_themes(&mut self, cells: &[&str], line: u32) {
        for (at, cell) in cells.iter().enumerate() {
            if self.columns.roles.get(at) != Some(&ColumnRole::Theme) || is_placeholder(cell) {
                continue;
            }
            if self.themes[at].as_ref().is_none_or(|step| step.text != **cell) {
                self.themes[at] = Some(CategoryStep { text: (*cell).to_owned(), line });
                self.themes[at + 1..].fill(None);
            }
        }
    }

    fn push_measure(&mut self, label: Option<String>, cells: &[&str], headings: &[CategoryStep], line: u32) {
        self.after_group = false;
        self.hold_themes(cells, line);
        let mut draft = MeasureDraft { label, line, ..MeasureDraft::default() };
        for (at, cell) in cells.iter().enumerate() {
            match self.columns.roles.get(at).copied().unwrap_or(ColumnRole::Other) {
                ColumnRole::Title => (*cell).clone_into(&mut draft.title),
                ColumnRole::Status => (*cell).clone_into(&mut draft.status),
                ColumnRole::Label if draft.label.is_none() => {
                    draft.add_field(ColumnRole::Other, &name_of(self.columns, at), cell);
                }
                ColumnRole::Label | ColumnRole::Theme => {}
                role => draft.add_field(role, &name_of(self.columns, at), cell),
            }
        }
        draft.categories =
            headings.iter().chain(&self.groups).chain(self.themes.iter().flatten()).cloned().collect();
        self.drafts.push(draft);
    }
}

/// Maximum length of the emphasis marks that a repeated header can lack, in bytes.
const MAX_MARKUP_BYTES: usize = 9;
/// Maximum number of levels of rows that open categories. Deeper rows share the last level.
const MAX_NESTED_GROUPS: usize = 2;

/// The name of a column: its header, or its place if it has none.
fn name_of(columns: &Columns, at: usize) -> String {
    match columns.names.get(at) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => format!("#{}", at + 1),
    }
}

/// Returns true if a row is an entry of a table of contents: `1. Planter .....` and a page.
fn is_contents_entry(row: &Row) -> bool {
    let cells: Vec<Cow<'_, str>> = row.cells.iter().map(|cell| Cow::Borrowed(cell.as_str())).collect();
    cells.iter().any(|cell| cell.contains("...")) && table_of_contents::parse_cell_entry(&cells).is_some()
}

/// Returns true if a row contains totals.
fn is_total(cell: &str) -> bool {
    let folded = fold(cell.get(..cell.len().min(24)).unwrap_or_default());
    let folded = folded.trim_start_matches('*');
    TOTAL_WORDS.iter().any(|word| {
        folded
            .strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '-'))
    })
}
