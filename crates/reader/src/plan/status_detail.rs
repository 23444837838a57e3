//! Parses the parts of a status cell other than its words: a percentage, a year, a sign, a bar.

use passerelle_model::plan::{MeasureStatus, Percentage};
use passerelle_text::fold::{collapse_whitespace, fold};

use super::status_words::{STATUS_COLORS, STATUS_SIGNS};

/// A status cell without its programme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StatusDetail {
    /// The words of the status, without sign, percentage, year and parentheses.
    pub(super) words: String,
    /// Percentage of completion.
    pub(super) completion: Option<Percentage>,
    /// Status of the sign, the colour or the percentage. Used only if the words are not a status.
    pub(super) status: Option<MeasureStatus>,
}

/// Words between a status and a year, folded: `Réalisé en 2025`, `Geplant ab 2026`.
const CONNECTORS: &[&str] = &[
    "en", "in", "depuis", "fin", "debut", "mi", "au", "a", "le", "pour", "since", "by", "end", "early",
    "mid", "sinds", "eind", "begin", "vanaf", "tegen", "om", "seit", "ab", "bis", "ende", "anfang", "op",
    "on", "of", "de", "from", "until", "im", "to", "till", "auf", "tot", "naar", "voor", "jusqu'en",
];

/// Characters of bars: `▓▓▓░░`.
const FULL_BLOCKS: &str = "█▓■●⬛🟩";
const EMPTY_BLOCKS: &str = "░▒□○⬜";

/// Reads the parts of a status cell.
pub(super) fn read(text: &str) -> StatusDetail {
    let mut status = None;
    let mut filled = 0_u32;
    let mut empty = 0_u32;
    let mut words = String::with_capacity(text.len());
    let bar = text.chars().filter(|sign| FULL_BLOCKS.contains(*sign) || EMPTY_BLOCKS.contains(*sign)).count();
    for character in text.chars() {
        if bar >= 3 && FULL_BLOCKS.contains(character) {
            filled += 1;
        } else if bar >= 3 && EMPTY_BLOCKS.contains(character) {
            empty += 1;
        } else if let Some((_, sign)) = STATUS_SIGNS.iter().find(|(sign, _)| *sign == character) {
            status = status.or(Some(*sign));
            words.push(' ');
        } else if is_modifier(character) || "()[]{}".contains(character) {
            words.push(' ');
        } else {
            words.push(character);
        }
    }
    let total = filled + empty;
    let mut completion = (total > 0).then(|| filled * 100 / total).and_then(percentage);
    let words = collapse_whitespace(&words);
    let (words, written) = without_percentage(&words);
    completion = written.or(completion);
    let words = without_year(&words);
    let folded = fold(&words);
    let color = || STATUS_COLORS.iter().find(|(color, _)| *color == folded).map(|(_, status)| *status);
    let status = status.or_else(color).or_else(|| completion.filter(|_| words.is_empty()).map(of_percentage));
    StatusDetail { words, completion, status }
}

/// The status of a percentage without words.
pub(super) fn of_percentage(completion: Percentage) -> MeasureStatus {
    match completion {
        Percentage::ZERO => MeasureStatus::NotStarted,
        Percentage::FULL => MeasureStatus::Completed,
        _ => MeasureStatus::InProgress,
    }
}

/// Reads `80 %`, `80%` or `0,8`-free text: a percentage alone in a cell.
pub(super) fn percentage_of_cell(cell: &str) -> Option<Percentage> {
    let (rest, found) = without_percentage(cell);
    found.filter(|_| !rest.contains(char::is_alphanumeric)).or_else(|| {
        let number = cell.trim();
        (number.len() <= 3).then(|| number.parse::<u32>().ok()).flatten().and_then(percentage)
    })
}

fn percentage(value: u32) -> Option<Percentage> {
    u8::try_from(value).ok().and_then(Percentage::new)
}

