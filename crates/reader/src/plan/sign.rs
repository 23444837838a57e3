//! What tells a plan from a page: numbered rows under axes.

use passerelle_model::plan::CategoryLevel;

use super::contents;
use super::face::{Line, Placed};
use super::label;
use super::line;
use super::row::{self, Row};
use super::status;

/// Whether a text has the heading of an axis and the row of a measure.
pub(crate) fn is_plan(body: &str) -> bool {
    let lines = line::read(body, 1).placed;
    lines.iter().any(|placed| opens_axis(&placed.line))
        && (lines.iter().any(|placed| is_numbered(&placed.line)) || counts_with_bare_numbers(&lines))
}

/// Whether bare numbers count measures in a document: one of them has a title and a status that is known, on its row
/// or on the next.
pub(super) fn counts_with_bare_numbers(lines: &[Placed<'_>]) -> bool {
    let mut is_waiting = false;
    for placed in lines {
        let Line::Row(cells) = &placed.line else { continue };
        match row::read(cells) {
            Row::Measure(row) if row.number.is_bare && !row.is_year() && row.is_plausible() => {
                if status::is_known(row.status) {
                    return true;
                }
                is_waiting = row.status.is_empty();
            }
            Row::Other => {
                let last = cells.iter().rfind(|cell| !cell.is_empty());
                if is_waiting && last.is_some_and(|cell| status::is_known(cell)) {
                    return true;
                }
            }
            Row::Header => {}
            _ => is_waiting = false,
        }
    }
    false
}

fn opens_axis(line: &Line<'_>) -> bool {
    let opened = match line {
        Line::Heading(text) => label::read(text),
        Line::Alone(text) => row::marked(text).or_else(|| contents::read_unmarked(text)),
        Line::Text(text) => row::marked(text),
        Line::Row(cells) => match row::read(cells) {
            Row::Category(category) => Some(category),
            _ => None,
        },
        Line::Blank | Line::Ruling | Line::Page => None,
    };
    opened.is_some_and(|category| category.level == CategoryLevel::Axis)
}

fn is_numbered(line: &Line<'_>) -> bool {
    let Line::Row(cells) = line else { return false };
    matches!(row::read(cells), Row::Measure(row) if !row.number.is_bare)
}
