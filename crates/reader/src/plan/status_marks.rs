//! Tables with one column for each status and a mark in the column that is true: `Fait | En cours | À faire`.

use super::block::{Block, Row, Table};
use super::columns::MAX_ROWS_BEFORE_HEADER;
use super::header_words;
use super::status;

/// Header of the column that replaces the columns of marks.
const STATUS_HEADER: &str = "Statut";
/// Cells that mark a status, without emphasis and white space.
const MARKS: [&str; 17] =
    ["x", "X", "✓", "✔", "✔️", "✅", "☑", "☒", "●", "■", "•", "oui", "Oui", "ja", "Ja", "yes", "Yes"];
/// Cells that say that a status is not true.
const NO_MARKS: [&str; 14] =
    ["", "-", "–", "—", "☐", "□", "○", "non", "Non", "nee", "Nee", "no", "No", "nein"];

/// Replaces the columns of marks of each table by one column of statuses.
pub(super) fn merge_columns(blocks: &mut [Block]) {
    for block in blocks {
        if let Block::Table(table) = block {
            merge(table);
        }
    }
}

fn merge(table: &mut Table) {
    // Most tables have no marks, and reading a header is slow.
    if !table.rows.iter().any(|row| row.cells.iter().any(|cell| is_mark(cell))) {
        return;
    }
    let header = (0..table.rows.len().min(MAX_ROWS_BEFORE_HEADER))
        .find_map(|at| Some((at, status_columns(&table.rows[at])?)));
    let Some((header, columns)) = header else { return };
    let rows = &table.rows[header + 1..];
    let is_marked = |row: &Row| columns.iter().filter_map(|at| row.cells.get(*at)).any(|cell| is_mark(cell));
    let are_marks = |row: &Row| {
        let mut cells = columns.iter().filter_map(|at| row.cells.get(*at));
        cells.all(|cell| is_mark(cell) || NO_MARKS.contains(&bare(cell)))
    };
    // A repeated header has the names of the statuses.
    let is_header = |row: &Row| row.cells == table.rows[header].cells;
    if !rows.iter().any(is_marked) || !rows.iter().all(|row| are_marks(row) || is_header(row)) {
        return;
    }
    let names: Vec<String> = columns.iter().map(|at| table.rows[header].cells[*at].clone()).collect();
    for row in &mut table.rows[header..] {
        let status = if row.cells.get(columns[0]) == Some(&names[0]) {
            STATUS_HEADER.to_owned()
        } else {
            // Two marks give a status that is not known. A diagnostic tells the editor.
            let marked = columns
                .iter()
                .zip(&names)
                .filter(|(at, _)| row.cells.get(**at).is_some_and(|cell| is_mark(cell)));
            marked.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" / ")
        };
        let mut at = 0;
        row.cells.retain(|_| {
            at += 1;
            !columns[1..].contains(&(at - 1))
        });
        if let Some(cell) = row.cells.get_mut(columns[0]) {
            *cell = status;
        }
    }
}

/// Returns the columns whose header is a status. `None` if there are fewer than two different ones.
fn status_columns(header: &Row) -> Option<Vec<usize>> {
    let is_status = |at: &usize| status::is_known(&header_words::plain_text(&header.cells[*at]));
    let columns: Vec<usize> = (0..header.cells.len()).filter(is_status).collect();
    let has_others = header.cells.len() > columns.len();
    let differ = columns.iter().any(|at| header.cells[*at] != header.cells[columns[0]]);
    (columns.len() >= 2 && has_others && differ).then_some(columns)
}

fn is_mark(cell: &str) -> bool {
    MARKS.contains(&bare(cell))
}

/// A cell without emphasis and white space.
fn bare(cell: &str) -> &str {
    cell.trim_matches(['*', '_', ' '])
}

#[cfg(test)]
mod tests {
    use super::super::{block, line};
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let mut blocks = block::read(&line::read(text, 1).located);
        merge_columns(&mut blocks);
        let Some(Block::Table(table)) = blocks.pop() else { panic!("no table") };
        table.rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn the_marked_column_is_the_status() {
        let table = "| N° | Action | Réalisé | En cours | À faire | Pilote |\n|--|--|--|--|--|--|\n\
                     | 1 | Semer | X | | | Voirie |\n| 2 | Tailler | | **x** | | Voirie |\n| 3 | Arroser | - | ☐ | Non | Parcs |\n";
        assert_eq!(
            rows(table),
            [
                ["N°", "Action", "Statut", "Pilote"],
                ["1", "Semer", "Réalisé", "Voirie"],
                ["2", "Tailler", "En cours", "Voirie"],
                ["3", "Arroser", "", "Parcs"],
            ]
        );
    }

    #[test]
    fn two_marks_in_a_row_are_both_kept() {
        let table = "| Action | Réalisé | En cours |\n|--|--|--|\n| Semer | x | x |\n";
        assert_eq!(rows(table)[1], ["Semer", "Réalisé / En cours"]);
    }

    #[test]
    fn columns_with_other_cells_stay() {
        let table = "| Action | Réalisé | En cours |\n|--|--|--|\n| Semer | 12 | 3 |\n| Tailler | x | |\n";
        assert_eq!(rows(table)[0], ["Action", "Réalisé", "En cours"]);
    }
}
