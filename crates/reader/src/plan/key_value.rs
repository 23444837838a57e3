//! Tables of fields: each table has one measure, each row the name and the value of one field.

use std::collections::HashMap;

use super::block::{Row, Table};
use super::columns::Columns;
use super::draft::{CategoryStep, MeasureDraft, is_placeholder};
use super::header_words::{self, ColumnRole};
use super::measure_label;

/// The longest name of a field in bytes.
const MAX_NAME_BYTES: usize = 120;
/// Minimum number of rows with names of fields.
const MIN_FIELDS: usize = 3;

/// Reads measures from tables of fields. A measure continues in the next table until a row names a new one.
#[derive(Debug, Default)]
pub(super) struct KeyValueReader {
    /// Measures in document order.
    pub(super) drafts: Vec<MeasureDraft>,
    /// Name of the last field, for values that continue in the next row.
    last_name: Option<(ColumnRole, String)>,
    /// Code in the line above the table.
    code: Option<String>,
    /// Name of the field that holds the titles, folded.
    title_name: String,
}

/// Index of the row at which a list ends and a table of fields begins, if a converter joined both.
pub(super) fn end_of_list(rows: &[Row]) -> Option<usize> {
    let title = rows.iter().skip(1).position(|row| {
        let is_form_row = row.cells.iter().filter(|cell| !cell.is_empty()).count() <= 3;
        is_form_row
            && Columns::of_header(row).is_none()
            && field_of(row).is_some_and(|(name, _)| is_title_name(name))
    })? + 1;
    // A caption above the table belongs to the fields.
    let has_caption = rows[title - 1].cells.iter().filter(|cell| !cell.is_empty()).count() == 1;
    let start = title - usize::from(has_caption);
    (start > 0).then_some(start)
}

impl KeyValueReader {
    /// Returns true if the table contains fields and not a list.
    pub(super) fn accepts(table: &Table) -> bool {
        let fields = table.rows.iter().filter_map(|row| field_of(row)).filter_map(|(name, _)| role_of(name));
        let mut roles: Vec<ColumnRole> = fields.collect();
        let count = roles.len();
        roles.sort_unstable();
        roles.dedup();
        // An attribute has any name, so a third of the rows with known names suffices.
        let width = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        width <= 6 && roles.len() >= MIN_FIELDS.min(2) && count >= MIN_FIELDS && count * 3 >= table.rows.len()
    }

    /// Returns true if a table has a row with the name of a measure.
    pub(super) fn names_measure(table: &Table) -> bool {
        table.rows.iter().filter_map(|row| field_of(row)).any(|(name, _)| is_title_name(name))
    }

    /// Records a line of text above a table. Its code is the label of the next measure.
    pub(super) fn note_text(&mut self, text: &str) {
        if let Some(code) = code_of(text) {
            self.code = Some(code);
        }
    }

    /// Reads the rows of a table. `heading` is the title of a measure whose table does not repeat it.
    pub(super) fn read(&mut self, table: &Table, headings: &[CategoryStep], heading: Option<&CategoryStep>) {
        if !Self::names_measure(table)
            && let Some(heading) = heading
        {
            let above = &headings[..headings.len().saturating_sub(1)];
            self.open(&heading.text, above, heading.line);
        }
        // A field name without a value starts a measure whose title is missing.
        let lost =
            table.rows.iter().find(|row| row.cells.iter().any(|cell| self.begins_with_title_name(cell)));
        if let Some(row) = lost.filter(|_| !Self::names_measure(table)) {
            self.open("", headings, row.line);
        }
        for row in &table.rows {
            self.read_row(row, headings);
        }
    }

    fn begins_with_title_name(&self, cell: &str) -> bool {
        !self.title_name.is_empty()
            && cell.len() <= MAX_NAME_BYTES
            && header_words::clean(cell).starts_with(&self.title_name)
    }

    fn read_row(&mut self, row: &Row, headings: &[CategoryStep]) {
        let filled: Vec<&String> = row.cells.iter().filter(|cell| !cell.is_empty()).collect();
        if let [only] = filled.as_slice() {
            let is_first = row.cells.first().is_some_and(|cell| !cell.is_empty());
            match (&self.last_name, self.drafts.last_mut()) {
                (Some((role, name)), Some(draft)) if !is_first => add(draft, *role, name, only),
                _ => self.note_text(only),
            }
            return;
        }
        let Some((name, value)) = field_of(row) else { return };
        if is_title_name(name) {
            self.title_name = header_words::clean(name);
            self.open(value, headings, row.line);
            return;
        }
        let role = role_of(name).unwrap_or(ColumnRole::Other);
        let name = header_words::plain_text(name).trim_end_matches([':', ' ']).to_owned();
        let Some(draft) = self.drafts.last_mut() else { return };
        add(draft, role, &name, value);
        self.last_name = Some((role, name));
    }