/// Removes the first percentage from a text: `Terminé à 80 %`, `80% done`.
fn without_percentage(text: &str) -> (String, Option<Percentage>) {
    let Some(sign) = text.find('%') else { return (text.to_owned(), None) };
    let before = text[..sign].trim_end();
    let start = before
        .rfind(|digit: char| !(digit.is_ascii_digit() || ",.".contains(digit)))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let number = before[start..].split([',', '.']).next().unwrap_or_default();
    let Some(found) = number.parse().ok().and_then(percentage) else { return (text.to_owned(), None) };
    let head = trim_connector(&before[..start]);
    let tail = text[sign + 1..].trim_start();
    (collapse_whitespace(&format!("{head} {tail}")).trim_matches(is_punctuation).to_owned(), Some(found))
}

/// Removes years and dates with the words before them: `Réalisé en 2025`, `Réalisé (12/2024)`, `Gepland voor
/// Q3 2026`.
fn without_year(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let is_date = |word: &&str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let is_numeric =
            word.bytes().all(|byte| byte.is_ascii_digit() || b"/.-,".contains(&byte)) || word.contains('–');
        let is_quarter =
            word.len() == 2 && matches!(word.as_bytes()[0], b'Q' | b'T' | b'S' | b'q' | b't') && digits == 1;
        (is_numeric && digits >= 4) || is_quarter
    };
    let Some(first) = words.iter().position(is_date) else {
        return text.trim_matches(is_punctuation).to_owned();
    };
    let head = trim_connector(&words[..first].join(" "));
    let tail: Vec<&str> = words[first..].iter().copied().filter(|word| !is_date(word)).collect();
    let text = if head.is_empty() { tail.join(" ") } else { head };
    text.trim_matches(is_punctuation).to_owned()
}

fn trim_connector(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while words.last().is_some_and(|word| {
        let folded = fold(word);
        let plain = folded.trim_matches(is_punctuation);
        plain.is_empty() || CONNECTORS.contains(&plain)
    }) {
        words.pop();
    }
    words.join(" ")
}

fn is_punctuation(character: char) -> bool {
    character.is_whitespace() || ",;:–—-/.~≈".contains(character)
}

/// Joiners, variation selectors and skin tones: they do not change the meaning of a sign.
fn is_modifier(character: char) -> bool {
    matches!(character, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

#[cfg(test)]
mod tests {
    use super::super::status;
    use super::*;

    #[test]
    fn percentages_years_and_signs_are_separated_from_the_status() {
        for (cell, expected, completion) in [
            ("Terminé à 80 %", MeasureStatus::Completed, Some(80)),
            ("En cours (50 %)", MeasureStatus::InProgress, Some(50)),
            ("Réalisé en 2025", MeasureStatus::Completed, None),
            ("Geplant ab 2026", MeasureStatus::NotStarted, None),
            ("Done (12/2024)", MeasureStatus::Completed, None),
            ("✅ Réalisé", MeasureStatus::Completed, None),
            ("🟡", MeasureStatus::InProgress, None),
            ("⏳ En cours", MeasureStatus::InProgress, None),
            ("🔴 À faire", MeasureStatus::NotStarted, None),
            ("Delayed to 2026", MeasureStatus::Late, None),
            ("Verschoben auf 2026", MeasureStatus::Postponed, None),
            ("Uitgesteld tot eind 2026", MeasureStatus::Postponed, None),
            ("🔴 PPS À faire", MeasureStatus::NotStarted, None),
            ("50 %", MeasureStatus::InProgress, Some(50)),
            ("0%", MeasureStatus::NotStarted, Some(0)),
            ("100 %", MeasureStatus::Completed, Some(100)),
            ("▓▓▓░░", MeasureStatus::InProgress, Some(60)),
            ("Vert", MeasureStatus::Completed, None),
        ] {
            let found = status::read(cell);
            assert_eq!(found.status, expected, "{cell}");
            assert_eq!(found.completion.map(Percentage::value), completion, "{cell}");
        }
        assert_eq!(status::read("120 %").status, MeasureStatus::Undefined);
        assert_eq!(status::read("2025").status, MeasureStatus::Undefined);
    }
}
