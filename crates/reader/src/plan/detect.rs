//! Detects plans: numbered rows under axes.

use passerelle_model::plan::CategoryLevel;

use super::face::{Line, LocatedLine};
use super::label;
use super::row::{self, ClassifiedRow};
use super::status;
use super::table_of_contents;

/// Numbered rows below axes without any status are a plan from this number on. Fewer are the points of a
/// text.
const MIN_ROWS_WITHOUT_STATUS: usize = 10;

/// Returns true if a text has the heading of an axis and the row of a measure.
pub(super) fn is_plan(lines: &[LocatedLine<'_>]) -> bool {
    let numbered = || lines.iter().filter(|located| is_numbered(&located.line));
    let is_numbered_plan = || {
        numbered().next().is_some() && (states_status(lines) || numbered().count() >= MIN_ROWS_WITHOUT_STATUS)
    };
    lines.iter().any(|located| is_axis(&located.line))
        && (is_numbered_plan() || has_bare_measure_numbers(lines))
}

/// Returns true if a row has a known status or the header of its column.
fn states_status(lines: &[LocatedLine<'_>]) -> bool {
    lines.iter().any(|located| match &located.line {
        Line::Row(cells) => cells.iter().any(|cell| status::is_known(cell) || status::is_header(cell)),
        _ => false,
    })
}

/// Returns true if bare numbers count measures in a document: one of them has a title and a status that is
/// known, on its row or on the next.
pub(super) fn has_bare_measure_numbers(lines: &[LocatedLine<'_>]) -> bool {
    let mut expects_status = false;
    for located in lines {
        let Line::Row(cells) = &located.line else { continue };
        match row::classify(cells) {
            ClassifiedRow::Measure(row) if row.number.is_bare && !row.is_year() && row.is_plausible() => {
                if status::is_known(row.status) {
                    return true;
                }
                expects_status = row.status.is_empty();
            }
            ClassifiedRow::Other => {
                let last = cells.iter().rfind(|cell| !cell.is_empty());
                if expects_status && last.is_some_and(|cell| status::is_known(cell)) {
                    return true;
                }
            }
            ClassifiedRow::Header => {}
            _ => expects_status = false,
        }
    }
    false
}

fn is_axis(line: &Line<'_>) -> bool {
    let opened = match line {
        Line::Heading(text) => label::read(text),
        Line::Paragraph(text) => {
            row::emphasized_category(text).or_else(|| table_of_contents::read_unmarked(text))
        }
        Line::Text(text) => row::emphasized_category(text),
        Line::Row(cells) => match row::classify(cells) {
            ClassifiedRow::Category(category) => Some(category),
            _ => None,
        },
        Line::Blank | Line::Separator | Line::PageNumber => None,
    };
    opened.is_some_and(|category| category.level == CategoryLevel::Axis)
}

fn is_numbered(line: &Line<'_>) -> bool {
    let Line::Row(cells) = line else { return false };
    matches!(row::classify(cells), ClassifiedRow::Measure(row) if !row.number.is_bare)
}
