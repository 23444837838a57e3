//! Converts the statuses that editors write to the statuses of the schema.

use std::collections::HashMap;
use std::sync::LazyLock;

use passerelle_model::plan::{MeasureStatus, Percentage};
use passerelle_text::fold::{collapse_whitespace, fold};

use crate::front_matter::FrontMatter;

use super::status_detail::{self, StatusDetail};
use super::status_words::STATUS_NAMES;
use super::{misspelling, title};

/// The programmes that a status may begin with.
const PROGRAMMES: [&str; 1] = ["PPS"];

/// The parsed status cell of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatusCell {
    /// Status. `Undefined` if the text is unknown.
    pub(super) status: MeasureStatus,
    /// Text of the cell with normalized spaces, without footnote references.
    pub(super) text: String,
    /// The programme before the status.
    pub(super) programme: Option<String>,
    /// Percentage of completion beside the status: `En cours (50 %)`.
    pub(super) completion: Option<Percentage>,
    /// Numbers of the footnotes that it references.
    pub(super) footnote_refs: Vec<u32>,
    /// The known status of which the text is probably a misspelling. `None` if there is none.
    pub(super) nearest: Option<MeasureStatus>,
}

/// Reads the cell of a status without words of the plan.
#[cfg(test)]
pub(super) fn read(cell: &str) -> StatusCell {
    read_with(cell, &StatusMap::default())
}

/// Reads the cell of a status with the words of the plan's own map.
pub(super) fn read_with(cell: &str, map: &StatusMap) -> StatusCell {
    let (without_calls, footnote_refs) = title::extract_footnote_refs(cell);
    let text = collapse_whitespace(&title::strip_emphasis(&without_calls.replace('*', "")).0);
    let (programme, status_text) = split_programme(&text);
    let detail = status_detail::read(status_text);
    let status = find(status_text, &detail, map);
    let nearest = match status {
        Some(_) => None,
        None => misspelling::of(&detail.words, &STATUS_NAMES),
    };
    StatusCell {
        status: status.unwrap_or(MeasureStatus::Undefined),
        programme: programme.map(str::to_owned),
        completion: detail.completion,
        text: text.clone(),
        footnote_refs,
        nearest,
    }
}

/// Returns the status of a text. Reads its words first, then its sign, colour or percentage.
fn find(status_text: &str, detail: &StatusDetail, map: &StatusMap) -> Option<MeasureStatus> {
    map.get(status_text)
        .or_else(|| parse_status(status_text))
        .or_else(|| map.get(&detail.words))
        .or_else(|| parse_status(&detail.words).filter(|_| !detail.words.is_empty()))
        .or(detail.status)
}

/// Words that the front matter of a plan maps to statuses: `statuses: {Initiative: NOT_STARTED}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StatusMap(HashMap<String, MeasureStatus>);

impl StatusMap {
    /// Reads the field `statuses`. A status is a name of the list (`NOT_STARTED`) or a known word (`À
    /// faire`).
    ///
    /// Returns the map and the values that are no status.
    pub(super) fn of(front: &FrontMatter) -> (Self, Vec<String>) {
        let Some(entries) = front.values().get("statuses").and_then(serde_json::Value::as_object) else {
            return (Self::default(), Vec::new());
        };
        let mut map = HashMap::new();
        let mut invalid = Vec::new();
        for (word, value) in entries {
            let value = value.as_str().unwrap_or_default();
            let name = fold(value).replace([' ', '-'], "_").to_ascii_uppercase();
            match MeasureStatus::from_name(&name).or_else(|| parse_status(value)) {
                Some(status) => {
                    map.insert(fold(&collapse_whitespace(word)), status);
                }
                None => invalid.push(format!("{word}: {value}")),
            }
        }
        (Self(map), invalid)
    }

    fn get(&self, text: &str) -> Option<MeasureStatus> {
        if self.0.is_empty() || text.len() > MAX_CELL_BYTES {
            return None;
        }
        self.0.get(&fold(text)).copied()
    }
}

/// Returns true if a cell states a status: a known word, alone or beside a year, percentage or sign, or a
/// sign alone.
pub(super) fn is_stated(cell: &str, map: &StatusMap) -> bool {
    if cell.is_empty() || cell.len() > MAX_CELL_BYTES {
        return false;
    }
    let text =
        collapse_whitespace(&title::strip_emphasis(&title::extract_footnote_refs(cell).0.replace('*', "")).0);
    let status_text = split_programme(&text).1;
    find(status_text, &status_detail::read(status_text), map).is_some()
}

