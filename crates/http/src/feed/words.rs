//! The words of the feed in each language.

use passerelle_model::change::{ChangeKind, NodeKey};
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_storage::LoggedChange;

use super::subject::Subject;

/// A word in French, Dutch, German and English: the order of [`Language::ALL`].
type Word = [&'static str; 4];

const ADDED: Word = ["ajout", "toegevoegd", "hinzugefügt", "added"];
const REMOVED: Word = ["retrait", "verwijderd", "entfernt", "removed"];
const CHANGED: Word = ["modification", "gewijzigd", "geändert", "changed"];
const REJECTED: Word = ["version refusée", "versie geweigerd", "Fassung abgelehnt", "version rejected"];
const HELD: Word = [
    "version en attente d’une confirmation",
    "versie wacht op bevestiging",
    "Fassung wartet auf Bestätigung",
    "version waits for confirmation",
];
/// Told of no thing, and so in French only.
const RESYNC: &str = "Les modifications plus anciennes ne sont plus conservées";

/// The fields of changes by their GraphQL names.
const FIELDS: [(&str, Word); 12] = [
    ("number", ["numéro", "nummer", "Nummer", "number"]),
    ("title", ["titre", "titel", "Titel", "title"]),
    ("status", ["statut", "status", "Status", "status"]),
    ("statusText", ["libellé du statut", "tekst van de status", "Text des Status", "text of the status"]),
    ("programme", ["programme", "programma", "Programm", "programme"]),
    ("isRepeated", ["reprise", "herhaling", "Wiederholung", "repetition"]),
    ("category", ["catégorie", "categorie", "Kategorie", "category"]),
    ("path", ["place", "plaats", "Stelle", "place"]),
    ("slug", ["adresse", "adres", "Adresse", "address"]),
    ("lang", ["langue", "taal", "Sprache", "language"]),
    ("year", ["année", "jaar", "Jahr", "year"]),
    ("content", ["contenu", "inhoud", "Inhalt", "content"]),
];

fn in_language(word: Word, lang: Language) -> &'static str {
    word[lang as usize]
}

/// A type of thing.
fn noun(node: &NodeKey) -> Word {
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

/// A status as a plan writes it.
fn status(status: MeasureStatus) -> Word {
    match status {
        MeasureStatus::NotStarted => ["À faire", "Te doen", "Zu tun", "To do"],
        MeasureStatus::InProgress => ["En cours", "Lopend", "In Arbeit", "In progress"],
        MeasureStatus::Completed => ["Réalisé", "Gerealiseerd", "Umgesetzt", "Done"],
        MeasureStatus::Late => ["En retard", "Vertraagd", "Verspätet", "Late"],
        MeasureStatus::Postponed => ["Reporté", "Uitgesteld", "Verschoben", "Postponed"],
        MeasureStatus::Cancelled => ["Abandonné", "Geannuleerd", "Aufgegeben", "Cancelled"],
        MeasureStatus::Merged => ["Fusionné", "Samengevoegd", "Zusammengelegt", "Merged"],
        MeasureStatus::OutOfScope => ["Hors plan", "Buiten het plan", "Außerhalb des Plans", "Out of scope"],
        MeasureStatus::Undefined => {
            ["Statut inconnu", "Status onbekend", "Status unbekannt", "Unknown status"]
        }
    }
}

/// A change in one line: `Mesure 12 : En cours → Réalisé`.
pub(super) fn title(change: &LoggedChange, subject: Option<&Subject>) -> String {
    let (Some(node), Some(subject)) = (&change.node, subject) else { return RESYNC.to_owned() };
    let lang = subject.lang;
    // French puts a space before it, at which no line may end.
    let colon = if lang == Language::Fr { "\u{a0}:" } else { ":" };
    let is_status = change.kind == ChangeKind::StatusChanged;
    let told = values(change, lang).filter(|_| is_status).unwrap_or_else(|| what(change, lang));
    format!("{} {}{colon} {told}", in_language(noun(node), lang), subject.name)
}

/// What happened to a thing.
fn what(change: &LoggedChange, lang: Language) -> String {
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
    let word = in_language(word, lang);
    match change.field.as_deref().filter(|_| change.kind != ChangeKind::DocumentRejected) {
        Some(field) => format!("{word} ({})", field_name(field, lang)),
        None => word.to_owned(),
    }
}

fn field_name(field: &str, lang: Language) -> &str {
    let known = FIELDS.iter().find(|(name, _)| *name == field);
    known.map_or(field, |(_, word)| in_language(*word, lang))
}

/// The field before and after; what happened where no field says it.
pub(super) fn summary(change: &LoggedChange, lang: Language) -> String {
    match change.kind {
        ChangeKind::Resync => RESYNC.to_owned(),
        _ if change.field.is_none() => what(change, lang),
        ChangeKind::DocumentRejected => what(change, lang),
        _ => values(change, lang).unwrap_or_else(|| what(change, lang)),
    }
}

/// The field before and after; none where neither is told.
fn values(change: &LoggedChange, lang: Language) -> Option<String> {
    let is_status = change.field.as_deref() == Some("status");
    let told = |value: &String| match MeasureStatus::from_name(value).filter(|_| is_status) {
        Some(known) => in_language(status(known), lang).to_owned(),
        None => value.clone(),
    };
    match (change.before.as_ref().map(told), change.after.as_ref().map(told)) {
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
    use passerelle_model::sync::Revision;

    fn change(
        kind: ChangeKind,
        field: Option<&str>,
        before: Option<&str>,
        after: Option<&str>,
    ) -> LoggedChange {
        LoggedChange {
            revision: Revision::default(),
            ordinal: 0,
            kind,
            node: (kind != ChangeKind::Resync).then(|| NodeKey::Measure(MeasureKey::new("plan#12"))),
            field: field.map(str::to_owned),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        }
    }

    fn told(lang: Language, change: &LoggedChange) -> (String, String) {
        let subject = Subject { lang, name: "12".to_owned(), says: None, url: None };
        (title(change, Some(&subject)), summary(change, lang))
    }

    #[test]
    fn a_change_is_told_in_the_language_of_its_thing() {
        let status = |before, after| change(ChangeKind::StatusChanged, Some("status"), before, after);
        let done = status(Some("IN_PROGRESS"), Some("COMPLETED"));
        assert_eq!(told(Language::Fr, &done).0, "Mesure 12\u{a0}: En cours → Réalisé");
        assert_eq!(told(Language::Nl, &done).0, "Maatregel 12: Lopend → Gerealiseerd");
        assert_eq!(told(Language::En, &status(None, None)).0, "Measure 12: changed (status)");
        let moved = change(ChangeKind::MeasureChanged, Some("category"), Some("1.2"), None);
        let (title, summary) = told(Language::De, &moved);
        assert_eq!((title.as_str(), summary.as_str()), ("Maßnahme 12: geändert (Kategorie)", "1.2 →"));
        let added = change(ChangeKind::MeasureAdded, None, None, None);
        assert_eq!(told(Language::Fr, &added), ("Mesure 12\u{a0}: ajout".to_owned(), "ajout".to_owned()));
    }

    #[test]
    fn what_is_of_no_thing_or_no_kind_of_field_is_told_all_the_same() {
        let resync = change(ChangeKind::Resync, None, None, None);
        assert_eq!(
            (title(&resync, None).as_str(), summary(&resync, Language::Fr).as_str()),
            (RESYNC, RESYNC)
        );
        let held = change(ChangeKind::DocumentRejected, Some("state"), None, Some("HELD"));
        assert_eq!(told(Language::En, &held).1, "version waits for confirmation");
    }
}
