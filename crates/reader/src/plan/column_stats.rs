//! Counts over the cells of a column, which tell what the column is.

use super::block::Row;
use super::draft::is_placeholder;
use super::header_words::ColumnRole;
use super::status::{self, StatusMap};
use super::{measure_label, schedule, status_detail};

/// Counts over the cells of a column.
#[derive(Clone, Debug, Default)]
pub(super) struct ColumnStats {
    pub(super) filled: usize,
    labels: usize,
    pub(super) statuses: usize,
    dates: usize,
    percentages: usize,
    bodies: usize,
    bytes: usize,
    distinct: usize,
    /// Number of runs of equal cells, one below the other.
    runs: usize,
}

/// The longest average of a category, in bytes.
const MAX_CATEGORY_BYTES: usize = 120;

/// Words that name bodies, folded, in four languages.
const BODY_WORDS: &[&str] = &[
    "direction",
    "service",
    "departement",
    "ville",
    "commune",
    "ministere",
    "region",
    "agence",
    "metropole",
    "cellule",
    "office",
    "dienst",
    "stad",
    "gemeente",
    "agentschap",
    "department",
    "agency",
    "city",
    "council",
    "ministry",
    "amt",
    "referat",
    "fachbereich",
    "stadt",
    "ministerium",
];

impl ColumnStats {
    pub(super) fn of(rows: &[&Row], at: usize, map: &StatusMap) -> Self {
        let mut stats = Self::default();
        let mut seen = std::collections::HashSet::new();
        let mut last = "";
        for cell in rows.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !is_placeholder(cell)) {
            stats.filled += 1;
            stats.labels += usize::from(measure_label::of_cell(cell).is_some());
            stats.statuses += usize::from(status::is_stated(cell, map));
            stats.dates += usize::from(schedule::read(cell) != schedule::Period::default());
            stats.percentages += usize::from(status_detail::percentage_of_cell(cell).is_some());
            stats.bodies += usize::from(is_body(cell));
            stats.bytes += cell.len();
            stats.distinct += usize::from(seen.insert(cell.as_str()));
            stats.runs += usize::from(last != cell.as_str());
            last = cell;
        }
        stats
    }

    pub(super) fn is_label(&self, rows: usize) -> bool {
        self.filled * 2 > rows && self.labels * 10 > self.filled * 8 && self.distinct * 2 > self.filled
    }

    /// Returns true if a value is valid for several rows: it is repeated in each of them, or the cells below
    /// it are empty. Cells are left empty only before the title, where a reader expects the category.
    pub(super) fn is_category(&self, rows: usize, is_before_title: bool) -> bool {
        if self.filled == 0 || self.bytes / self.filled > MAX_CATEGORY_BYTES {
            return false;
        }
        let is_shared =
            if is_before_title { self.runs < self.filled } else { self.runs * 3 <= self.filled * 2 };
        let is_repeated = self.filled == rows && is_shared;
        let is_held = is_before_title && self.filled * 3 <= rows * 2;
        // A value that comes back further below is a property of the measure.
        self.runs == self.distinct && (is_repeated || is_held)
    }

    /// Titles are long and differ from row to row.
    pub(super) fn title_weight(&self) -> usize {
        if self.filled == 0 || self.labels * 2 > self.filled || self.dates * 2 > self.filled {
            return 0;
        }
        (self.bytes / self.filled).min(200) * self.distinct
    }

    pub(super) fn other_role(&self) -> ColumnRole {
        let is_most = |count: usize| self.filled > 0 && count * 10 > self.filled * 6;
        if is_most(self.bodies) {
            ColumnRole::Responsible
        } else if is_most(self.dates) {
            ColumnRole::Schedule
        } else {
            ColumnRole::Other
        }
    }
}

fn is_body(cell: &str) -> bool {
    let folded = passerelle_text::fold::fold(cell.get(..cell.len().min(60)).unwrap_or_default());
    let mut words = folded.split(|character: char| !character.is_alphanumeric()).take(3);
    let is_acronym =
        cell.len() <= 12 && cell.bytes().all(|byte| byte.is_ascii_uppercase() || b" ,/+&".contains(&byte));
    words.any(|word| BODY_WORDS.contains(&word)) || is_acronym
}
