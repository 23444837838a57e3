//! The label of a measure: `12`, `1.1.3`, `A1`, `Action 4.2`.

use passerelle_text::fold::fold;

use super::title::strip_emphasis;

/// Words before a code, folded: French, Dutch, German, English.
const LABEL_WORDS: &[&str] = &[
    "mesure",
    "action",
    "fiche",
    "fiche action",
    "fiche-action",
    "engagement",
    "objectif",
    "projet",
    "massnahme",
    "maatregel",
    "actie",
    "measure",
    "commitment",
    "initiative",
    "initiatief",
    "project",
    "projekt",
    "milestone",
    "recommandation",
    "recommendation",
    "aanbeveling",
    "empfehlung",
    "activite",
    "activity",
    "n°",
    "nº",
    "no",
    "nr",
    "no.",
    "nr.",
    "n.",
    "#",
    "proposition",
    "chantier",
];

/// The longest cell that can be a label, in bytes.
const MAX_LABEL_BYTES: usize = 40;

/// Returns the label if a whole cell is one, without emphasis and closing punctuation.
pub(super) fn of_cell(cell: &str) -> Option<String> {
    if cell.len() > MAX_LABEL_BYTES {
        return None;
    }
    let text = strip_emphasis(cell).0.replace('\\', "");
    let text =
        text.trim().trim_end_matches(['.', ')', ':', '°', 'º', ' ']).trim_start_matches('(').to_owned();
    let folded = fold(&text);
    let code = without_word(&folded);
    (is_code(code) || (is_letter(code) && code.len() < folded.len()) || is_roman(&text)).then_some(text)
}

/// The number of a label that is a whole number, with or without a word before it.
pub(super) fn whole_number(label: &str) -> Option<u32> {
    let folded = fold(label);
    let code = without_word(&folded);
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    code.parse::<i32>().ok().and_then(|number| u32::try_from(number).ok())
}

/// A label at the beginning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LabelledTitle<'a> {
    /// The label without closing punctuation.
    pub(super) label: String,
    /// The title after it.
    pub(super) title: &'a str,
    /// True if a mark separates both. `3 trees` begins with a number but has no mark.
    pub(super) is_marked: bool,
    /// True if a word for a measure precedes the code.
    pub(super) has_word: bool,
}

/// Splits `P1: Title`, `1.1.3. Title`, `**1.1** Title` and `Action 4.2 – Title`.
pub(super) fn split(text: &str) -> Option<LabelledTitle<'_>> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix("**")
        && let Some((bold, after)) = rest.split_once("**")
    {
        if let Some(label) = of_cell(bold) {
            let title = after.trim_start_matches(separator);
            let has_word = label.chars().filter(|letter| letter.is_alphabetic()).count() > 4;
            return (!title.is_empty()).then_some(LabelledTitle { label, title, is_marked: true, has_word });
        }
        let inside = split(bold)?;
        return (after.trim().is_empty() && inside.is_marked).then_some(inside);
    }
    let word = word_length(text);
    let code_start = word + (text[word..].len() - text[word..].trim_start_matches([' ', '\u{A0}']).len());
    let code = text[code_start..]
        .find(|character: char| !(character.is_ascii_alphanumeric() || ".-/\\".contains(character)))
        .map_or(text.len(), |end| code_start + end);
    let raw = text[code_start..code].trim_end_matches(['.', '-', '/', '\\']);
    let folded = raw.to_ascii_lowercase().replace('\\', "");
    let is_label = is_code(&folded) || (word > 0 && is_letter(&folded));
    if !is_label {
        return None;
    }
    let rest = &text[code_start + raw.len()..];
    let title = rest.trim_start_matches(separator);
    let mark = &rest[..rest.len() - title.len()];
    let has_space = mark.contains(char::is_whitespace);
    let is_marked = mark.contains([':', ')', '–', '—', '|', '.', '°', '-']);
    if title.is_empty() || !has_space {
        return None;
    }
    let label = text[..code_start + raw.len()].replace('\\', "");
    Some(LabelledTitle { label, title, is_marked, has_word: word > 0 })
}

