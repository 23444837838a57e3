//! Parts of sentences shared by all languages.

use passerelle_model::asset::is_asset_folder;
use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;

/// A diagnostic in one language. Each text has at most 240 characters and ends with a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedMessage {
    /// The problem, in one or two short sentences.
    pub message: String,
    /// The correction: the text to type or the action to take.
    pub suggestion: String,
}

/// Returns the word that editors type for a status. Returns `None` for [`MeasureStatus::Undefined`], which
/// has no word.
///
/// The plan reader must recognize each of these words.
pub fn status_word(status: MeasureStatus, language: Language) -> Option<&'static str> {
    let [fr, nl, de, en] = match status {
        MeasureStatus::NotStarted => ["À faire", "Te doen", "Zu erledigen", "To do"],
        MeasureStatus::InProgress => ["En cours", "Lopend", "In Arbeit", "In progress"],
        MeasureStatus::Completed => ["Réalisé", "Gerealiseerd", "Erledigt", "Done"],
        MeasureStatus::Late => ["En retard", "Vertraagd", "Verspätet", "Late"],
        MeasureStatus::Postponed => ["Reporté", "Uitgesteld", "Verschoben", "Postponed"],
        MeasureStatus::Cancelled => ["Abandonné", "Geannuleerd", "Abgebrochen", "Cancelled"],
        MeasureStatus::Merged => ["Fusionné", "Samengevoegd", "Zusammengelegt", "Merged"],
        MeasureStatus::OutOfScope => ["Hors plan", "Buiten plan", "Außerhalb des Plans", "Out of scope"],
        MeasureStatus::Undefined => return None,
    };
    Some(match language {
        Language::Fr => fr,
        Language::Nl => nl,
        Language::De => de,
        Language::En => en,
    })
}

/// Puts the name of another file, and the line in it, before the message of a diagnostic.
pub fn in_file(diagnostic: Diagnostic, name: &str, line: Option<u32>, language: Language) -> Diagnostic {
    let name = short_path(name);
    let [file, line_word] = match language {
        Language::Fr => [format!("Fichier «\u{a0}{name}\u{a0}»"), "ligne".to_owned()],
        Language::Nl => [format!("Bestand ‘{name}’"), "regel".to_owned()],
        Language::De => [format!("Datei „{name}“"), "Zeile".to_owned()],
        Language::En => [format!("File “{name}”"), "line".to_owned()],
    };
    let colon = if language == Language::Fr { "\u{a0}:" } else { ":" };
    let line = line.map(|line| format!(", {line_word} {line}")).unwrap_or_default();
    let message = format!("{file}{line}{colon} {}", diagnostic.message);
    Diagnostic { message, ..diagnostic }
}

pub(crate) fn say(message: impl Into<String>, suggestion: impl Into<String>) -> LocalizedMessage {
    LocalizedMessage { message: message.into(), suggestion: suggestion.into() }
}

/// Shortens a text from the document and puts it on one line.
pub(crate) fn short(text: &str) -> String {
    /// The longest sentence with two texts of this length stays below 240 characters.
    const CHARACTERS: usize = 50;
    // The extra character shows that the text is longer than the limit.
    let mut kept: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = kept.char_indices().nth(CHARACTERS) {
        kept.truncate(end);
        kept.push('…');
    }
    kept
}

/// Returns true if a path is in a folder whose files are served.
pub(crate) fn is_in_files(path: &str) -> bool {
    path.rsplit('/').skip(1).any(is_asset_folder)
}

/// Shortens a path at its beginning, because the file name is at the end.
pub(crate) fn short_path(path: &str) -> String {
    /// Longer than almost every path, and short enough for the longest sentence that contains it.
    const CHARACTERS: usize = 80;
    match path.char_indices().rev().nth(CHARACTERS - 1) {
        Some((start, _)) if start > 0 => format!("…{}", &path[start..]),
        _ => path.to_owned(),
    }
}

/// Returns an example of a correct front matter field. Editors can copy it.
pub(crate) fn example_of_field(field: &str) -> String {
    match field {
        "order" => "order: 3".to_owned(),
        "date" | "createdAt" | "updatedAt" | "publishDate" | "publishedAt" => format!("{field}: 2025-03-14"),
        "draft" | "published" => format!("{field}: true"),
        _ => format!("{field}: …"),
    }
}

/// Returns a line below `supportService:` in the front matter. `value` replaces an example text.
///
/// The line does not repeat `supportService:`, because a second one makes the front matter invalid.
pub(crate) fn example_of_fact(field: &str, value: &str) -> String {
    match field {
        "designatedYear" => format!("{field}: 2018"),
        _ => format!("{field}: \"{value}\""),
    }
}

/// Formats a size as file managers show it, in units of 1024 bytes. `unit` is the letter for a byte in the
/// language.
///
/// Rounds up to a tenth, so that a file above the limit never shows the limit as its size.
pub(crate) fn size(bytes: u64, decimal_mark: char, unit: char) -> String {
    const KILO: u64 = 1024;
    const MEGA: u64 = KILO * KILO;
    let (divisor, prefix) = match bytes {
        MEGA.. => (MEGA, "M"),
        KILO.. => (KILO, "K"),
        _ => (1, ""),
    };
    let tenths = u128::from(bytes).saturating_mul(10).div_ceil(u128::from(divisor));
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole}\u{a0}{prefix}{unit}"),
        (whole, tenth) => format!("{whole}{decimal_mark}{tenth}\u{a0}{prefix}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_use_the_marks_of_the_language_and_round_up() {
        assert_eq!(size(300, ',', 'o'), "300\u{a0}o");
        assert_eq!(size(65_536, ',', 'o'), "64\u{a0}Ko");
        assert_eq!(size(5_242_880, '.', 'B'), "5\u{a0}MB");
        assert_eq!(size(5_242_881, ',', 'B'), "5,1\u{a0}MB");
    }

    #[test]
    fn long_texts_are_cut_at_the_end_and_paths_at_the_beginning() {
        assert_eq!(short("a\n  b"), "a b");
        assert_eq!(short(&"é".repeat(50)), "é".repeat(50));
        assert_eq!(short(&"é".repeat(51)), format!("{}…", "é".repeat(50)));
        assert_eq!(short_path("b.md"), "b.md");
        assert_eq!(short_path(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(short_path(&format!("{}b.md", "a".repeat(77))), format!("…{}b.md", "a".repeat(76)));
    }
}
