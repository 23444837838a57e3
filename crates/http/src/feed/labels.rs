//! Texts of the feed in French, Dutch, German and English.

use passerelle_model::change::{ChangeKind, ChangedField, NodeKey};
use passerelle_model::labels::changed_field_label;
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_storage::ChangeLogEntry;

use super::subject::Subject;

/// Text in French, Dutch, German and English, in the order of [`Language::ALL`].
type Localized = [&'static str; 4];

const ADDED: Localized = ["ajout", "toegevoegd", "hinzugefügt", "added"];
const REMOVED: Localized = ["retrait", "verwijderd", "entfernt", "removed"];
const CHANGED: Localized = ["modification", "gewijzigd", "geändert", "changed"];
const REJECTED: Localized = ["version refusée", "versie geweigerd", "Fassung abgelehnt", "version rejected"];
const HELD: Localized = [
    "version en attente d’une confirmation",
    "versie wacht op bevestiging",
    "Fassung wartet auf Bestätigung",
    "version waits for confirmation",
];
/// Title of a resync. It has no subject and therefore no language, so the text is always French.
const RESYNC: &str = "Les modifications plus anciennes ne sont plus conservées";

fn localize(word: Localized, lang: Language) -> &'static str {
    word[lang as usize]
}

/// Returns the label of a node type.
fn type_label(node: &NodeKey) -> Localized {
    match node {
        NodeKey::Document(_) => ["Document", "Document", "Dokument", "Document"],
        NodeKey::Plan(_) => ["Plan", "Plan", "Plan", "Plan"],
        NodeKey::Category(_) => ["Catégorie", "Categorie", "Kategorie", "Category"],
        NodeKey::Measure(_) => ["Mesure", "Maatregel", "Maßnahme", "Measure"],
        NodeKey::Page(_) => ["Page", "Pagina", "Seite", "Page"],
        NodeKey::Service(_) => {
            ["Service de support", "Ondersteuningsdienst", "Unterstützungsdienst", "Support service"]
        }
    }
}

/// Returns the title of an entry, for example `Mesure 12 : En cours → Réalisé`.
pub(super) fn title(change: &ChangeLogEntry, subject: Option<&Subject>) -> String {
    let (Some(node), Some(subject)) = (&change.node, subject) else { return RESYNC.to_owned() };
    let lang = subject.lang;
    // French has a no-break space before a colon.
    let colon = if lang == Language::Fr { "\u{a0}:" } else { ":" };
    let is_status = change.kind == ChangeKind::StatusChanged;
    let text = values(change, lang).filter(|_| is_status).unwrap_or_else(|| describe_change(change, lang));
    format!("{} {}{colon} {text}", localize(type_label(node), lang), subject.name)
}

/// Describes a change without its values, for example `modification (titre)`.
fn describe_change(change: &ChangeLogEntry, lang: Language) -> String {
    let word = match change.kind {
        ChangeKind::MeasureAdded
        | ChangeKind::PageAdded
        | ChangeKind::ServiceAdded
        | ChangeKind::PlanAdded => ADDED,
        ChangeKind::MeasureRemoved
        | ChangeKind::PageRemoved
        | ChangeKind::ServiceRemoved
        | ChangeKind::PlanRemoved => REMOVED,
        ChangeKind::DocumentRejected if change.after.as_deref() == Some("HELD") => HELD,
        ChangeKind::DocumentRejected => REJECTED,
        ChangeKind::MeasureChanged
        | ChangeKind::StatusChanged
        | ChangeKind::PageChanged
        | ChangeKind::ServiceChanged
        | ChangeKind::PlanChanged
        | ChangeKind::Resync => CHANGED,
    };
    let word = localize(word, lang);
    match change.field.filter(|_| change.kind != ChangeKind::DocumentRejected) {
        Some(field) => format!("{word} ({})", changed_field_label(field, lang)),
        None => word.to_owned(),
    }
}

