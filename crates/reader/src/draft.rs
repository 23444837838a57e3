//! Reads the fields that keep a document from being published.
//!
//! A document is a draft with `draft: true`, `published: false` or `status: draft`, and until a date in the
//! future. The reader has no clock, so it returns the date and lets the caller compare it.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::timestamp::Timestamp;
use serde_json::Value;

use crate::front_matter::{FrontMatter, text_of};

/// Fields with a date of publication. The latest one counts.
const DATE_FIELDS: [&str; 5] = ["date", "createdAt", "publishDate", "publishedAt", "published"];
/// Words for a draft in the field `status`, in the languages of the editors.
const DRAFT_WORDS: [&str; 5] = ["draft", "brouillon", "concept", "ontwerp", "entwurf"];
/// Words that editors write for true.
const YES_WORDS: [&str; 6] = ["true", "yes", "oui", "vrai", "ja", "1"];
/// Words that editors write for false.
const NO_WORDS: [&str; 6] = ["false", "no", "non", "nee", "nein", "0"];

/// Returns the time of publication and the finding to report before it. The time is `None` if the editor must
/// change the document first. Returns `None` for a document without such fields.
pub(crate) fn read(front: &FrontMatter) -> Option<(Option<Timestamp>, Finding)> {
    let flag = [("draft", &YES_WORDS[..]), ("published", &NO_WORDS), ("status", &DRAFT_WORDS)];
    let is_set = |(field, words): &(&str, &[&str])| is_one_of(front.values().get(*field), words);
    if let Some((field, _)) = flag.into_iter().find(is_set) {
        let kind = DiagnosticKind::Draft { until: None };
        return Some((None, Finding::at(front.position(field), kind)));
    }
    let date = |field: &'static str| {
        let written = front.text(field)?;
        Some((Timestamp::parse(&written)?, field, written))
    };
    let (until, field, written) = DATE_FIELDS.into_iter().filter_map(date).max_by_key(|(at, ..)| *at)?;
    let kind = DiagnosticKind::Draft { until: Some(written) };
    Some((Some(until), Finding::at(front.position(field), kind)))
}

/// Returns a finding for each field about publication whose value is not understood. Such a field is ignored,
/// and the document may be published earlier than its editor meant.
pub(crate) fn unread_fields(front: &FrontMatter) -> impl Iterator<Item = Finding> {
    let is_flag = |value: &Value| [YES_WORDS, NO_WORDS].iter().any(|words| is_one_of(Some(value), words));
    let is_date = |value: &Value| text_of(value).is_some_and(|text| Timestamp::parse(&text).is_some());
    let is_empty =
        |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    ["draft", "updatedAt"].into_iter().chain(DATE_FIELDS).filter_map(move |field| {
        let value = front.values().get(field).filter(|value| !is_empty(value))?;
        let is_read = match field {
            "draft" => is_flag(value),
            "published" => is_flag(value) || is_date(value),
            _ => is_date(value),
        };
        (!is_read).then(|| front.invalid_field(field, value))
    })
}

/// Returns true if the value is one of the words, without regard to case.
fn is_one_of(value: Option<&Value>, words: &[&str]) -> bool {
    let text = match value {
        Some(Value::Bool(value)) => Some(value.to_string()),
        Some(value) => text_of(value),
        None => None,
    };
    text.is_some_and(|text| words.contains(&text.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::split;

    /// Returns the time of publication, `never` for a draft without a date, and an empty text for no draft.
    fn until(header: &str) -> String {
        let text = format!("---\n{header}\n---\n");
        let document = split(&text).unwrap();
        let until = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        read(&document.front).map_or_else(String::new, |(at, _)| until(at))
    }

    #[test]
    fn fields_that_are_not_understood_are_reported() {
        let unread = |header: &str| {
            let text = format!("---\n{header}\n---\n");
            unread_fields(&split(&text).unwrap().front).count()
        };
        for header in [
            "date: 2024-02-30",
            "date: demain",
            "createdAt: [2024]",
            "updatedAt: hier",
            "publishDate: 12/03/2025",
            "published: bientôt",
            "draft: peut-être",
        ] {
            assert_eq!(unread(header), 1, "{header}");
        }
        for header in [
            "date: 2024-02-29",
            "date:",
            "date: \"\"",
            "published: oui",
            "published: 2024-01-01",
            "draft: nein",
        ] {
            assert_eq!(unread(header), 0, "{header}");
        }
    }

    #[test]
    fn fields_that_mark_a_draft_are_recognized() {
        for header in [
            "draft: true",
            "draft: oui",
            "published: false",
            "published: \"non\"",
            "status: draft",
            "status: Brouillon",
            "status: ontwerp",
            "date: 2020-01-01\ndraft: true",
        ] {
            assert_eq!(until(header), "never", "{header}");
        }
        for header in ["draft: false", "published: true", "status: ok", "title: draft", "date: demain"] {
            assert_eq!(until(header), "", "{header}");
        }
    }

    #[test]
    fn the_latest_date_is_the_time_of_publication() {
        let expected = "2031-05-01T00:00:00.000Z";
        assert_eq!(until("date: 2031-05-01"), expected);
        assert_eq!(until("createdAt: 2030-01-01\npublishDate: 2031-05-01"), expected);
        assert_eq!(until("published: 2031-05-01T00:00:00Z"), expected);
    }
}
