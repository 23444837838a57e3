//! English.

use passerelle_model::diagnostic::Fault;

use super::{Told, noted, size, told};

#[expect(clippy::too_many_lines, reason = "one sentence a fault")]
pub(super) fn tell(fault: &Fault) -> Told {
    match fault {
        Fault::Unreadable { reason } => told(
            format!("The file cannot be read: {reason}."),
            "Check the permissions of the file and of its folder.",
        ),
        Fault::TooLarge { bytes, limit } => told(
            format!("The file has {}; a document has {} at most.", size(*bytes), size(*limit)),
            "Split the document, or take out what is not text.",
        ),
        Fault::Binary => told(
            "The file is not text.",
            "Save the document as text (.txt or .md), not in the word processor's format.",
        ),
        Fault::UnknownEncoding => {
            told("The encoding of the file is not recognised.", "Save the document as UTF-8.")
        }
        Fault::Transcoded { encoding } => told(
            format!("The file is encoded in {encoding} and was read as such."),
            "Save it as UTF-8 to be sure of every character.",
        ),
        Fault::DamagedUtf8 { replaced } => told(
            format!("Some characters are damaged ({replaced}) and were replaced by \u{FFFD}."),
            "Save the document again as UTF-8 and correct these characters.",
        ),
        Fault::FrontMatterUnclosed => told(
            "The front matter that opens with --- does not close.",
            "Add a line --- after the last field of the front matter.",
        ),
        Fault::FrontMatterTooLarge { bytes, limit } => told(
            format!("The front matter has {}; it has {} at most.", size(*bytes as u64), size(*limit as u64)),
            "Move text from the front matter to the body.",
        ),
        Fault::FrontMatterInvalid { detail } => told(
            format!("The front matter is not valid YAML: {detail}."),
            "Check the colons, quotes and indentation on this line.",
        ),
        Fault::FieldInvalid { field, written } => told(
            format!("The field “{field}” cannot be “{written}”: it is ignored."),
            format!("Correct “{field}” in the front matter."),
        ),
        Fault::UnknownKind { written, nearest } => told(
            format!("“{written}” is not a kind of document: it is ignored."),
            nearest.map_or_else(
                || "Write plan, page or support-service.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        Fault::UnknownLanguage { written } => {
            told(format!("“{written}” is not a known language: it is ignored."), "Write fr, nl, de or en.")
        }
        Fault::NoMeasure => told(
            "This plan has no measure.",
            "A measure is a line with “1.”, a tab, its title, a tab, its status.",
        ),
        Fault::DuplicateNumber { number, first_line } => told(
            format!("Measure {number} stands twice: first on line {first_line}."),
            "Give one of the two another number.",
        ),
        Fault::TruncatedRow => {
            told("The document stops in the middle of a measure.", "Save or copy the whole file again.")
        }
        Fault::MissingStatus { number } => told(
            format!("Measure {number} has no status."),
            "Add a tab and the status at the end of the line.",
        ),
        Fault::UnknownStatus { written, nearest } => told(
            format!("“{written}” is not a known status."),
            nearest.map_or_else(
                || "Write for example “In progress”, “Done” or “To do”.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        Fault::RepeatAlone { number, nearest } => told(
            format!("Measure {number} is marked as taken up elsewhere (*), but no other says the same."),
            match nearest {
                Some(nearest) => format!(
                    "Measure {nearest} is the nearest: give both the same text, or remove the asterisk."
                ),
                None => "Remove the asterisk, or give the other measure the same text.".to_owned(),
            },
        ),
        Fault::MissingFootnote { number } => told(
            format!("Footnote {number} is called, but defined nowhere."),
            format!("Add a line “<sup>{number}</sup> text of the note”, or remove the call."),
        ),
        Fault::ContentsDiffer { heading, entry } => told(
            format!("The table of contents says “{entry}”, the heading is “{heading}”."),
            "Make the table of contents and the heading agree.",
        ),
        Fault::UnreadRow => told(
            "This row is neither a measure nor a group: it is left out.",
            "Begin it with a number, or make all of it bold if it is the title of a group.",
        ),
        Fault::DuplicateCategory { path } => told(
            format!("Two headings of the plan have the same place: {path}."),
            "Give one of the two another number or letter.",
        ),
        Fault::NoAxis => told(
            "This measure comes before any axis: it stands under an axis without a number.",
            "Add a heading “AXIS 1: …” before it.",
        ),
        Fault::UnclosedShortcode { mark, end } => {
            told(format!("“{mark}” is never closed."), format!("Add “{end}” where it ends."))
        }
        Fault::StrayEnd { end, nearest } => told(
            format!("“{end}” closes nothing."),
            nearest.as_ref().map_or_else(
                || "Remove it, or open what it closes where that begins.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        Fault::CrossedShortcode { end } => told(
            format!("“{end}” comes after the end of what is around it: the two cross."),
            "Close first what was opened last.",
        ),
        Fault::UnknownShortcode { name, nearest } => told(
            format!("“{name}” is not a known shortcode: it is kept as it is."),
            format!("Did you mean “{nearest}”?"),
        ),
        Fault::UnknownArgument { name, argument, nearest } => told(
            format!("“{argument}” is not an argument of “{name}”: it has no effect."),
            format!("Did you mean “{nearest}”?"),
        ),
        Fault::CollectionUnknown { what } => told(
            format!("The list of pages does not know “{what}”: it is ignored."),
            "Filter by “tag”; sort by “order”, “title”, “createdAt” or “updatedAt”.",
        ),
        Fault::LinkWithoutTarget => told(
            "This link has no address, or one that a page may not hold: only its text is kept.",
            "Give url=\"…\": a page (type=\"internal\"), a file, or an https address.",
        ),
        Fault::ImageWithoutSource => {
            told("This image has no source, or one that a page may not show.", "Give src=\"/_images/…\".")
        }
        Fault::BrokenAnchor { anchor, page, nearest } => told(
            match page {
                Some(page) => format!("The page “{page}” has no heading “{anchor}”."),
                None => format!("This page has no heading “{anchor}”."),
            },
            nearest.as_ref().map_or_else(
                || "Copy the text of a heading of the page exactly.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        Fault::BrokenLink { key, nearest } => told(
            format!("The link to “{key}” leads nowhere: no page has this name in this language."),
            nearest.as_ref().map_or_else(
                || "Give the key (translationKey) of a page that exists.".to_owned(),
                |nearest| format!("Did you mean “{nearest}”?"),
            ),
        ),
        Fault::MissingFile { path } => {
            told(format!("The file {path} does not exist."), "Put it there, or correct the link.")
        }
        Fault::MissingImage { path, .. } => {
            told(format!("The image {path} does not exist."), "Put it there, or correct its name.")
        }
        Fault::SlugTwice { slug, other } => told(
            format!("Another page has the same address “{slug}” in this language: {other}."),
            "Give one of the two another “slug” in the front matter.",
        ),
        Fault::FolderDefaultsInvalid { path, line, detail } => told(
            format!("The settings of the folder cannot be read: {path}, line {line}: {detail}."),
            "Correct that file; its documents keep their last good version.",
        ),
        Fault::BrokenArguments { name } => told(
            format!("The arguments of “{name}” cannot be read."),
            "Check the quotes, commas and brackets.",
        ),
        Fault::BrokenShortcode => told(
            "“{%” is never followed by “%}”: the text is kept as it is.",
            "Add “%}” at the end of the shortcode.",
        ),
        Fault::OddBox { label } => told(
            format!("The box “{label}” is not closed: it runs to the next heading."),
            format!("Add a line “____{label}____” where it ends."),
        ),
        Fault::TooDeep { limit } => told(
            format!("More than {limit} levels of nesting: what is deeper is read flat."),
            "Close the blocks that can be closed.",
        ),
        Fault::TooMuchMarkup => told(
            "There is more markup than text here, or it is nested too deeply: the text is kept as it is.",
            "Remove the signs that are too many, often left by a conversion tool.",
        ),
        Fault::ImageWithoutAlt { src } => {
            told(format!("The image {src} has no alternative text."), "Add alt=\"what the image shows\".")
        }
        Fault::MissingFact { field } => told(
            format!("The page does not say, or not legibly, “{field}” of the support service."),
            format!("Add “supportService: {{ {field}: … }}” to the front matter."),
        ),
        Fault::WouldLose { lost, served, numbers, accept } => told(
            format!(
                "This version would remove {lost} of the {served} measures ({numbers}): the version before it stays."
            ),
            format!(
                "If that is meant, drop an empty file “{accept}” beside it; if not, correct the document."
            ),
        ),
        Fault::GoneWithMost { gone, all, accept } => told(
            format!(
                "{gone} of the {all} documents of the folder are gone at once, this one too: they are served all the same."
            ),
            format!("Put them back, or drop an empty file “{accept}” to confirm."),
        ),
        Fault::ReaderFailed => {
            noted("The document could not be read because of a defect of the service, which was logged.")
        }
    }
}
