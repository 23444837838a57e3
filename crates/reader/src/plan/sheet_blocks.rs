//! Rows of a spreadsheet as the blocks of a document: title, lines of text and tables.

use super::block::{Block, Row, Table};
use super::columns::Columns;
use super::header_words::ColumnRole;
use crate::sheet::SheetRow;

/// The longest cell above the table that can be the title, in bytes.
const MAX_TITLE_BYTES: usize = 200;

/// Converts rows to blocks.
///
/// The first row with one filled cell above the table is the title, as in a sheet that is made to be printed.
/// A header below a blank row begins another table.
pub(super) fn read(rows: &[SheetRow]) -> Vec<Block> {
    let filled = |row: &SheetRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let start = rows.iter().position(|row| filled(row) > 1).unwrap_or(rows.len());
    let (above, below) = rows.split_at(start);
    let mut blocks: Vec<Block> = Vec::new();
    for row in above {
        let text = row.cells.iter().find(|cell| !cell.is_empty()).cloned().unwrap_or_default();
        let is_title =
            blocks.is_empty() && text.len() <= MAX_TITLE_BYTES && text.contains(char::is_alphabetic);
        blocks.push(if is_title {
            Block::Heading { level: 1, text, line: row.line }
        } else {
            Block::Text { text, line: row.line }
        });
    }
    let mut table = Table::default();
    let mut last_line = None;
    for row in below {
        let is_first = table.rows.is_empty();
        let row = Row { cells: row.cells.clone(), line: row.line, is_marked_header: is_first };
        let after_blank = last_line.is_some_and(|last: u32| last + 1 < row.line);
        last_line = Some(row.line);
        if after_blank && Columns::of_header(&row).is_some() {
            blocks.push(Block::Table(std::mem::take(&mut table)));
            table.rows.push(Row { is_marked_header: true, ..row });
        } else {
            table.rows.push(row);
        }
    }
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    for block in &mut blocks {
        if let Block::Table(table) = block {
            read_fractions(table);
        }
    }
    blocks
}

/// Writes the values of a column of completion or status as percentages, if all of them are fractions: Excel
/// stores 50 % as 0.5.
fn read_fractions(table: &mut Table) {
    let Some((columns, start)) = Columns::find(table) else { return };
    for role in [ColumnRole::Completion, ColumnRole::Status] {
        if let Some(at) = columns.index(role) {
            read_fractions_of(table, start, at);
        }
    }
}

fn read_fractions_of(table: &mut Table, start: usize, at: usize) {
    let fraction =
        |cell: &str| cell.replace(',', ".").parse::<f64>().ok().filter(|value| (0.0..=1.0).contains(value));
    let cells =
        || table.rows[start..].iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
    let has_parts = cells().any(|cell| cell.contains(['.', ',']));
    if !has_parts || !cells().all(|cell| fraction(cell).is_some()) {
        return;
    }
    for cell in table.rows[start..].iter_mut().filter_map(|row| row.cells.get_mut(at)) {
        if let Some(value) = fraction(cell) {
            *cell = format!("{:.0} %", value * 100.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<SheetRow> {
        let row = |(at, line): (usize, &&str)| SheetRow {
            cells: line.split('|').map(str::to_owned).collect(),
            line: u32::try_from(at).unwrap() + 1,
        };
        let rows = lines.iter().enumerate().map(row);
        rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty())).collect()
    }

    #[test]
    fn a_lone_cell_above_the_table_is_the_title() {
        let blocks = read(&rows(&[
            "Plan d’action||",
            "",
            "Mesure|Pilote|Statut",
            "a|b|c",
            "",
            "Mesure|Pilote|Statut",
            "d|e|f",
        ]));
        assert_eq!(blocks.len(), 3);
        assert!(matches!(&blocks[0], Block::Heading { text, line: 1, .. } if text == "Plan d’action"));
        assert!(
            matches!(&blocks[2], Block::Table(table) if table.rows.len() == 2 && table.rows[0].line == 6)
        );
    }

    #[test]
    fn fractions_of_a_column_of_completion_are_percentages() {
        let cell = |values: [&str; 3]| {
            let lines: Vec<String> = values.iter().map(|value| format!("a|{value}")).collect();
            let mut all = vec!["Mesure|Avancement (%)"];
            all.extend(lines.iter().map(String::as_str));
            let Some(Block::Table(table)) = read(&rows(&all)).pop() else { panic!("no table") };
            table.rows[1].cells[1].clone()
        };
        assert_eq!(cell(["0.5", "1", ""]), "50 %");
        assert_eq!(cell(["0,25", "0", "1"]), "25 %");
        assert_eq!(cell(["50", "0.5", "1"]), "50");
        assert_eq!(cell(["1", "0", "1"]), "1");
    }
}