/// Returns true if a cell is a status of the list.
pub(super) fn is_known(cell: &str) -> bool {
    if cell.len() > MAX_CELL_BYTES {
        return false;
    }
    let text =
        collapse_whitespace(&title::strip_emphasis(&title::extract_footnote_refs(cell).0.replace('*', "")).0);
    let status_text = split_programme(&text).1;
    parse_status(status_text).is_some() || {
        let detail = status_detail::read(status_text);
        // A percentage or a sign alone also occurs in other columns.
        !detail.words.is_empty()
            && detail.words.len() < status_text.len()
            && parse_status(&detail.words).is_some()
    }
}

/// The longest cell that can be a status, in bytes, with its marks.
const MAX_CELL_BYTES: usize = 120;

/// The programme before a status, and the status.
fn split_programme(text: &str) -> (Option<&'static str>, &str) {
    // `🔴 PPS À faire`: the words count, not the sign.
    let after_sign = text.trim_start_matches(|character: char| {
        character == ' ' || !(character.is_ascii() || character.is_alphanumeric())
    });
    let begins_with = |programme: &str| {
        after_sign.get(..programme.len()).is_some_and(|word| word.eq_ignore_ascii_case(programme))
    };
    let text = if PROGRAMMES.into_iter().any(begins_with) { after_sign } else { text };
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let first = first.trim_end_matches(':');
    let programme = PROGRAMMES.into_iter().find(|programme| programme.eq_ignore_ascii_case(first));
    let status_text =
        if programme.is_some() { rest.trim_start_matches([':', '-', '–', ' ']) } else { text };
    (programme, status_text)
}

/// Returns the status of a text. Case, accents and inflections do not count.
fn parse_status(status_text: &str) -> Option<MeasureStatus> {
    static BY_NAME: LazyLock<HashMap<String, MeasureStatus>> =
        LazyLock::new(|| STATUS_NAMES.iter().map(|(name, status)| (fold(name), *status)).collect());
    if status_text.len() > MAX_CELL_BYTES {
        return None;
    }
    let folded = fold(status_text);
    let folded = folded.trim_end_matches(['.', ' ']);
    let uninflected = misspelling::INFLECTIONS.iter().filter_map(|end| folded.strip_suffix(end));
    std::iter::once(folded).chain(uninflected).find_map(|name| BY_NAME.get(name)).copied()
}

/// Returns true if a cell is the header of the status column.
pub(super) fn is_header(cell: &str) -> bool {
    const HEADERS: [&str; 10] = [
        "statut",
        "status",
        "etat",
        "etat d'avancement",
        "avancement",
        "stand",
        "stand van zaken",
        "voortgang",
        "progress",
        "fortschritt",
    ];
    cell.len() <= MAX_CELL_BYTES && HEADERS.contains(&fold(&cell.replace('*', "")).as_str())
}

#[cfg(test)]
mod tests {
    use passerelle_model::language::Language;

    use super::*;

    #[test]
    fn statuses_ignore_case_accents_and_spacing() {
        for status_text in ["À faire", "A faire", "à  FAIRE", "Te doen", "To do"] {
            assert_eq!(read(status_text).status, MeasureStatus::NotStarted, "{status_text}");
        }
        assert_eq!(read("PPS  en cours").text, "PPS en cours");
    }

    #[test]
    fn statuses_ignore_inflection_and_punctuation() {
        for status_text in
            ["Réalisée", "REALISEES", "Réalisé(e)(s)", "terminé·e·s", "**Réalisé**", "_Achevée_", "Réalisé."]
        {
            assert_eq!(read(status_text).status, MeasureStatus::Completed, "{status_text}");
            assert!(is_known(status_text), "{status_text}");
        }
        assert_eq!(read("Ausserhalb des Plans").status, MeasureStatus::OutOfScope);
        assert!(!is_known("Réalisé !") && !is_known("PPS") && !is_known("e"));
    }

    #[test]
    fn the_programme_precedes_the_status() {
        let cell = read("PPS <sup>1</sup> En cours");
        assert_eq!(cell.programme.as_deref(), Some("PPS"));
        assert_eq!(
            (cell.status, cell.text.as_str(), cell.footnote_refs),
            (MeasureStatus::InProgress, "PPS En cours", vec![1])
        );
    }

    #[test]
    fn unknown_statuses_have_a_nearest_match() {
        assert_eq!(read("Realis").nearest, Some(MeasureStatus::Completed));
        assert_eq!(read("Bientôt").status, MeasureStatus::Undefined);
        assert_eq!(read("Bientôt").nearest, None);
    }

    #[test]
    fn every_suggested_word_is_recognised() {
        for status in MeasureStatus::ALL {
            for language in Language::ALL {
                match passerelle_messages::status_word(status, language) {
                    Some(word) => assert_eq!(read(word).status, status, "{word}"),
                    None => assert_eq!(status, MeasureStatus::Undefined),
                }
            }
        }
    }

    #[test]
    fn every_status_name_is_recognized() {
        for (status_text, status) in STATUS_NAMES.iter() {
            assert_eq!(read(status_text).status, *status, "{status_text}");
        }
    }
}
