//! English: text, links and images of pages.

use passerelle_model::asset::has_known_type;
use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{meant, name_of};
use crate::sentence::{LocalizedMessage, is_in_files, say, short, short_path};

pub(super) fn shortcode(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
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
        DiagnosticKind::UnknownShortcode { name, nearest } => {
            say(format!("The instruction “{}” is not known. It has no effect.", short(name)), meant(nearest))
        }
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
        _ => return None,
    };
    Some(message)
}

pub(super) fn text(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!(
                "More than {limit} blocks are open inside each other. Only the text of the next ones is kept."
            ),
            "Close the blocks that are finished, for example with “{% endgrid %}” or “:::”.",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "This passage contains more formatting signs than text. It stays as it is.",
            "Remove the useless signs, for example rows of “*” or “>”.",
        ),
        DiagnosticKind::UnclosedComment => say(
            "A comment begins with “<!--” but is not closed. The text after it is published.",
            "Write “-->” at the end of the comment.",
        ),
        DiagnosticKind::MissingNote { name } => say(
            format!(
                "The text refers to the note “{}”, but this note does not exist. The reference is not published.",
                short(name)
            ),
            format!("Add a line “[^{}]: Text of the note”, or remove the reference.", short(name)),
        ),
        DiagnosticKind::UnusedNote { name } => say(
            format!("Nothing refers to the note “{}”. Its text stays where it is.", short(name)),
            format!("Write “[^{}]” at the place in the text that refers to the note.", short(name)),
        ),
        DiagnosticKind::TemplateExpression { expression } => say(
            format!("The value of “{}” is not known. Nothing is published in this place.", short(expression)),
            "Write the text itself, or give the value in the header, under “templateValues:”.",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(
            format!(
                "The text depends on the condition “{}”. Only the text after line {line} is published.",
                short(condition)
            ),
            "Keep only the text that you want and delete the marks “{% if %}” and “{% endif %}”.",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(
            format!("The text depends on the condition “{}”. None of it is published.", short(condition)),
            "Keep only the text that you want and delete the marks “{% if %}” and “{% endif %}”.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn link(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LinkWithoutTarget => say(
            "This link has no address, or its address is not allowed. Only its text is online.",
            "Give an address, for example “https://example.org”. For a page of the site: “pond.md”.",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("The address “{}” is not allowed. Only the text is online.", short(address)),
            "Put the file into the folder and give its path, for example “_files/document.pdf”. The address of another site starts with “https://”.",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(
            format!("The address “{}” is not complete. The service completed it.", short(address)),
            format!("Write “{}”.", short(corrected)),
        ),
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
                    "Copy the key of the page: it follows “translationKey:” in the header of that page."
                        .into()
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
            nearest.as_deref().map_or_else(
                || "Copy the exact text of a heading of the other page into the link.".into(),
                meant,
            ),
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn asset(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingFile { path } if !is_in_files(path) => say(
            format!("The file “{}” is not online: only a folder “_files” is.", short_path(path)),
            "Put the file in a folder “_files” beside the page, and name it in the link: “_files/plan.pdf”.",
        ),
        DiagnosticKind::MissingFile { path } if !has_known_type(path) => say(
            format!("The file “{}” is of a type that is not put online.", short_path(path)),
            "Save the file as PDF in the same folder, and correct its name in the link.",
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
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!(
                    "This file is a copy of “{name}”, made by a program. It is not online while the original exists."
                ),
                format!(
                    "Copy your changes into “{name}” and delete this file. If it is another document, rename it."
                ),
            )
        }
        _ => return None,
    };
    Some(message)
}
