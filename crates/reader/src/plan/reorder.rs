//! Rows of a plan with axes, brought into the order number, title, status that the parser of such plans reads.
//!
//! Other columns become fields of the measure on the same line. A label that is not a number of its own (`1.1`, `M1`, or a
//! number that begins again in each axis) is replaced by its position; the measure gets it back afterwards.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use passerelle_model::plan::{CategoryLevel, Measure};

use super::block::{self, Block, Row};
use super::columns::Columns;
use super::draft::MeasureDraft;
use super::face::{Line, LocatedLine};
use super::header_words::ColumnRole;
use super::row::{self, ClassifiedRow};
use super::status::{self, StatusMap};
use super::{assemble, item_status, label, measure_label, number, numbering, table_of_contents};

/// Labels and fields of the measures that were reordered, by line.
#[derive(Debug, Default)]
pub(super) struct Reordered {
    by_line: HashMap<u32, MeasureDraft>,
}

/// A row of a measure, still in its place.
struct RowAt<'a> {
    at: usize,
    row: Row,
    columns: Option<&'a Columns>,
}

/// Brings the rows of a plan with axes into order. Leaves any other document as it is.
pub(super) fn reorder(lines: &mut [LocatedLine<'_>], map: &StatusMap) -> Reordered {
    if !lines.iter().any(|located| is_axis(&located.line)) {
        return Reordered::default();
    }
    let headers = headers(lines);
    let rows = rows(lines, &headers);
    if rows.is_empty() {
        return items_to_rows(lines, map);
    }
    let without_header: Vec<&Row> =
        rows.iter().filter(|row| row.columns.is_none()).map(|row| &row.row).collect();
    let inferred = Columns::of_content(&without_header, None, map)
        .filter(|columns| columns.index(ColumnRole::Status).is_some());
    let mut drafts: Vec<(usize, MeasureDraft, bool)> = Vec::new();
    let mut continued: Vec<(usize, [String; 3])> = Vec::new();
    for RowAt { at, row, columns } in &rows {
        let Some(columns) = columns.or(inferred.as_ref()) else { continue };
        read_row(*at, row, columns, map, &mut drafts, &mut continued);
    }
    let is_simple = drafts.iter().all(|(_, draft, is_in_order)| *is_in_order && has_plain_number(draft));
    let restarts = drafts.iter().filter(|(_, draft, _)| whole(draft) == Some(1)).count() > 1;
    if drafts.is_empty() || (is_simple && !restarts) {
        return Reordered::default();
    }
    let mut seen = HashSet::new();
    let keeps_numbers = !restarts
        && drafts.iter().all(|(_, draft, _)| whole(draft).is_some_and(|number| seen.insert(number)));
    let mut by_line = HashMap::new();
    for (position, (at, draft, is_in_order)) in drafts.into_iter().enumerate() {
        let number = whole(&draft).filter(|_| keeps_numbers).map_or(position + 1, |number| number as usize);
        let Line::Row(cells) = &mut lines[at].line else { continue };
        if is_in_order {
            if let Some(cell) = cells.iter_mut().find(|cell| !cell.is_empty()) {
                *cell = Cow::Owned(format!("{number}."));
            }
        } else {
            let title = draft.title.clone();
            *cells =
                vec![Cow::Owned(format!("{number}.")), Cow::Owned(title), Cow::Owned(draft.status.clone())];
        }
        by_line.insert(lines[at].number, draft);
    }
    for (at, cells) in continued {
        lines[at].line = Line::from_cells(cells.into_iter().map(Cow::Owned).collect());
    }
    Reordered { by_line }
}

/// The columns of each header row, by index of its line.
fn headers(lines: &[LocatedLine<'_>]) -> HashMap<usize, Columns> {
    let mut headers = HashMap::new();
    for (at, located) in lines.iter().enumerate() {
        let Line::Row(cells) = &located.line else { continue };
        let is_marked_header = matches!(lines.get(at + 1).map(|next| &next.line), Some(Line::Separator));
        let row = to_row(cells, located.number, is_marked_header);
        if let Some(columns) = Columns::of_header(&row).filter(|columns| columns.roles.len() == cells.len()) {
            headers.insert(at, columns);
        }
    }
    headers
}

/// The rows that can be measures, each with the columns of the header above it.
fn rows<'a>(lines: &[LocatedLine<'_>], headers: &'a HashMap<usize, Columns>) -> Vec<RowAt<'a>> {
    let mut columns: Option<&Columns> = None;
    let mut rows = Vec::new();
    let mut after_axis = false;
    for (at, located) in lines.iter().enumerate() {
        after_axis |= is_axis(&located.line);
        let Line::Row(cells) = &located.line else { continue };
        if let Some(header) = headers.get(&at) {
            columns = Some(header);
            continue;
        }
        // A table of another width has columns of its own.
        columns = columns.filter(|columns| cells.len() <= columns.roles.len());
        let is_measure = matches!(row::classify(cells), ClassifiedRow::Measure(_) | ClassifiedRow::Other);
        if after_axis && is_measure && table_of_contents::parse_cell_entry(cells).is_none() {
            rows.push(RowAt { at, row: to_row(cells, located.number, false), columns });
        }
    }
    rows
}

fn read_row(
    at: usize,
    row: &Row,
    columns: &Columns,
    map: &StatusMap,
    drafts: &mut Vec<(usize, MeasureDraft, bool)>,
    continued: &mut Vec<(usize, [String; 3])>,
) {
    let is_in_order = is_in_order(columns);
    let cells = columns.align(row, map);
    let value = |role| columns.index(role).and_then(|at| cells.get(at).copied()).unwrap_or_default();
    let (title, status) = (value(ColumnRole::Title), value(ColumnRole::Status));
    let label = measure_label::of_cell(value(ColumnRole::Label));
    let has_labels = columns.index(ColumnRole::Label).is_some();
    let is_new = label.is_some() || (!has_labels && status::is_stated(status, map));
    if !is_new {
        if !is_in_order {
            continued.push((at, [String::new(), title.to_owned(), status.to_owned()]));
        }
        return;
    }
    let (title, status, line) = (title.to_owned(), status.to_owned(), row.line);
    let mut draft = MeasureDraft { label, title, status, line, ..MeasureDraft::default() };
    for (at, cell) in cells.iter().enumerate() {
        let role = columns.roles.get(at).copied().unwrap_or(ColumnRole::Other);
        if !matches!(role, ColumnRole::Label | ColumnRole::Title | ColumnRole::Status) {
            let name = columns.names.get(at).filter(|name| !name.is_empty()).cloned();
            draft.add_field(role, &name.unwrap_or_else(|| format!("#{}", at + 1)), cell);
        }
    }
    drafts.push((at, draft, is_in_order));
}

/// Whether the columns are number, title and status in this order, as the parser of plans with axes expects.
fn is_in_order(columns: &Columns) -> bool {
    columns.roles == [ColumnRole::Label, ColumnRole::Title, ColumnRole::Status]
        || columns.roles == [ColumnRole::Label, ColumnRole::Title]
}

fn has_plain_number(draft: &MeasureDraft) -> bool {
    draft.label.as_deref().is_some_and(|label| number::read(label).is_some())
}

fn whole(draft: &MeasureDraft) -> Option<u32> {
    draft.label.as_deref().and_then(measure_label::whole_number)
}

fn to_row(cells: &[Cow<'_, str>], line: u32, is_marked_header: bool) -> Row {
    Row { cells: cells.iter().map(|cell| cell.clone().into_owned()).collect(), line, is_marked_header }
}

/// Writes items with a status as rows, if most items below the axes have one.
fn items_to_rows(lines: &mut [LocatedLine<'_>], map: &StatusMap) -> Reordered {
    let items: Vec<block::Item> = block::read(lines)
        .into_iter()
        .filter_map(|block| if let Block::Item(item) = block { Some(item) } else { None })
        .collect();
    let stated: Vec<(block::Item, String, String)> = items
        .iter()
        .map(|item| (item.clone(), item_status::split(item, map)))
        .filter(|(_, (_, status))| !status.is_empty())
        .map(|(item, (title, status))| (item, title, status))
        .collect();
    if stated.len() < super::evidence::MIN_MEASURES || stated.len() * 10 < items.len() * 6 {
        return Reordered::default();
    }
    let by_number: HashMap<u32, usize> =
        lines.iter().enumerate().map(|(at, located)| (located.number, at)).collect();
    let mut by_line = HashMap::new();
    for (position, (item, title, status)) in stated.into_iter().enumerate() {
        let Some(at) = by_number.get(&item.line) else { continue };
        let draft = MeasureDraft {
            label: item.ordinal.map(|ordinal| ordinal.to_string()),
            title: title.clone(),
            status: status.clone(),
            line: item.line,
            ..MeasureDraft::default()
        };
        let number = format!("{}.", position + 1);
        lines[*at].line = Line::Row(vec![Cow::Owned(number), Cow::Owned(title), Cow::Owned(status)]);
        by_line.insert(item.line, draft);
    }
    Reordered { by_line }
}

fn is_axis(line: &Line<'_>) -> bool {
    let heading = match line {
        Line::Heading(text) => label::read(text),
        Line::Paragraph(text) => {
            row::emphasized_category(text).or_else(|| table_of_contents::read_unmarked(text))
        }
        Line::Text(text) => row::emphasized_category(text),
        Line::Row(_) | Line::Blank | Line::Separator | Line::PageNumber => None,
    };
    heading.is_some_and(|heading| heading.level == CategoryLevel::Axis)
}

impl Reordered {
    /// Gives the measures their labels and fields back.
    pub(super) fn restore(self, measures: &mut [Measure]) {
        if self.by_line.is_empty() {
            return;
        }
        let mut used: HashSet<(String, String)> = HashSet::new();
        for measure in measures.iter_mut() {
            let Some(draft) = self.by_line.get(&measure.line) else { continue };
            let completion = measure.details.completion;
            measure.details = assemble::details(draft);
            measure.details.completion = completion;
            let written = draft.label.clone().unwrap_or_else(|| measure.number.to_string());
            let mut label = written.clone();
            let mut count = 1;
            while !used.insert((measure.category.as_str().to_owned(), label.clone())) {
                count += 1;
                label = format!("{written}-{count}");
            }
            measure.label = label;
        }
        let labels: Vec<String> = measures.iter().map(|measure| measure.label.clone()).collect();
        for (measure, number) in measures.iter_mut().zip(numbering::numbers(&labels)) {
            measure.number = number;
        }
    }
}
