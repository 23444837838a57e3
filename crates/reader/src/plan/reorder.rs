//! Reorders the cells of a plan with axes to number, title and status. The parser of these plans expects this
//! order.
//!
//! Other columns become fields of the measure on the same line. A label that is not a number of its own
//! (`1.1`, `M1`, or a number that begins again in each axis) is replaced by its position; the measure gets
//! it back afterwards.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use passerelle_model::diagnostic::Finding;
use passerelle_model::plan::{CategoryLevel, Measure};

use super::block::{self, Block, Row};
use super::columns::{Columns, SAMPLE_ROWS};
use super::draft::{MeasureDraft, is_placeholder};
use super::face::{Line, LocatedLine};
use super::header_words::ColumnRole;
use super::row::{self, ClassifiedRow};
use super::status::{self, StatusMap};
use super::{assemble, item_status, label, list_forms, measure_label, number, numbering, table_of_contents};

/// Labels and fields of the measures that were reordered, by line.
#[derive(Debug, Default)]
pub(super) struct Reordered {
    by_line: HashMap<u32, MeasureDraft>,
}

/// A row of a measure before it is reordered.
struct RowAt<'a> {
    at: usize,
    row: Row,
    /// Columns of the header above, if they need to be reordered.
    columns: Option<&'a Columns>,
    /// Number of axes above.
    axis: usize,
    /// Number of headings above.
    category: usize,
}

/// A measure and its row.
struct RowDraft {
    at: usize,
    axis: usize,
    category: usize,
    draft: MeasureDraft,
    /// True if the cells are in order already.
    is_in_order: bool,
}