    fn open(&mut self, title: &str, headings: &[CategoryStep], line: u32) {
        self.last_name = None;
        let label = self.code.take();
        let title = title.to_owned();
        self.drafts.push(MeasureDraft {
            label,
            title,
            line,
            categories: headings.to_vec(),
            ..MeasureDraft::default()
        });
    }

    /// Ends the document: codes that several measures share are no labels, and themes are categories where
    /// no heading is.
    pub(super) fn finish(mut self) -> Vec<MeasureDraft> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for label in self.drafts.iter().filter_map(|draft| draft.label.clone()) {
            *counts.entry(label).or_default() += 1;
        }
        for draft in &mut self.drafts {
            draft.label = draft.label.take().filter(|label| counts.get(label) == Some(&1));
        }
        self.drafts
    }
}

/// Moves the theme of each measure to its categories if no heading tells the measures apart.
pub(super) fn themes_to_categories(drafts: &mut [MeasureDraft]) {
    for draft in drafts {
        let Some(at) = draft.fields.iter().position(|field| field.role == ColumnRole::Theme) else {
            continue;
        };
        let theme = draft.fields.remove(at);
        draft.categories.push(CategoryStep { text: theme.value, line: draft.line });
    }
}

fn add(draft: &mut MeasureDraft, role: ColumnRole, name: &str, value: &str) {
    if role == ColumnRole::Status && draft.status.is_empty() {
        value.clone_into(&mut draft.status);
    } else if role == ColumnRole::Label && draft.label.is_none() && measure_label::of_cell(value).is_some() {
        draft.label = measure_label::of_cell(value);
    } else if !is_placeholder(value) {
        draft.add_field(role, name, value);
    }
}

/// The name and the value of a row: its last two filled cells.
fn field_of(row: &Row) -> Option<(&str, &str)> {
    let filled: Vec<&str> = row.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    match filled.as_slice() {
        // A cell before the name can be a group of fields that is merged over several rows.
        [name, value] | [_, name, value] => Some((name, value)),
        _ => None,
    }
}

fn role_of(name: &str) -> Option<ColumnRole> {
    if name.len() > MAX_NAME_BYTES {
        return None;
    }
    let best = *header_words::matches(name).first()?;
    let is_other_title = best.role == ColumnRole::Title && !best.is_exact;
    (!is_other_title && (best.is_exact || best.length >= 6)).then_some(best.role)
}

/// Returns true if a field names the measure: `Action name`, `Intitulé`, `Maßnahme`.
fn is_title_name(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES
        && header_words::is_exact(name)
        && header_words::matches(name)
            .first()
            .is_some_and(|best| best.role == ColumnRole::Title && best.is_exact)
}

/// The code in a line such as `B-2.2-CS1: Outline` or `Fiche A3`: the last part of the first word with
/// letters and digits.
fn code_of(text: &str) -> Option<String> {
    let plain = header_words::plain_text(text);
    let (head, _) = plain.split_once([':', '–']).unwrap_or((plain.as_str(), ""));
    if head.len() > 40 {
        return None;
    }
    let word = head.split_whitespace().last()?;
    let part = word.rsplit('-').next()?;
    let has_both = part.contains(|letter: char| letter.is_ascii_alphabetic())
        && part.contains(|digit: char| digit.is_ascii_digit());
    (has_both && part.len() <= 8).then(|| measure_label::of_cell(part)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&str]) -> Table {
        let row = |(at, line): (usize, &&str)| Row {
            cells: line.split('|').map(|cell| cell.trim().to_owned()).collect(),
            line: u32::try_from(at).unwrap() + 1,
            is_marked_header: false,
        };
        Table { rows: rows.iter().enumerate().map(row).collect() }
    }

    #[test]
    fn a_table_of_fields_is_a_measure() {
        let form = table(&[
            "Fiche|Nom de l’action|Planter des tilleuls",
            "|Description|Deux rangs",
            "||le long du canal",
            "Suivi|Pilote|Service des parcs",
            "|Coût|12 000 €",
            "|Sol|Argile",
        ]);
        assert!(KeyValueReader::accepts(&form) && KeyValueReader::names_measure(&form));
        let mut reader = KeyValueReader::default();
        reader.note_text("Plan-P-V7: Fiche");
        reader.read(&form, &[], None);
        let drafts = reader.finish();
        assert_eq!((drafts.len(), drafts[0].label.as_deref()), (1, Some("V7")));
        assert_eq!(drafts[0].field(ColumnRole::Description), Some("Deux rangs le long du canal"));
        assert_eq!(drafts[0].field(ColumnRole::Other), Some("Argile"));
        assert!(!KeyValueReader::accepts(&table(&["Lundi|9 h", "Mardi|10 h", "Mercredi|fermé"])));
    }
}
