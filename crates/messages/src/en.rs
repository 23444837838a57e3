//! English.
//!
//! | Term | Note |
//! | --- | --- |
//! | axis, objective, measure, status | |
//! | heading | |
//! | footnote, reference | |
//! | header of the file, field | the front matter: the lines between the two `---` |
//! | instruction, parameter | a shortcode, `{% … %}` |
//! | block | a paired shortcode or a container |
//! | box | |
//! | tab (Tab key) | the tab character |
//! | encoding | the list in “Save As” |
//! | alternative text | |
//! | online | published |
//!
//! Quotation marks are “ ”.

use super::sentence::{
    LocalizedMessage, example_of_fact, example_of_field, say, short, short_path, size, status_word,
};
use passerelle_model::diagnostic::{ContractProblem, DiagnosticKind, YamlProblem};
use passerelle_model::language::Language;

#[expect(clippy::too_many_lines, reason = "one arm per kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("The service cannot open this file (answer of the system: {}).", short(reason)),
            "Save the file again. If this message comes back, ask the person who runs the service to check the \
             access rights of the file.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!("The file is {}. A document may be at most {}.", bytes_of(*bytes), bytes_of(*limit)),
            "Split the text into several files, or remove what is not text.",
        ),
        DiagnosticKind::Binary => say(
            "This file does not contain plain text. It may be a Word document or an image.",
            "In Word, choose “Save As”, then the type “Plain Text (.txt)”.",
        ),
        DiagnosticKind::UnknownEncoding => say(
            "The letters of this file cannot be read: its encoding is unknown.",
            "Choose “Save As”, then the encoding “UTF-8”. Word offers it after the type “Plain Text (.txt)”.",
        ),
        DiagnosticKind::Transcoded { encoding } => say(
            format!("This file uses the encoding “{encoding}”. Its letters were converted."),
            "Check the accented letters on the page. To avoid the conversion, save the file with the encoding “UTF-8”.",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => say(
            format!("This file contains damaged characters: {replaced}. The sign “\u{FFFD}” replaces them."),
            "Look for “\u{FFFD}” on the page. Type these characters again in the file, then save it with the encoding \
             “UTF-8”.",
        ),
        DiagnosticKind::UnclosedFrontMatter => say(
            "The header of the file opens with a line “---”, but nothing closes it.",
            "Add a line “---” after the last field of the header.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => say(
            format!(
                "The header of the file is {}. It may be at most {}.",
                bytes_of(*bytes as u64),
                bytes_of(*limit as u64)
            ),
            "Keep only the fields in the header. Move the text below the second line “---”.",
        ),
        DiagnosticKind::InvalidFrontMatter { problem } => say(
            format!("The header of the file is not understood at this place: {}.", yaml_problem(problem)),
            "Write one field per line: “name: My title”. If the value contains a colon, put it in straight quotation \
             marks: “name: \"Cycling: the plan\"”.",
        ),
        DiagnosticKind::InvalidField { field, value } => say(
            format!("The field “{field}” of the header cannot contain “{}”. It is ignored.", short(value)),
            format!("Write for example “{}”.", example_of_field(field)),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => say(
            format!("There is no document type “{}”. The field “kind” is ignored.", short(value)),
            nearest.map_or_else(
                || "Write “kind: plan”, “kind: page” or “kind: support-service”.".into(),
                |nearest| meant(&format!("kind: {nearest}")),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => say(
            format!("The language “{}” is not known. The field “lang” is ignored.", short(value)),
            "Write “lang: fr”, “lang: nl”, “lang: de” or “lang: en”.",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!("The settings file “{}” is not understood on line {line}: {}.", short_path(path), yaml_problem(problem)),
            "Correct this line, for example “lang: en”. Until then, the last good version of each document stays \
             online.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say("The header does not begin on the first line of the file. It is read all the same.", "Delete the empty lines above the first line “---”."),
        DiagnosticKind::TomlFrontMatter => say("The header is written between lines “+++”. Only its simple fields are read.", "Replace “+++” by “---” and write each field like this: “title: My title”."),
        DiagnosticKind::FieldInCapitals { field, expected } => say(format!("The field “{}” of the header has capital letters. It is read as “{expected}”.", short(field)), format!("Write “{expected}:” in small letters.")),
        DiagnosticKind::Draft { until: Some(date) } => say(format!("This document is not online: its date is {}. It will be published by itself on that day.", short(date)), "To publish it now, delete the date in the header or write a date in the past."),
        DiagnosticKind::Draft { until: None } => say("This document is a draft. It is not online.", "To publish it, delete “draft: true”, “published: false” or “status: draft” in the header."),
        DiagnosticKind::PlanWithoutMeasures => say(
            "This plan does not contain any measure.",
            "Give the measures in a table with a header row, for example “Measure” and “Status”, or remove “kind: plan” from the header of the file.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Two measures have the number {number}. The first one is on line {first_line}."),
            "Give one of the two another number.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!("Two measures have the label “{}”. The other one is on line {other_line}. The second is online as “{}”.", short(label), short(given)),
            "Give one of the two another label.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!("The label “{}” is also in “{}”. The second measure is online as “{}”.", short(label), short(other), short(given)),
            "Give one of them another label in its file.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!("This folder has more than {limit} files of measures. The last good version of the plan stays online."),
            "Spread the measures over several folders, each with a file “plan.yaml”.",
        ),
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!("Two measures of a category now have the label “{}” (the second on line {line}). The previous version stays online.", short(label)),
            format!("Give one of them another label. If both are intended, put an empty file named “{}” beside the document.", short_path(confirmation_file)),
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("Measure “{}” has no title. A dash is online in its place.", short(label)),
            "Write the title of the measure in its row.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!("This file is online as a page, but it resembles a plan of {count} measures ({}).", short(seen)),
            "If it is a plan, write “kind: plan” in the header of the file, between two lines “---”. If not, write “kind: page”.",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "The document stops in the middle of this measure.",
            "Complete the line (number, title, status), or drop the whole file again.",
        ),
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
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Two headings of the plan have the same label: “{}”.", short(path)),
            "Give one of the two another number or letter.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "This measure comes before the first axis. It is placed in an axis without a number.",
            "Add the heading of its axis above it, for example “## AXIS 1: Mobility”.",
        ),
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("No measures were recognised in this table. Columns that were read: {}.", short(seen)),
            "Give each column a name in the first row, for example “No.”, “Measure”, “Lead” and “Status”. If the file is not a plan, move it to a folder “_files”.",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!("This table has more than {limit} rows, or too many columns. The last good version stays online."),
            "Keep only the rows and columns of the measures. Delete formatted empty rows below the table.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!("Unpacked, this Excel file is larger than {}. The last good version stays online.", bytes_of(*limit)),
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
            format!("A cell begins with a straight quotation mark and is never closed. Its row begins on line {line}."),
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
        DiagnosticKind::UnclosedShortcode { mark, end } => say(
            format!("The block “{}” is not closed.", short(mark)),
            format!("Add “{}” at the end of the block.", short(end)),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => say(
            format!("“{}” closes a block that is not open.", short(end)),
            nearest.as_deref().map_or_else(
                || format!("Remove “{}”, or add the beginning of the block further up.", short(end)),
                meant,
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => say(
            format!("“{}” comes too late: the block around it is already closed.", short(end)),
            format!("Move “{}” before the end of the block around it.", short(end)),
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => say(
            format!("The instruction “{}” is not known. It has no effect.", short(name)),
            meant(nearest),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => say(
            format!(
                "The instruction “{}” has no parameter “{}”. This parameter has no effect.",
                short(name),
                short(argument)
            ),
            meant(nearest),
        ),
        DiagnosticKind::InvalidArguments { name } => say(
            format!("The parameters of the instruction “{}” are not understood.", short(name)),
            "Write them like this: “url=\"pond\", type=\"internal\"”. Close each quotation mark and each bracket.",
        ),
        DiagnosticKind::UnterminatedShortcode => say(
            "The sign “{%” is not followed by “%}”. The text stays as it is.",
            "Add “%}” at the end of the instruction.",
        ),
        DiagnosticKind::UnknownCollectionOption { option } => say(
            format!("The list of pages does not know “{}”. This setting is ignored.", short(option)),
            "To filter, write “tag”. To sort, write “order”, “title”, “createdAt” or “updatedAt”.",
        ),
        DiagnosticKind::UnclosedBox { label } => say(
            format!("The box “{}” is not closed. It extends to the next heading.", short(label)),
            format!("Add a line “____{}____” at the end of the box.", short(label)),
        ),
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!("More than {limit} blocks are open inside each other. Only the text of the next ones is kept."),
            "Close the blocks that are finished, for example with “{% endgrid %}” or “:::”.",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "This passage contains more formatting signs than text. It stays as it is.",
            "Remove the useless signs, for example rows of “*” or “>”.",
        ),
        DiagnosticKind::UnclosedComment => say("A comment begins with “<!--” but is not closed. The text after it is published.", "Write “-->” at the end of the comment."),
        DiagnosticKind::MissingNote { name } => say(format!("The text refers to the note “{}”, but this note does not exist. The reference is not published.", short(name)), format!("Add a line “[^{}]: Text of the note”, or remove the reference.", short(name))),
        DiagnosticKind::UnusedNote { name } => say(format!("Nothing refers to the note “{}”. Its text stays where it is.", short(name)), format!("Write “[^{}]” at the place in the text that refers to the note.", short(name))),
        DiagnosticKind::TemplateExpression { expression } => say(format!("The value of “{}” is not known. Nothing is published in this place.", short(expression)), "Write the text itself, or give the value in the header, under “templateValues:”."),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(format!("The text depends on the condition “{}”. Only the text after line {line} is published.", short(condition)), "Keep only the text that you want and delete the marks “{% if %}” and “{% endif %}”."),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(format!("The text depends on the condition “{}”. None of it is published.", short(condition)), "Keep only the text that you want and delete the marks “{% if %}” and “{% endif %}”."),
        DiagnosticKind::LinkWithoutTarget => say(
            "This link has no address, or its address is not allowed. Only its text is online.",
            "Give an address, for example “https://example.org”. For a page of the site: “pond.md”.",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("The address “{}” is not allowed. Only the text is online.", short(address)),
            "Put the file into the folder and give its path, for example “_files/document.pdf”. The address of another site starts with “https://”.",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(format!("The address “{}” is not complete. The service completed it.", short(address)), format!("Write “{}”.", short(corrected))),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("The link leads to “{}”, but this page does not exist in English.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "This page exists in {}. Add an English page with “translationKey: {}”, or remove the link.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => {
                    "Copy the key of the page: it follows “translationKey:” in the header of that page.".into()
                }
            },
        ),
        DiagnosticKind::BrokenAnchor { anchor, nearest } => say(
            format!("The link leads to the heading “{}”, but this page has no such heading.", short(anchor)),
            nearest
                .as_deref()
                .map_or_else(|| "Copy the exact text of a heading of this page into the link.".into(), meant),
        ),
        DiagnosticKind::BrokenPageAnchor { anchor, page, nearest } => say(
            format!(
                "The link leads to the heading “{}”, but the page “{}” has no such heading.",
                short(anchor),
                short(page)
            ),
            nearest
                .as_deref()
                .map_or_else(|| "Copy the exact text of a heading of the other page into the link.".into(), meant),
        ),
        DiagnosticKind::MissingFile { path } => say(
            format!("The file “{}” does not exist.", short_path(path)),
            "Put the file in this place, or correct its name in the link.",
        ),
        DiagnosticKind::ImageWithoutSource => say(
            "This image names no file, or its address is not allowed. It is not online.",
            "Name the file of the image: “src=\"/_images/photo.jpg\"”.",
        ),
        DiagnosticKind::MissingImage { path } => say(
            format!("The image “{}” does not exist.", short_path(path)),
            "Put the image in this place, or correct its name.",
        ),
        DiagnosticKind::MissingExternalImage { path } => say(
            format!("The image “{}” is not in this folder, which contains no images.", short_path(path)),
            "If your images are on another server, change nothing. If not, put the image in this place.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!("The image “{}” has no alternative text. Blind people need it.", short_path(src)),
            "Add a description: “alt=\"Children at the edge of the pond\"”. For an image “![]”, write it between the brackets.",
        ),
        DiagnosticKind::DuplicateSlug { slug, other } => say(
            format!(
                "Another page in English has the same address “{}”: the file “{}”.",
                short(slug),
                short_path(other)
            ),
            format!(
                "Add another address in the header of one of the two pages, for example “slug: {}-2”.",
                short(slug)
            ),
        ),
        DiagnosticKind::MissingServiceField { field } => say(
            format!("{} of the support service was not found on the page (field “{field}”).", fact(field)),
            format!("In the header, add a line “supportService:” if it is missing. Below it, type two spaces, then “{}”.", example_of_fact(field, "your text")),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => say(
            format!(
                "This version would remove {removed} of the {total} measures ({}). The previous version stays online.",
                short(numbers)
            ),
            format!(
                "If you want this, drop an empty file named “{}” next to the document. If not, correct the document.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::PageHeld { confirmation_file } => say("This version has no text any more. The previous version stays online.", format!("If this is what you want, put an empty file named “{}” beside the document. Otherwise, put the text back.", short_path(confirmation_file))),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "{removed} of the {total} documents disappeared at the same time, including this one. They stay online for now."
            ),
            format!(
                "Put them back into the folder. If you want to remove them, drop an empty file named “{}” there.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("The field “{}” is missing. The folder of this document requires it.", short(field)),
            format!("Write in the header for example “{}”.", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!("The field “{}” is not known, and the field “{}” is missing.", short(field), short(expected)),
            format!("Write “{}:” instead.", short(expected)),
        ),
        DiagnosticKind::ContractValue { field, value, example } => say(
            format!("The field “{}” cannot contain “{}” in this folder.", short(field), short(value)),
            format!("Write for example “{}”.", short(example)),
        ),
        DiagnosticKind::ContractInvalid { problem } => say(
            format!("The contract of the folder is not understood: {}.", contract_problem(problem)),
            "Describe each field like this: “properties: {date: {type: string, format: date}}”. Until then, its documents are not checked.",
        ),
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!("This file is a copy of “{name}”, made by a program. It is not online while the original exists."),
                format!("Copy your changes into “{name}” and delete this file. If it is another document, rename it."),
            )
        }
        DiagnosticKind::ReaderFailed => say(
            "The service could not read this document. The error is in the service, not in your text.",
            "Tell the person who runs the service: the details are in its log.",
        ),
    }
}

/// Returns a suggestion that quotes the most similar text.
fn meant(text: &str) -> String {
    format!("Write “{}” if this is what you meant.", short(text))
}

fn bytes_of(bytes: u64) -> String {
    size(bytes, '.', 'B')
}

fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "French",
        Language::Nl => "Dutch",
        Language::De => "German",
        Language::En => "English",
    }
}

/// Returns the subject of a sentence about a field of a support service.
fn fact(field: &str) -> &'static str {
    match field {
        "organisation" => "The organisation",
        "domain" => "The domain",
        "authority" => "The public authority",
        "legalBasis" => "The legal basis",
        "region" => "The region",
        "designatedYear" => "The year of designation",
        _ => "A fact",
    }
}

fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "it describes no fields".into(),
        ContractProblem::Property(name) => format!("the field “{}” has no known type", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
fn yaml_problem(problem: &YamlProblem) -> String {
    match problem {
        YamlProblem::DuplicateKey(key) => format!("the field “{}” is written twice", short(key)),
        YamlProblem::UnknownAlias(name) => format!("the reference “*{}” leads nowhere", short(name)),
        YamlProblem::Tab => "a line begins with a tab instead of spaces".into(),
        YamlProblem::Quote => "a quotation mark is not closed".into(),
        YamlProblem::Colon => "a value contains a colon".into(),
        YamlProblem::Bracket => "a bracket is not closed".into(),
        YamlProblem::Indentation => "a line is indented differently from the others".into(),
        YamlProblem::NoFields => "there is no field in it".into(),
        YamlProblem::TooComplex => "it has too many levels or references".into(),
        YamlProblem::NotUtf8 => "the encoding is not “UTF-8”".into(),
        YamlProblem::Other => "this line is not a field".into(),
    }
}
