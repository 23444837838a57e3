//! Changes in plain words.

use passerelle_model::change::{ChangeKind, ChangedField};
use passerelle_model::document::DocumentState;
use passerelle_model::labels::{changed_field_label, state_label};
use passerelle_model::plan::MeasureStatus;
use passerelle_storage::ChangeLogEntry;

use crate::words::Words;

/// Longer values are cut: a list shows what changed, the page of the measure the whole text.
const MAX_VALUE_CHARS: usize = 80;

/// Describes a change of a measure: `statut : En cours → Réalisé`. The name of the field is left out for a
/// status if `is_status_clear`.
pub(crate) fn describe(change: &ChangeLogEntry, words: &Words, is_status_clear: bool) -> String {
    match (change.kind, change.field) {
        (ChangeKind::MeasureAdded, _) => words.event_added.to_owned(),
        (ChangeKind::MeasureRemoved, _) => words.event_removed.to_owned(),
        (ChangeKind::PageAdded, _) => words.added[0].to_owned(),
        (ChangeKind::PageRemoved, _) => words.removed[0].to_owned(),
        (_, None) => words.changed_event.to_owned(),
        (_, Some(field)) => {
            let value = |value: &Option<String>| {
                value.as_deref().map_or_else(|| "–".to_owned(), |value| value_text(field, value, words))
            };
            let values = format!("{} → {}", value(&change.before), value(&change.after));
            if change.before.is_none() && change.after.is_none() {
                return format!("{} ({})", words.changed_event, changed_field_label(field, words.lang));
            }
            if is_status_clear && field == ChangedField::Status {
                return values;
            }
            format!("{}{} {values}", changed_field_label(field, words.lang), words.colon)
        }
    }
}

/// Returns the value of a field as readers know it.
fn value_text(field: ChangedField, value: &str, words: &Words) -> String {
    match field {
        ChangedField::Status => {
            MeasureStatus::from_name(value).map_or(value, |status| status.label(words.lang)).to_owned()
        }
        ChangedField::State => {
            DocumentState::from_name(value).map_or(value, |state| state_label(state, words.lang)).to_owned()
        }
        // Plans give days. The time of a day is always midnight.
        ChangedField::StartDate | ChangedField::EndDate => {
            value.split_once('T').map_or(value, |(day, _)| day).to_owned()
        }
        ChangedField::Completion => format!("{value}{}%", words.percent_space),
        _ => shortened(value, MAX_VALUE_CHARS),
    }
}

/// Cuts a text after a number of characters.
pub(crate) fn shortened(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_model::revision::Revision;

    fn change(
        kind: ChangeKind,
        field: Option<ChangedField>,
        before: Option<&str>,
        after: Option<&str>,
    ) -> ChangeLogEntry {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let revision = Revision::default();
        ChangeLogEntry {
            revision,
            ordinal: 0,
            kind,
            node: None,
            field,
            before: owned(before),
            after: owned(after),
        }
    }

    #[test]
    fn changes_name_the_field_and_both_values() {
        let words = Words::of(Language::Fr);
        let status = change(
            ChangeKind::StatusChanged,
            Some(ChangedField::Status),
            Some("IN_PROGRESS"),
            Some("COMPLETED"),
        );
        assert_eq!(describe(&status, words, true), "En cours → Réalisé");
        assert_eq!(describe(&status, words, false), "statut\u{a0}: En cours → Réalisé");
        let date = change(
            ChangeKind::MeasureChanged,
            Some(ChangedField::EndDate),
            None,
            Some("2025-12-31T00:00:00Z"),
        );
        assert_eq!(describe(&date, words, true), "échéance\u{a0}: – → 2025-12-31");
        let long = "é".repeat(81);
        let title = change(ChangeKind::MeasureChanged, Some(ChangedField::Title), Some("a"), Some(&long));
        assert!(describe(&title, words, true).ends_with(&format!("a → {}…", "é".repeat(80))));
        assert_eq!(
            describe(&change(ChangeKind::MeasureAdded, None, None, Some("a")), words, true),
            "Mesure ajoutée"
        );
    }
}
