//! English.

use passerelle_model::diagnostic::DiagnosticKind;

use super::{LocalizedMessage, format_size, with_suggestion, without_suggestion};

#[expect(clippy::too_many_lines, reason = "one sentence a kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => with_suggestion(
            format!("The file cannot be read: {reason}."),
            "Check the permissions of the file and of its folder.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => with_suggestion(
            format!("The file has {}; a document has {} at most.", format_size(*bytes), format_size(*limit)),
            "Split the document, or take out what is not text.",
        ),
        DiagnosticKind::Binary => with_suggestion(
            "The file is not text.",
            "Save the document as text (.txt or .md), not in the word processor's format.",
        ),
        DiagnosticKind::UnknownEncoding => {
            with_suggestion("The encoding of the file is not recognised.", "Save the document as UTF-8.")
        }
        DiagnosticKind::Transcoded { encoding } => with_suggestion(
            format!("The file is encoded in {encoding} and was read as such."),
            "Save it as UTF-8 to be sure of every character.",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => with_suggestion(
            format!("Some characters are damaged ({replaced}) and were replaced by \u{FFFD}."),
            "Save the document again as UTF-8 and correct these characters.",
        ),
        DiagnosticKind::UnclosedFrontMatter => with_suggestion(
            "The front matter that opens with --- does not close.",
            "Add a line --- after the last field of the front matter.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => with_suggestion(
            format!(
                "The front matter has {}; it has {} at most.",
                format_size(*bytes as u64),
                format_size(*limit as u64)
            ),
            "Move text from the front matter to the body.",
        ),
        DiagnosticKind::InvalidFrontMatter { detail } => with_suggestion(
            format!("The front matter is not valid YAML: {detail}."),
            "Check the colons, quotes and indentation on this line.",
        ),
        DiagnosticKind::InvalidField { field, value } => with_suggestion(
            format!("The field “{field}” cannot be “{value}”: it is ignored."),
            format!("Correct “{field}” in the front matter."),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => with_suggestion(
            format!("“{value}” is not a kind of document: it is ignored."),
            nearest.map_or_else(
                || "Write plan, page or support-service.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => with_suggestion(
            format!("“{value}” is not a known language: it is ignored."),
            "Write fr, nl, de or en.",
        ),
        DiagnosticKind::PlanWithoutMeasures => with_suggestion(
            "This plan has no measure.",
            "A measure is a line with “1.”, a tab, its title, a tab, its status.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => with_suggestion(
            format!("Measure {number} stands twice: first on line {first_line}."),
            "Give one of the two another number.",
        ),
        DiagnosticKind::TruncatedPlan => with_suggestion(
            "The document stops in the middle of a measure.",
            "Save or copy the whole file again.",
        ),
        DiagnosticKind::MissingStatus { number } => with_suggestion(
            format!("Measure {number} has no status."),
            "Add a tab and the status at the end of the line.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => with_suggestion(
            format!("“{value}” is not a known status."),
            nearest.map_or_else(
                || "Write for example “In progress”, “Done” or “To do”.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => with_suggestion(
            format!("Measure {number} is marked as taken up elsewhere (*), but no other says the same."),
            match nearest {
                Some(nearest) => format!(
                    "Measure {nearest} is the nearest: give both the same text, or remove the asterisk."
                ),
                None => "Remove the asterisk, or give the other measure the same text.".to_owned(),
            },
        ),
        DiagnosticKind::MissingFootnote { number } => with_suggestion(
            format!("Footnote {number} is called, but defined nowhere."),
            format!("Add a line “<sup>{number}</sup> text of the note”, or remove the call."),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => with_suggestion(
            format!("The table of contents says “{entry}”, the heading is “{heading}”."),
            "Make the table of contents and the heading agree.",
        ),
        DiagnosticKind::UnrecognizedRow => with_suggestion(
            "This row is neither a measure nor a group: it is left out.",
            "Begin it with a number, or make all of it bold if it is the title of a group.",
        ),
        DiagnosticKind::DuplicateCategory { path } => with_suggestion(
            format!("Two headings of the plan have the same place: {path}."),
            "Give one of the two another number or letter.",
        ),
        DiagnosticKind::MeasureWithoutAxis => with_suggestion(
            "This measure comes before any axis: it stands under an axis without a number.",
            "Add a heading “AXIS 1: …” before it.",
        ),
        DiagnosticKind::UnclosedShortcode { mark, end } => {
            with_suggestion(format!("“{mark}” is never closed."), format!("Add “{end}” where it ends."))
        }
        DiagnosticKind::UnmatchedEndTag { end, nearest } => with_suggestion(
            format!("“{end}” closes nothing."),
            nearest.as_ref().map_or_else(
                || "Remove it, or open what it closes where that begins.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => with_suggestion(
            format!("“{end}” comes after the end of what is around it: the two cross."),
            "Close first what was opened last.",
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => with_suggestion(
            format!("“{name}” is not a known shortcode: it is kept as it is."),
            format!("Did you mean “{nearest}”?"),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => with_suggestion(
            format!("“{argument}” is not an argument of “{name}”: it has no effect."),
            format!("Did you mean “{nearest}”?"),
        ),
        DiagnosticKind::UnknownCollectionOption { option } => with_suggestion(
            format!("The list of pages does not know “{option}”: it is ignored."),
            "Filter by “tag”; sort by “order”, “title”, “createdAt” or “updatedAt”.",
        ),
        DiagnosticKind::LinkWithoutTarget => with_suggestion(
            "This link has no address, or one that a page may not hold: only its text is kept.",
            "Give url=\"…\": a page (type=\"internal\"), a file, or an https address.",
        ),
        DiagnosticKind::ImageWithoutSource => with_suggestion(
            "This image has no source, or one that a page may not show.",
            "Give src=\"/_images/…\".",
        ),
        DiagnosticKind::BrokenAnchor { anchor, page, nearest } => with_suggestion(
            match page {
                Some(page) => format!("The page “{page}” has no heading “{anchor}”."),
                None => format!("This page has no heading “{anchor}”."),
            },
            nearest.as_ref().map_or_else(
                || "Copy the text of a heading of the page exactly.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        DiagnosticKind::BrokenLink { key, nearest } => with_suggestion(
            format!("The link to “{key}” leads nowhere: no page has this name in this language."),
            nearest.as_ref().map_or_else(
                || "Give the key (translationKey) of a page that exists.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        DiagnosticKind::MissingFile { path } => {
            with_suggestion(format!("The file {path} does not exist."), "Put it there, or correct the link.")
        }
        DiagnosticKind::MissingImage { path, .. } => {
            with_suggestion(format!("The image {path} does not exist."), "Put it there, or correct its name.")
        }
        DiagnosticKind::DuplicateSlug { slug, other } => with_suggestion(
            format!("Another page has the same address “{slug}” in this language: {other}."),
            "Give one of the two another “slug” in the front matter.",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, detail } => with_suggestion(
            format!("The settings of the folder cannot be read: {path}, line {line}: {detail}."),
            "Correct that file; its documents keep their last good version.",
        ),
        DiagnosticKind::InvalidArguments { name } => with_suggestion(
            format!("The arguments of “{name}” cannot be read."),
            "Check the quotes, commas and brackets.",
        ),
        DiagnosticKind::UnterminatedShortcode => with_suggestion(
            "“{%” is never followed by “%}”: the text is kept as it is.",
            "Add “%}” at the end of the shortcode.",
        ),
        DiagnosticKind::UnclosedBox { label } => with_suggestion(
            format!("The box “{label}” is not closed: it runs to the next heading."),
            format!("Add a line “____{label}____” where it ends."),
        ),
        DiagnosticKind::NestingTooDeep { limit } => with_suggestion(
            format!("More than {limit} levels of nesting: what is deeper is read flat."),
            "Close the blocks that can be closed.",
        ),
        DiagnosticKind::MarkupTooDense => with_suggestion(
            "There is more markup than text here, or it is nested too deeply: the text is kept as it is.",
            "Remove the signs that are too many, often left by a conversion tool.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => with_suggestion(
            format!("The image {src} has no alternative text."),
            "Add alt=\"what the image shows\".",
        ),
        DiagnosticKind::MissingServiceField { field } => with_suggestion(
            format!("The page does not say, or not legibly, “{field}” of the support service."),
            format!("Add “supportService: {{ {field}: … }}” to the front matter."),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => with_suggestion(
            format!(
                "This version would remove {removed} of the {total} measures ({numbers}): the version before it stays."
            ),
            format!(
                "If that is meant, drop an empty file “{confirmation_file}” beside it; if not, correct the document."
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => with_suggestion(
            format!(
                "{removed} of the {total} documents of the folder are gone at once, this one too: they are served all the same."
            ),
            format!("Put them back, or drop an empty file “{confirmation_file}” to confirm."),
        ),
        DiagnosticKind::ReaderFailed => without_suggestion(
            "The document could not be read because of a defect of the service, which was logged.",
        ),
    }
}