/// Brings the rows of a plan with axes into order. Leaves any other document as it is.
pub(super) fn reorder(lines: &mut [LocatedLine<'_>], map: &StatusMap) -> Reordered {
    if !lines.iter().any(|located| is_axis(&located.line)) {
        return Reordered::default();
    }
    let headers = headers(lines);
    let rows = rows(lines, &headers, map);
    if rows.is_empty() {
        return items_to_rows(lines, map);
    }
    let inferred = infer(&rows, map);
    let mut drafts: Vec<RowDraft> = Vec::new();
    let mut continued: Vec<(usize, [String; 3])> = Vec::new();
    for row in &rows {
        match row.columns.or(inferred.as_ref()) {
            Some(columns) => read_row(row, columns, map, &mut drafts, &mut continued),
            None => drafts.extend(in_order(row)),
        }
    }
    let is_simple = drafts.iter().all(|row| row.is_in_order && has_plain_number(&row.draft));
    let restarts = restarts(&drafts);
    if drafts.is_empty() || (is_simple && !restarts) {
        return Reordered::default();
    }
    let mut seen = HashSet::new();
    let is_unique = drafts.iter().all(|row| whole(&row.draft).is_some_and(|number| seen.insert(number)));
    // The parser reports a number that occurs twice under one heading.
    let keeps_numbers = !restarts && (is_unique || has_clash(&drafts));
    let mut by_line = HashMap::new();
    for (position, RowDraft { at, draft, is_in_order, .. }) in drafts.into_iter().enumerate() {
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
        let columns = Columns::of_header(&row).filter(|columns| columns.roles.len() == cells.len());
        if let Some(mut columns) = columns {
            let second = rows_below(&lines[at + 1..], cells.len(), 1);
            columns = second.first().and_then(|row| columns.with_second_row(row)).unwrap_or(columns);
            if columns.is_incomplete() {
                let below = rows_below(&lines[at + 1..], cells.len(), SAMPLE_ROWS);
                columns.complete(&below.iter().collect::<Vec<_>>());
            }
            headers.insert(at, columns);
        }
    }
    headers
}

/// The rows directly below a header, with as many cells. Rows of dashes are left out.
fn rows_below(lines: &[LocatedLine<'_>], width: usize, count: usize) -> Vec<Row> {
    let lines = lines.iter().take(SAMPLE_ROWS).take_while(|located| {
        matches!(located.line, Line::Row(_) | Line::Separator | Line::Blank | Line::PageNumber)
    });
    lines
        .filter_map(|located| match &located.line {
            Line::Row(cells) if cells.len() == width => Some(to_row(cells, located.number, false)),
            _ => None,
        })
        .take(count)
        .collect()
}

/// Returns true if a table of measures has a column of categories. The parser of plans with axes reads
/// categories from headings only.
pub(super) fn has_category_column(lines: &[LocatedLine<'_>]) -> bool {
    headers(lines).values().any(|columns| columns.index(ColumnRole::Theme).is_some())
}

/// The rows that can be measures, each with the columns of the header above it.
fn rows<'a>(
    lines: &[LocatedLine<'_>],
    headers: &'a HashMap<usize, Columns>,
    map: &StatusMap,
) -> Vec<RowAt<'a>> {
    let mut columns: Option<&Columns> = None;
    let mut rows = Vec::new();
    let (mut axis, mut category) = (0, 0);
    for (at, located) in lines.iter().enumerate() {
        axis += usize::from(is_axis(&located.line));
        category += usize::from(is_category(&located.line));
        let Line::Row(cells) = &located.line else { continue };
        if let Some(header) = headers.get(&at) {
            columns = Some(header);
            continue;
        }
        let is_marked_header = matches!(lines.get(at + 1).map(|next| &next.line), Some(Line::Separator));
        if is_marked_header && is_other_header(cells, map) {
            columns = None;
            continue;
        }
        // A table of another width has columns of its own.
        columns = columns.filter(|columns| cells.len() <= columns.roles.len());
        let is_measure = matches!(row::classify(cells), ClassifiedRow::Measure(_) | ClassifiedRow::Other);
        if (axis > 0 || columns.is_some() || is_numbered(cells))
            && is_measure
            && table_of_contents::parse_cell_entry(cells).is_none()
        {
            let columns = columns.filter(|columns| !is_in_order(columns));
            rows.push(RowAt { at, row: to_row(cells, located.number, false), columns, axis, category });
        }
    }
    rows
}

/// Returns true if the number of a row tells that it is a measure. Above the first axis, other rows without
/// a header belong to the cover.
fn is_numbered(cells: &[Cow<'_, str>]) -> bool {
    matches!(row::classify(cells), ClassifiedRow::Measure(row) if !row.number.is_bare)
}

/// Returns true if a row above a row of dashes is the header of a table of another kind: it has a name in
/// every column, and no value.
fn is_other_header(cells: &[Cow<'_, str>], map: &StatusMap) -> bool {
    let is_name = |cell: &Cow<'_, str>| {
        let is_number = cell.bytes().all(|byte| byte.is_ascii_digit() || b" .,-/".contains(&byte));
        cell.len() <= MAX_HEADER_NAME_BYTES && !is_number && !status::is_stated(cell, map)
    };
    cells.iter().all(is_name) && measure_label::of_cell(&cells[0]).is_none()
}

/// The columns of rows without a header, by their content. `None` if the rows are in order already.
///
/// Only rows with a label are used, because continuation rows have other content in the same columns. If no
/// row has a label, rows with a status are used.
fn infer(rows: &[RowAt<'_>], map: &StatusMap) -> Option<Columns> {
    let without_header = || rows.iter().filter(|row| row.columns.is_none()).map(|row| &row.row);
    let labelled: Vec<&Row> = without_header().filter(|row| label_of(row).is_some()).collect();
    let has_labels = !labelled.is_empty();
    let rows = if labelled.is_empty() {
        without_header().filter(|row| row.cells.iter().any(|cell| status::is_stated(cell, map))).collect()
    } else {
        labelled
    };
    let columns = Columns::of_content(&rows, None, map)?;
    columns.index(ColumnRole::Status)?;
    // Equal labels are no column of labels. The parser reports them.
    if has_labels {
        columns.index(ColumnRole::Label)?;
    }
    // An extra column in some rows does not change the order of the others.
    let filled =
        |at: usize| rows.iter().filter(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty())).count();
    let is_used = |at: usize| filled(at) * 5 > rows.len();
    let used: Vec<ColumnRole> =
        (0..columns.roles.len()).filter(|at| is_used(*at)).map(|at| columns.roles[at]).collect();
    (used != IN_ORDER).then_some(columns)
}

/// The label in the first filled cell of a row with more cells.
fn label_of(row: &Row) -> Option<String> {
    let mut filled = row.cells.iter().filter(|cell| !cell.is_empty());
    let label = measure_label::of_cell(filled.next()?)?;
    filled.next().map(|_| label)
}

/// The measure of a row whose cells are in order.
fn in_order(row: &RowAt<'_>) -> Option<RowDraft> {
    let label = label_of(&row.row)?;
    let draft = MeasureDraft { label: Some(label), line: row.row.line, ..MeasureDraft::default() };
    Some(RowDraft { at: row.at, axis: row.axis, category: row.category, draft, is_in_order: true })
}

/// Returns true if the numbers begin again in most axes, and never within one.
fn restarts(drafts: &[RowDraft]) -> bool {
    let mut seen = HashSet::new();
    let axes: HashSet<usize> = drafts.iter().map(|row| row.axis).collect();
    let first = drafts.iter().filter(|row| whole(&row.draft) == Some(1)).count();
    let is_unique =
        drafts.iter().all(|row| whole(&row.draft).is_none_or(|number| seen.insert((row.axis, number))));
    first > 1 && first * 2 > axes.len() && is_unique
}

/// Returns true if all labels are whole numbers and one of them stands twice under one heading.
fn has_clash(drafts: &[RowDraft]) -> bool {
    let mut seen = HashSet::new();
    let numbers: Option<Vec<(usize, u32)>> =
        drafts.iter().map(|row| Some((row.category, whole(&row.draft)?))).collect();
    numbers.is_some_and(|numbers| !numbers.into_iter().all(|number| seen.insert(number)))
}

fn read_row(
    row: &RowAt<'_>,
    columns: &Columns,
    map: &StatusMap,
    drafts: &mut Vec<RowDraft>,
    continued: &mut Vec<(usize, [String; 3])>,
) {
    let cells = columns.align(&row.row, map);
    let value = |role| columns.index(role).and_then(|at| cells.get(at).copied()).unwrap_or_default();
    let (title, status) = (value(ColumnRole::Title), value(ColumnRole::Status));
    let label = measure_label::of_cell(value(ColumnRole::Label));
    let has_labels = columns.index(ColumnRole::Label).is_some();
    // A title alone continues the row above.
    let has_fields = || cells.iter().filter(|cell| !is_placeholder(cell)).count() > 1;
    let is_measure = !has_labels
        && (status::is_stated(status, map) || (title.contains(char::is_alphabetic) && has_fields()));
    if label.is_none() && !is_measure {
        continued.push((row.at, [String::new(), title.to_owned(), status.to_owned()]));
        return;
    }
    let (title, status, line) = (title.to_owned(), status.to_owned(), row.row.line);
    let mut draft = MeasureDraft { label, title, status, line, ..MeasureDraft::default() };
    for (at, cell) in cells.iter().enumerate() {
        let role = columns.roles.get(at).copied().unwrap_or(ColumnRole::Other);
        if !matches!(role, ColumnRole::Label | ColumnRole::Title | ColumnRole::Status) {
            let name = columns.names.get(at).filter(|name| !name.is_empty()).cloned();
            draft.add_field(role, &name.unwrap_or_else(|| format!("#{}", at + 1)), cell);
        }
    }
    drafts.push(RowDraft { at: row.at, axis: row.axis, category: row.category, draft, is_in_order: false });
}

/// The longest name of a column in a table of another kind, in bytes.
const MAX_HEADER_NAME_BYTES: usize = 60;

/// The order that the parser of plans with axes reads.
const IN_ORDER: [ColumnRole; 3] = [ColumnRole::Label, ColumnRole::Title, ColumnRole::Status];

/// Returns true if the columns of a header are number, title and status in this order. Any of them can be
/// missing.
fn is_in_order(columns: &Columns) -> bool {
    let mut order = IN_ORDER.iter();
    let named = columns
        .roles
        .iter()
        .zip(&columns.names)
        .filter(|(role, name)| **role != ColumnRole::Other || !name.is_empty());
    let mut roles = named.map(|(role, _)| role);
    roles.all(|role| order.any(|known| known == role))
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
    let mut stated = list_forms::nested_drafts(&items, map);
    let other_items = items.iter().filter(|item| !item_status::is_field(&item.text)).count();
    if stated.len() < super::evidence::MIN_MEASURES || stated.len() * 10 < other_items * 6 {
        return Reordered::default();
    }
    let by_number: HashMap<u32, usize> =
        lines.iter().enumerate().map(|(at, located)| (located.number, at)).collect();
    let mut by_line = HashMap::new();
    list_forms::take_labels(&mut stated);
    for (position, draft) in stated.into_iter().enumerate() {
        let Some(at) = by_number.get(&draft.line) else { continue };
        let number = Cow::Owned(format!("{}.", position + 1));
        let cells = vec![number, Cow::Owned(draft.title.clone()), Cow::Owned(draft.status.clone())];
        lines[*at].line = Line::Row(cells);
        by_line.insert(draft.line, draft);
    }
    Reordered { by_line }
}

fn is_category(line: &Line<'_>) -> bool {
    match line {
        Line::Heading(_) => true,
        Line::Paragraph(text) | Line::Text(text) => row::emphasized_category(text).is_some(),
        Line::Row(_) | Line::Blank | Line::Separator | Line::PageNumber => false,
    }
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
    /// Gives the measures their labels and fields back. Reports each label that stands twice in a category.
    pub(super) fn restore(self, measures: &mut [Measure], findings: &mut Vec<Finding>) {
        if self.by_line.is_empty() {
            return;
        }
        let mut first_lines: HashMap<(String, String), u32> = HashMap::new();
        for measure in measures.iter().filter(|measure| !self.by_line.contains_key(&measure.line)) {
            first_lines.insert((measure.category.as_str().to_owned(), measure.label.clone()), measure.line);
        }
        for measure in measures.iter_mut() {
            let Some(draft) = self.by_line.get(&measure.line) else { continue };
            let completion = measure.details.completion;
            measure.details = assemble::details(draft);
            measure.details.completion = completion;
            let written = draft.label.clone().unwrap_or_else(|| measure.number.to_string());
            let mut label = written.clone();
            let mut count = 1;
            let category = measure.category.as_str();
            while first_lines.contains_key(&(category.to_owned(), label.clone())) {
                count += 1;
                label = format!("{written}-{count}");
            }
            if let Some(first_line) = first_lines.get(&(category.to_owned(), written.clone())).copied() {
                numbering::report_clash(&written, (first_line, measure.line), &label, findings);
            }
            first_lines.insert((category.to_owned(), label.clone()), measure.line);
            measure.label = label;
        }
        let labels: Vec<String> = measures.iter().map(|measure| measure.label.clone()).collect();
        let mut whole = None;
        for (measure, number) in measures.iter_mut().zip(numbering::numbers(&labels)) {
            measure.number = number;
            let is_part = self.by_line.get(&measure.line).is_some_and(|draft| draft.is_part);
            measure.parent = whole.filter(|_| is_part);
            if !is_part {
                whole = Some(number);
            }
        }
    }
}
