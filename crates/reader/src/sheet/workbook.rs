//! Rows of a sheet of an Excel workbook. Only this module uses `calamine`.
//!
//! Values are those that the program saved last: formulas and macros are never executed.

use std::fmt::Write;
use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_text::fold::fold;

use super::package::{self, Package, PackageError};
use super::rows::{RowCollector, Sheet, SheetRow};
use crate::decode::{DecodeError, MAX_BYTES, WriteState};

/// First bytes of a workbook with a password, and of a workbook of Excel 2003 or older.
const COMPOUND_FILE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Maximum number of columns. A cell further to the right is not read.
const MAX_COLUMNS: usize = 256;

/// Reads the named sheet, else the first one that is not hidden.
pub(super) fn read(
    bytes: &[u8],
    sheet_name: Option<&str>,
    write_state: WriteState,
) -> Result<Sheet, DecodeError> {
    if bytes.starts_with(&COMPOUND_FILE) {
        return Err(DecodeError::Rejected(DiagnosticKind::SpreadsheetProtected));
    }
    let package = package::unpack(bytes).map_err(|error| match error {
        PackageError::Rejected(kind) => DecodeError::Rejected(kind),
        // The directory of the archive is written last.
        PackageError::Damaged if write_state == WriteState::MayGrow => DecodeError::Incomplete,
        PackageError::Damaged => damaged(),
    })?;
    let Package { bytes, has_formulas, has_macros } = package;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| to_decode_error(&error))?;
    let name = choose_sheet(&workbook, sheet_name)?;
    let rows = read_rows(&mut workbook, &name)?;
    let mut findings = Vec::new();
    if has_formulas {
        findings.push(Finding::for_document(DiagnosticKind::SpreadsheetFormulas));
    }
    if has_macros {
        findings.push(Finding::for_document(DiagnosticKind::SpreadsheetMacros));
    }
    Ok(Sheet { text: text_of(&rows), rows, encoding: None, findings })
}

fn damaged() -> DecodeError {
    DecodeError::Rejected(DiagnosticKind::SpreadsheetDamaged)
}

fn to_decode_error(error: &XlsxError) -> DecodeError {
    match error {
        XlsxError::Password => DecodeError::Rejected(DiagnosticKind::SpreadsheetProtected),
        _ => damaged(),
    }
}

fn choose_sheet(workbook: &Xlsx<Cursor<Vec<u8>>>, wanted: Option<&str>) -> Result<String, DecodeError> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let found = match wanted {
        Some(wanted) => sheets.clone().find(|sheet| fold(&sheet.name) == fold(wanted)),
        None => sheets
            .clone()
            .find(|sheet| sheet.visible == SheetVisible::Visible)
            .or_else(|| sheets.clone().next()),
    };
    match (found, wanted) {
        (Some(sheet), _) => Ok(sheet.name.clone()),
        (None, None) => Err(damaged()),
        (None, Some(wanted)) => {
            let names: Vec<&str> = sheets.map(|sheet| sheet.name.as_str()).collect();
            let kind = DiagnosticKind::MissingSheet { sheet: wanted.to_owned(), sheets: names.join(", ") };
            Err(DecodeError::Rejected(kind))
        }
    }
}

/// Reads the cells one after another. The range of cells that a sheet states is not used: it can be the
/// whole sheet of 17 billion cells.
fn read_rows(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<Vec<SheetRow>, DecodeError> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| to_decode_error(&error))?;
    let mut collector = RowCollector::default();
    let mut cells: Vec<String> = Vec::new();
    let mut row = 0;
    let mut bytes = 0;
    while let Some(cell) = reader.next_cell().map_err(|error| to_decode_error(&error))? {
        let (at_row, at_column) = cell.get_position();
        if at_row < row {
            return Err(damaged());
        }
        if at_row > row {
            collector.push(std::mem::take(&mut cells), row.saturating_add(1))?;
            row = at_row;
        }
        let text = text_of_value(cell.get_value());
        let column = usize::try_from(at_column).unwrap_or(usize::MAX);
        if text.is_empty() || column >= MAX_COLUMNS {
            continue;
        }
        // Many cells can refer to one long text.
        bytes += text.len() as u64;
        if bytes > MAX_BYTES {
            return Err(DecodeError::Rejected(DiagnosticKind::SpreadsheetTooLarge { limit: MAX_BYTES }));
        }
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    collector.push(cells, row.saturating_add(1))?;
    Ok(collector.rows)
}

/// The text of a value. Dates are in ISO 8601; a number has no more digits than needed.
fn text_of_value(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => clean(text),
        DataRef::SharedString(text) => clean(text),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(duration) => number_text(duration.as_f64()),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        // `#REF!` and other errors of formulas.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Excel stores 0.1 + 0.2 with 17 digits and shows at most 15.
fn number_text(number: f64) -> String {
    let rounded = format!("{number:.10}");
    let text = rounded.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn clean(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// A text in which the line of a row has the number of the row.
fn text_of(rows: &[SheetRow]) -> String {
    let mut text = String::new();
    let mut line = 1;
    for row in rows {
        while line < row.line {
            text.push('\n');
            line += 1;
        }
        let cells: Vec<String> = row.cells.iter().map(|cell| cell.replace('\n', " ")).collect();
        // Writing to a string does not fail.
        write!(text, "{}", cells.join(" | ")).unwrap_or_default();
    }
    text
}
