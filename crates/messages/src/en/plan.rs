//! English: plans, and tables of measures.

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::language::Language;

use super::words::{bytes_of, meant};
use crate::sentence::{LocalizedMessage, say, short, status_word};

pub(super) fn plan(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::PlanWithoutMeasures => say(
            "This plan does not contain any measure.",
            "Give the measures in a table with a header row, for example “Measure” and “Status”, or remove “kind: plan” from the header of the file.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!(
                "This folder has more than {limit} files of measures. The last good version of the plan stays online."
            ),
            "Spread the measures over several folders, each with a file “plan.yaml”.",
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("Measure “{}” has no title. A dash is online in its place.", short(label)),
            "Write the title of the measure in its row.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!(
                "This file is online as a page, but it resembles a plan of {count} measures ({}).",
                short(seen)
            ),
            "If it is a plan, write “kind: plan” in the header of the file, between two lines “---”. If not, write “kind: page”.",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "The document stops in the middle of this measure.",
            "Complete the line (number, title, status), or drop the whole file again.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "This measure comes before the first axis. It is placed in an axis without a number.",
            "Add the heading of its axis above it, for example “## AXIS 1: Mobility”.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn duplicate(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Two measures have the number {number}. The first one is on line {first_line}."),
            "Give one of the two another number.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!(
                "Two measures have the label “{}”. The other one is on line {other_line}. The second is online as “{}”.",
                short(label),
                short(given)
            ),
            "Give one of the two another label.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!(
                "The label “{}” is also in “{}”. The second measure is online as “{}”.",
                short(label),
                short(other),
                short(given)
            ),
            "Give one of them another label in its file.",
        ),
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Two headings of the plan have the same label: “{}”.", short(path)),
            "Give one of the two another number or letter.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn measure(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingStatus { number } => say(
            format!("Measure {number} has no status."),
            "Write “To do”, “In progress” or “Done” in the status column of its row, or after a tab (Tab key) at the end of its line.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => say(
            format!("The status “{}” is not known.", short(value)),
            nearest.and_then(|status| status_word(status, Language::En)).map_or_else(
                || "Write for example “To do”, “In progress” or “Done”.".into(),
                meant,
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => say(
            format!(
                "The asterisk (*) of measure {number} announces a repetition, but no other measure has the same text."
            ),
            nearest.map_or_else(
                || "Remove the asterisk, or give the repeated measure the same text.".into(),
                |nearest| {
                    format!(
                        "Measure {nearest} has the most similar text. Give both the same text, or remove the asterisk."
                    )
                },
            ),
        ),
        DiagnosticKind::MissingFootnote { number } => say(
            format!("The text refers to footnote {number}, but this footnote does not exist."),
            format!("Add a line “<sup>{number}</sup> Text of the note”, or remove the reference."),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => say(
            format!(
                "The heading “{}” is written differently in the table of contents: “{}”.",
                short(heading),
                short(entry)
            ),
            "Write the same text in both places.",
        ),
        DiagnosticKind::UnrecognizedRow => say(
            "This line is neither a measure nor the title of a group. It is not online.",
            "For a measure, fill in its number and its title. For a group, leave only its title in the row, in bold: “**Title**”.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn spreadsheet(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("No measures were recognised in this table. Columns that were read: {}.", short(seen)),
            "Give each column a name in the first row, for example “No.”, “Measure”, “Lead” and “Status”. If the file is not a plan, move it to a folder “_files”.",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!(
                "This table has more than {limit} rows, or too many columns. The last good version stays online."
            ),
            "Keep only the rows and columns of the measures. Delete formatted empty rows below the table.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!(
                "Unpacked, this Excel file is larger than {}. The last good version stays online.",
                bytes_of(*limit)
            ),
            "Keep only the sheet with the measures, or save it with the file type “CSV UTF-8”.",
        ),
        DiagnosticKind::SpreadsheetProtected => say(
            "This Excel file has a password, or the format of Excel 2003. It cannot be read.",
            "Remove the password, and save the file with the file type “Excel workbook (.xlsx)”.",
        ),
        DiagnosticKind::SpreadsheetDamaged => say(
            "This Excel file is incomplete or damaged. The last good version stays online.",
            "Open the file in Excel, save it with the file type “Excel workbook (.xlsx)”, and put it in the folder again.",
        ),
        DiagnosticKind::MissingSheet { sheet, sheets } => say(
            format!("This Excel file has no sheet “{}”. Its sheets: {}.", short(sheet), short(sheets)),
            "Correct the name after “sheet:” in the settings file of the folder, or rename the sheet.",
        ),
        DiagnosticKind::UnclosedCell { line } => say(
            format!(
                "A cell begins with a straight quotation mark and is never closed. Its row begins on line {line}."
            ),
            "Close the quotation mark (\") at the end of this cell, or save the file again from the spreadsheet.",
        ),
        DiagnosticKind::SpreadsheetFormulas => say(
            "This Excel file has formulas. The values that were saved last are online.",
            "Save the file in Excel after each change, so that the values are up to date.",
        ),
        DiagnosticKind::SpreadsheetMacros => say(
            "This Excel file has macros. The service does not execute them.",
            "You can save the file without macros, with the file type “Excel workbook (.xlsx)”.",
        ),
        _ => return None,
    };
    Some(message)
}
