//! English: the file, its front matter and its contract.

use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{bytes_of, contract_problem, fact, meant, yaml_problem};
use crate::sentence::{LocalizedMessage, example_of_fact, example_of_field, say, short, short_path};

pub(super) fn file(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!(
                "The settings file “{}” is not understood on line {line}: {}.",
                short_path(path),
                yaml_problem(problem)
            ),
            "Correct this line, for example “lang: en”. Until then, the last good version of each document stays \
             online.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say(
            "The header does not begin on the first line of the file. It is read all the same.",
            "Delete the empty lines above the first line “---”.",
        ),
        DiagnosticKind::TomlFrontMatter => say(
            "The header is written between lines “+++”. Only its simple fields are read.",
            "Replace “+++” by “---” and write each field like this: “title: My title”.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter_field(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
        DiagnosticKind::FieldInCapitals { field, expected } => say(
            format!(
                "The field “{}” of the header has capital letters. It is read as “{expected}”.",
                short(field)
            ),
            format!("Write “{expected}:” in small letters."),
        ),
        DiagnosticKind::Draft { until: Some(date) } => say(
            format!(
                "This document is not online: its date is {}. It will be published by itself on that day.",
                short(date)
            ),
            "To publish it now, delete the date in the header or write a date in the past.",
        ),
        DiagnosticKind::Draft { until: None } => say(
            "This document is a draft. It is not online.",
            "To publish it, delete “draft: true”, “published: false” or “status: draft” in the header.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn contract(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
            format!(
                "In the header, add a line “supportService:” if it is missing. Below it, type two spaces, then “{}”.",
                example_of_fact(field, "your text")
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("The field “{}” is missing. The folder of this document requires it.", short(field)),
            format!("Write in the header for example “{}”.", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!(
                "The field “{}” is not known, and the field “{}” is missing.",
                short(field),
                short(expected)
            ),
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
        _ => return None,
    };
    Some(message)
}

pub(super) fn held(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!(
                "Two measures of a category now have the label “{}” (the second on line {line}). The previous version stays online.",
                short(label)
            ),
            format!(
                "Give one of them another label. If both are intended, put an empty file named “{}” beside the document.",
                short_path(confirmation_file)
            ),
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
        DiagnosticKind::PageHeld { confirmation_file } => say(
            "This version has no text any more. The previous version stays online.",
            format!(
                "If this is what you want, put an empty file named “{}” beside the document. Otherwise, put the text back.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "{removed} of the {total} documents disappeared at the same time, including this one. They stay online for now."
            ),
            format!(
                "Put them back into the folder. If you want to remove them, drop an empty file named “{}” there.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ReaderFailed => say(
            "The service could not read this document. The error is in the service, not in your text.",
            "Tell the person who runs the service: the details are in its log.",
        ),
        _ => return None,
    };
    Some(message)
}
