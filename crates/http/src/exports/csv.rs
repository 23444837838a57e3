//! Measures as CSV (RFC 4180), as spreadsheets open it without asking.

use std::borrow::Cow;
use std::sync::Arc;

use csv::{Terminator, Writer, WriterBuilder};
use passerelle_api::{ApiError, InvariantError};
use passerelle_model::language::Language;
use passerelle_model::published::PublishedMeasure;

use super::table::{ExportRow, ExportTable};

/// Media type (RFC 4180, section 3).
pub(super) const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";
/// Without it Excel takes UTF-8 for the encoding of its country.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// The names of the columns, which are those of the GraphQL fields.
const COLUMNS: [&str; 15] = [
    "number",
    "title",
    "status",
    "statusText",
    "programme",
    "isRepeated",
    "repeats",
    "repeatsDisagree",
    "axis",
    "objective",
    "section",
    "group",
    "category",
    "updatedAt",
    "line",
];

/// Returns the separator that spreadsheets of a country expect. Where a comma is the decimal separator, cells
/// are separated by semicolons; a file with commas would open as one column.
pub(super) fn default_separator(lang: Language) -> u8 {
    match lang {
        Language::Fr | Language::Nl | Language::De => b';',
        Language::En => b',',
    }
}

/// Returns the file name for download.
pub(super) fn file_name(table: &ExportTable) -> String {
    let heading = &table.plan.heading;
    let year = heading.year.map(|year| format!("-{year}")).unwrap_or_default();
    format!("{}{year}-measures.csv", heading.slug)
}

/// Renders the byte order mark and the names of the columns.
pub(super) fn render_header(separator: u8) -> Result<Vec<u8>, ApiError> {
    let mut writer = writer(separator, BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(COLUMNS).map_err(internal)?;
    finish(writer)
}

/// Renders a part of the measures.
pub(super) fn render_rows(
    table: &ExportTable,
    measures: &[Arc<PublishedMeasure>],
    separator: u8,
) -> Result<Vec<u8>, ApiError> {
    let mut writer = writer(separator, Vec::new());
    for measure in measures {
        let row = table.row(measure)?;
        writer.write_record(cells(&row).iter().map(|cell| cell.as_bytes())).map_err(internal)?;
    }
    finish(writer)
}

fn writer(separator: u8, buffer: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().delimiter(separator).terminator(Terminator::CRLF).from_writer(buffer)
}

fn finish(writer: Writer<Vec<u8>>) -> Result<Vec<u8>, ApiError> {
    Ok(writer.into_inner().map_err(|_| InvariantError("the CSV writer failed to flush"))?)
}

fn internal(error: csv::Error) -> ApiError {
    ApiError::Internal(Arc::new(error))
}

fn cells<'r>(row: &'r ExportRow<'_>) -> [Cow<'r, str>; COLUMNS.len()] {
    let numbers: Vec<String> = row.repeats.iter().map(ToString::to_string).collect();
    let title = |title: Option<&'r str>| as_text(title.unwrap_or_default());
    [
        row.number.to_string().into(),
        as_text(row.title.text),
        row.status.into(),
        as_text(row.status_text),
        as_text(row.programme.unwrap_or_default()),
        row.is_repeated.to_string().into(),
        numbers.join(" ").into(),
        row.repeats_disagree.to_string().into(),
        as_text(row.axis),
        title(row.objective),
        title(row.section),
        title(row.group),
        as_text(row.category),
        row.updated_at.as_str().into(),
        row.line.to_string().into(),
    ]
}

/// Returns a cell that spreadsheets open as text: with an apostrophe before what would be a formula (OWASP,
/// "CSV Injection") or a date.
fn as_text(text: &str) -> Cow<'_, str> {
    if is_formula(text) || is_date(text) { format!("'{text}").into() } else { text.into() }
}

/// Returns true if a spreadsheet interprets the text as a formula. Full-width signs count too: spreadsheets
/// of East Asian countries read them as the ASCII ones.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'])
}

/// Returns true for two or three numbers such as `1.4`, which is 1 April in most of Europe.
fn is_date(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split(['.', '/', '-']);
    (2..=3).contains(&parts.clone().count()) && parts.into_iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_dates_are_escaped() {
        let formulas =
            ["=1+1", "+32 2", "-3 %", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1"];
        for text in formulas.into_iter().chain(["1.4", "2.6.1", "1/2", "3-5"]) {
            assert_eq!(as_text(text), format!("'{text}"));
        }
        for text in ["", "Semer", "'=1", "1", "2.6.b", "1.2.3.4", "1.", "1 – 2"] {
            assert_eq!(as_text(text), text);
        }
    }
}
