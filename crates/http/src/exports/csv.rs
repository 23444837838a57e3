//! Measures as CSV (RFC 4180), as spreadsheets open it without asking.

use std::borrow::Cow;
use std::sync::Arc;

use csv::{Terminator, WriterBuilder};
use passerelle_api::{ApiError, Defect};

use super::super::representation::Representation;
use super::table::{Row, Table};

/// Its media type (RFC 4180, section 3).
const MEDIA: &str = "text/csv; charset=utf-8; header=present";
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

/// The file of some measures.
pub(super) fn written(table: &Table) -> Result<Representation, ApiError> {
    let failed = |error: csv::Error| ApiError::Internal(Arc::new(error));
    let begun = BYTE_ORDER_MARK.as_bytes().to_vec();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(begun);
    writer.write_record(COLUMNS).map_err(failed)?;
    for row in table.rows() {
        writer.write_record(cells(&row?).iter().map(|cell| cell.as_bytes())).map_err(failed)?;
    }
    let heading = &table.plan.heading;
    let year = heading.year.map(|year| format!("-{year}")).unwrap_or_default();
    Ok(Representation {
        media: MEDIA,
        name: Some(format!("{}{year}-measures.csv", heading.slug)),
        bytes: writer.into_inner().map_err(|_| Defect("a CSV file could not be ended"))?,
    })
}

fn cells<'r>(row: &'r Row<'_>) -> [Cow<'r, str>; COLUMNS.len()] {
    let numbers: Vec<String> = row.repeats.iter().map(ToString::to_string).collect();
    let title = |title: Option<&'r str>| harmless(title.unwrap_or_default());
    [
        row.number.to_string().into(),
        harmless(row.title.text),
        row.status.into(),
        harmless(row.status_text),
        harmless(row.programme.unwrap_or_default()),
        row.is_repeated.to_string().into(),
        numbers.join(" ").into(),
        row.repeats_disagree.to_string().into(),
        harmless(row.axis),
        title(row.objective),
        title(row.section),
        title(row.group),
        harmless(row.category),
        row.updated_at.as_str().into(),
        row.line.to_string().into(),
    ]
}

/// A text of an editor as no spreadsheet takes it for a formula: with an apostrophe before what one begins with (OWASP,
/// "CSV Injection"). What we write ourselves cannot be one.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if is_formula { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=1+1", "+32 2", "-3 %", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["", "Semer", "1-2", "'=1"] {
            assert_eq!(harmless(text), text);
        }
    }
}
