//! Measures that changed between two states of a plan, in document order.

use passerelle_model::change::ChangedField;
use passerelle_model::labels::changed_field_label;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::published::PublishedMeasure;

use crate::bar::status_class;
use crate::change_text::shortened;
use crate::words::Words;

/// Maximum number of rows of each list. More do not help a reader. The counts cover all.
const MAX_ROWS: usize = 300;
/// Longer titles are cut.
const MAX_TITLE_CHARS: usize = 160;

/// Status with its class in the style sheet.
pub(crate) struct StatusCell {
    pub(crate) label: &'static str,
    pub(crate) class: &'static str,
}

impl StatusCell {
    pub(crate) fn new(status: MeasureStatus, words: &Words) -> Self {
        Self { label: status.label(words.lang), class: status_class(status) }
    }
}

/// Measure of a list.
pub(crate) struct MovedMeasure {
    position: i64,
    pub(crate) name: String,
    /// `None` for a measure that is gone.
    pub(crate) url: Option<String>,
    /// Statuses before and after. `None` in the other lists.
    pub(crate) statuses: Option<[StatusCell; 2]>,
    /// Names of the changed fields. Empty in the other lists.
    pub(crate) fields: String,
}

impl MovedMeasure {
    pub(crate) fn new(measure: &PublishedMeasure, url: Option<String>) -> Self {
        let name = format!("{} {}", measure.label, shortened(&measure.title.text, MAX_TITLE_CHARS));
        Self { position: measure.position, name, url, statuses: None, fields: String::new() }
    }

    pub(crate) fn with_statuses(self, statuses: [MeasureStatus; 2], words: &Words) -> Self {
        let cells = statuses.map(|status| StatusCell::new(status, words));
        Self { statuses: Some(cells), ..self }
    }

    pub(crate) fn with_fields(self, fields: impl IntoIterator<Item = ChangedField>, words: &Words) -> Self {
        let labels: Vec<_> =
            fields.into_iter().map(|field| changed_field_label(field, words.lang).to_owned()).collect();
        Self { fields: labels.join(", "), ..self }
    }
}

/// List with its title. The title contains the number of all entries.
pub(crate) struct MoveList {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) rows: Vec<MovedMeasure>,
    pub(crate) is_cut: bool,
}

/// Everything that moved.
pub(crate) struct Moves {
    /// Lists that are not empty.
    pub(crate) lists: Vec<MoveList>,
    /// True if there were too many changes to compare all.
    pub(crate) is_incomplete: bool,
}

impl Moves {
    /// Creates the lists: changes of status, other changes, added and removed measures.
    pub(crate) fn new(lists: [Vec<MovedMeasure>; 4], words: &Words, is_incomplete: bool) -> Self {
        let heads = [
            ("statuses", words.moved_statuses),
            ("changed", words.moved_changed),
            ("added", words.moved_added),
            ("removed", words.moved_removed),
        ];
        let list = |((id, title), mut rows): ((&'static str, &str), Vec<MovedMeasure>)| {
            let title = format!("{title} ({})", words.number_text(rows.len() as u64));
            rows.sort_by_key(|row| row.position);
            let is_cut = rows.len() > MAX_ROWS;
            rows.truncate(MAX_ROWS);
            MoveList { id, title, rows, is_cut }
        };
        let filled = heads.into_iter().zip(lists).filter(|(_, rows)| !rows.is_empty());
        Self { lists: filled.map(list).collect(), is_incomplete }
    }
}
