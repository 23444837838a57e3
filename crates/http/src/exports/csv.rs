//! Measures as CSV (RFC 4180), as spreadsheets open it without asking.

use std::borrow::Cow;
use std::sync::Arc;

use csv::{Terminator, Writer, WriterBuilder};
use passerelle_api::{ApiError, InvariantError};
use passerelle_model::language::Language;
use passerelle_model::published::PublishedMeasure;

use super::table::{AttributeColumns, ExportRow, ExportTable};

/// Media type (RFC 4180, section 3).
pub(super) const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";
/// Without it Excel takes UTF-8 for the encoding of its country.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// The names of the fixed columns, which are those of the GraphQL fields. The columns of the document without
/// a field follow.
const COLUMNS: [&str; 30] = [
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
    "label",
    "parent",
    "responsibleParties",
    "partners",
    "startDate",
    "endDate",
    "scheduleText",
    "budgetText",
    "budgetAmount",
    "budgetCurrency",
    "indicators",
    "completion",
    "priority",
    "description",
    "attributes",
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
pub(super) fn render_header(table: &ExportTable, separator: u8) -> Result<Vec<u8>, ApiError> {
    let mut writer = writer(separator, BYTE_ORDER_MARK.as_bytes().to_vec());
    let names = header(table.attribute_columns());
    writer.write_record(names.iter().map(|name| name.as_bytes())).map_err(internal)?;
    finish(writer)
}

/// Returns the names of the columns: the fixed ones, then the headers of the document as written. A header
/// that is the name of another column gets a number.
fn header(attributes: &AttributeColumns) -> Vec<Cow<'_, str>> {
    let fixed = if attributes.has_more { COLUMNS.len() } else { COLUMNS.len() - 1 };
    let mut names: Vec<Cow<'_, str>> = COLUMNS[..fixed].iter().map(|name| Cow::from(*name)).collect();
    for name in &attributes.names {
        let mut unique = as_text(name);
        let mut number = 2;
        while names.contains(&unique) {
            unique = as_text(&format!("{name} ({number})")).into_owned().into();
            number += 1;
        }
        names.push(unique);
    }
    names
}

/// Renders a part of the measures.
pub(super) fn render_rows(
    table: &ExportTable,
    measures: &[Arc<PublishedMeasure>],
    separator: u8,
) -> Result<Vec<u8>, ApiError> {
    let mut writer = writer(separator, Vec::new());
    let attributes = table.attribute_columns();
    for measure in measures {
        let row = table.row(measure)?;
        writer
            .write_record(cells(&row, attributes, table.plan.heading.lang).iter().map(|cell| cell.as_bytes()))
            .map_err(internal)?;
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

/// Returns the cells of a measure, in the order of the header.
fn cells<'r>(row: &'r ExportRow<'_>, attributes: &AttributeColumns, lang: Language) -> Vec<Cow<'r, str>> {
    let numbers: Vec<String> = row.repeats.iter().map(ToString::to_string).collect();
    let optional = |text: Option<&'r str>| as_text(text.unwrap_or_default());
    let lines = |texts: &'r [String]| match texts {
        [one] => as_text(one),
        texts => as_text(&texts.join("\n")).into_owned().into(),
    };
    let mut cells: Vec<Cow<'r, str>> = vec![
        row.number.to_string().into(),
        as_text(row.title.text),
        row.status.into(),
        as_text(row.status_text),
        optional(row.programme),
        row.is_repeated.to_string().into(),
        numbers.join(" ").into(),
        row.repeats_disagree.to_string().into(),
        as_text(row.axis),
        optional(row.objective),
        optional(row.section),
        optional(row.group),
        as_text(row.category),
        row.updated_at.as_str().into(),
        row.line.to_string().into(),
        as_text(row.label),
        row.parent.map(|parent| parent.to_string()).unwrap_or_default().into(),
        lines(row.responsible_parties),
        lines(row.partners),
        day(row.start_date.as_deref()),
        day(row.end_date.as_deref()),
        optional(row.schedule_text),
        optional(row.budget_text),
        row.budget.as_ref().map(|budget| decimal(budget.amount, lang)).unwrap_or_default().into(),
        optional(row.budget.as_ref().map(|budget| budget.currency)),
        lines(row.indicators),
        row.completion.map(|completion| completion.to_string()).unwrap_or_default().into(),
        optional(row.priority),
        optional(row.description.as_ref().map(|description| description.text)),
    ];
    cells.extend(attributes.has_more.then(|| other_attributes(row, attributes)));
    let value = |name: &Arc<str>| {
        let values = row.attributes.iter().filter(|attribute| *attribute.name == **name);
        values.map(|attribute| attribute.value.as_str()).collect::<Vec<_>>().join("\n")
    };
    cells.extend(attributes.names.iter().map(|name| Cow::from(as_text(&value(name)).into_owned())));
    cells
}

/// Returns the columns of the document that have no column of their own in the file, one a line: `Zone:
/// Nord`.
fn other_attributes(row: &ExportRow<'_>, attributes: &AttributeColumns) -> Cow<'static, str> {
    let has_column = |name: &str| attributes.names.iter().any(|own| **own == *name);
    let others = row.attributes.iter().filter(|attribute| !has_column(&attribute.name));
    let lines: Vec<String> = others.map(|own| format!("{}: {}", own.name, own.value)).collect();
    as_text(&lines.join("\n")).into_owned().into()
}

/// Returns a number with the decimal separator of the country. With a point, a French spreadsheet would open
/// 12.5 as 12 May.
fn decimal(number: f64, lang: Language) -> String {
    let text = number.to_string();
    match lang {
        Language::Fr | Language::Nl | Language::De => text.replace('.', ","),
        Language::En => text,
    }
}

/// Returns the day of a date, `2025-12-31`. Plans give days, and spreadsheets read this form as a date in
/// every country.
fn day(date: Option<&str>) -> Cow<'_, str> {
    let date = date.unwrap_or_default();
    date.split_once('T').map_or(date, |(day, _)| day).into()
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
    fn headers_of_the_document_are_unique_and_no_formulas() {
        let names = ["Zone", "title", "title (2)", "=1+1", "1.4"].map(Arc::from).to_vec();
        let columns = AttributeColumns { names, has_more: false };
        let header = header(&columns);
        assert_eq!(header[COLUMNS.len() - 2], "description");
        assert_eq!(header[COLUMNS.len() - 1..], ["Zone", "title (2)", "title (2) (2)", "'=1+1", "'1.4"]);
        assert_eq!(super::header(&AttributeColumns { names: Vec::new(), has_more: true })[29], "attributes");
    }

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