/// Returns the summary of an entry: the old and new value if the change has a field, else a description.
pub(super) fn summary(change: &ChangeLogEntry, lang: Language) -> String {
    match change.kind {
        ChangeKind::Resync => RESYNC.to_owned(),
        _ if change.field.is_none() => describe_change(change, lang),
        ChangeKind::DocumentRejected => describe_change(change, lang),
        _ => values(change, lang).unwrap_or_else(|| describe_change(change, lang)),
    }
}

/// Formats the old and new value, for example `12 → 13`. Returns `None` if the change has neither.
fn values(change: &ChangeLogEntry, lang: Language) -> Option<String> {
    let text = |value: &String| match change.field {
        Some(ChangedField::Status) => match MeasureStatus::from_name(value) {
            Some(known) => known.label(lang).to_owned(),
            None => value.clone(),
        },
        // Plans give days. The time of a day is always midnight.
        Some(ChangedField::StartDate | ChangedField::EndDate) => {
            value.split_once('T').map_or(value.as_str(), |(day, _)| day).to_owned()
        }
        Some(ChangedField::Completion) => format!("{value}\u{a0}%"),
        _ => value.clone(),
    };
    match (change.before.as_ref().map(text), change.after.as_ref().map(text)) {
        (Some(before), Some(after)) => Some(format!("{before} → {after}")),
        (Some(before), None) => Some(format!("{before} →")),
        (None, Some(after)) => Some(format!("→ {after}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::key::MeasureKey;
    use passerelle_model::revision::Revision;

    fn change(
        kind: ChangeKind,
        field: Option<ChangedField>,
        before: Option<&str>,
        after: Option<&str>,
    ) -> ChangeLogEntry {
        ChangeLogEntry {
            revision: Revision::default(),
            ordinal: 0,
            kind,
            node: (kind != ChangeKind::Resync).then(|| NodeKey::Measure(MeasureKey::new("plan#12"))),
            field,
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        }
    }

    fn text(lang: Language, change: &ChangeLogEntry) -> (String, String) {
        let subject = Subject { lang, name: "12".to_owned(), detail: None, url: None };
        (title(change, Some(&subject)), summary(change, lang))
    }

    #[test]
    fn changes_are_described_in_the_language_of_their_subject() {
        let status =
            |before, after| change(ChangeKind::StatusChanged, Some(ChangedField::Status), before, after);
        let done = status(Some("IN_PROGRESS"), Some("COMPLETED"));
        assert_eq!(text(Language::Fr, &done).0, "Mesure 12\u{a0}: En cours → Réalisé");
        assert_eq!(text(Language::Nl, &done).0, "Maatregel 12: In uitvoering → Uitgevoerd");
        assert_eq!(text(Language::En, &status(None, None)).0, "Measure 12: changed (status)");
        let moved = change(ChangeKind::MeasureChanged, Some(ChangedField::Category), Some("1.2"), None);
        let (title, summary) = text(Language::De, &moved);
        assert_eq!((title.as_str(), summary.as_str()), ("Maßnahme 12: geändert (Kategorie)", "1.2 →"));
        let later = [Some("2025-12-31T00:00:00.000Z"), Some("2026-06-30T00:00:00.000Z")];
        let later = change(ChangeKind::MeasureChanged, Some(ChangedField::EndDate), later[0], later[1]);
        let (title, summary) = text(Language::Fr, &later);
        assert_eq!(title, "Mesure 12\u{a0}: modification (échéance)");
        assert_eq!(summary, "2025-12-31 → 2026-06-30");
        let added = change(ChangeKind::MeasureAdded, None, None, None);
        assert_eq!(text(Language::Fr, &added), ("Mesure 12\u{a0}: ajout".to_owned(), "ajout".to_owned()));
    }

    #[test]
    fn resync_and_held_changes_have_descriptions() {
        let resync = change(ChangeKind::Resync, None, None, None);
        assert_eq!(
            (title(&resync, None).as_str(), summary(&resync, Language::Fr).as_str()),
            (RESYNC, RESYNC)
        );
        let held = change(ChangeKind::DocumentRejected, Some(ChangedField::State), None, Some("HELD"));
        assert_eq!(text(Language::En, &held).1, "version waits for confirmation");
    }
}