fn separator(character: char) -> bool {
    character.is_whitespace() || ":)–—-|.\\°".contains(character)
}

/// Length in bytes of the word for a measure that a text begins with.
fn word_length(text: &str) -> usize {
    let mut longest = 0;
    // The longest of the words has 14 letters.
    for (at, character) in text.char_indices().take(20) {
        let end = at + character.len_utf8();
        let next = text[end..].chars().next();
        let ends = next.is_none_or(|next| !next.is_alphabetic());
        if ends && LABEL_WORDS.contains(&fold(&text[..end]).as_str()) {
            longest = end;
        }
    }
    longest
}

fn without_word(folded: &str) -> &str {
    let mut rest = folded;
    // A word and a sign: `mesure n° 12`.
    for _ in 0..2 {
        let word = LABEL_WORDS.iter().filter(|word| rest.starts_with(**word)).max_by_key(|word| word.len());
        let Some(word) = word else { break };
        let after = &rest[word.len()..];
        if after.starts_with(|next: char| next.is_alphabetic()) {
            break;
        }
        rest = after.trim_start_matches([' ', '\u{A0}', '.', '-', ':']);
    }
    rest
}

/// `12`, `1.1.3`, `a1`, `cs-12`, `b.2a`, `us0113.1`: at most four letters, then digits in groups.
fn is_code(code: &str) -> bool {
    let letters = code.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = code[letters..].trim_start_matches(['.', '-', ' ']);
    if letters > 4 || rest.is_empty() || !rest.starts_with(|digit: char| digit.is_ascii_digit()) {
        return false;
    }
    // A year or a period is no label.
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 6 || (letters == 0 && digits == 4 && rest.len() > 4) {
        return false;
    }
    rest.split(['.', '-', '/']).all(|group| {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        let letters = group.len() - digits;
        let is_suffix = letters <= 1 && group.bytes().skip(digits).all(|byte| byte.is_ascii_lowercase());
        (digits > 0 && is_suffix) || (digits == 0 && letters == 1 && is_suffix)
    })
}

fn is_letter(code: &str) -> bool {
    code.len() == 1 && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_roman(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| b"IVX".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_kept_as_written() {
        for (cell, label) in [
            ("12.", "12"),
            ("**1.1.3**", "1.1.3"),
            ("A1", "A1"),
            ("Action 4.2 :", "Action 4.2"),
            ("Mesure n° 12", "Mesure n° 12"),
            ("CS-3", "CS-3"),
            ("10b", "10b"),
            ("IV", "IV"),
        ] {
            assert_eq!(of_cell(cell).as_deref(), Some(label), "{cell}");
        }
        for cell in ["2025-2030", "12 %", "Planter", "a", "-", "", "1 200 €", "A++"] {
            assert_eq!(of_cell(cell), None, "{cell}");
        }
        assert_eq!(
            [whole_number("12"), whole_number("Mesure n° 7"), whole_number("1.2")],
            [Some(12), Some(7), None]
        );
    }

    #[test]
    fn titles_are_split_from_their_label() {
        let parts = |text| split(text).map(|found| (found.label, found.title.to_owned(), found.is_marked));
        let expected = |label: &str, is_marked| Some((label.to_owned(), "Planter".to_owned(), is_marked));
        assert_eq!(parts("P1: Planter"), expected("P1", true));
        assert_eq!(parts("**1.1** Planter"), expected("1.1", true));
        assert_eq!(parts("**Action 2 – Planter**"), expected("Action 2", true));
        assert_eq!(parts("2.1.1. Planter"), expected("2.1.1", true));
        assert_eq!(parts("7 Planter"), expected("7", false));
        assert_eq!(parts("Fiche-action 3 : Planter"), expected("Fiche-action 3", true));
        assert_eq!([parts("Planter"), parts("2025-2030 Planter"), parts("10%: Planter")], [None, None, None]);
    }
}
