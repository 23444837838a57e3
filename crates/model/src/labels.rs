//! Words for the values of enums, in the languages of the content.

use crate::change::ChangedField;
use crate::diagnostic::Severity;
use crate::document::DocumentState;
use crate::language::Language;
use crate::plan::{CategoryLevel, MeasureStatus};

/// Words in French, Dutch, German and English, in the order of [`Language::ALL`].
pub type Words = [&'static str; Language::ALL.len()];

/// Returns the word in a language.
pub fn in_language(words: Words, lang: Language) -> &'static str {
    let found = Language::ALL.into_iter().zip(words).find(|(language, _)| *language == lang);
    found.map_or(words[0], |(_, word)| word)
}

/// Returns a colour for a status as `#rrggbb`. Each has a contrast of at least 4.5 to white (WCAG 2.2, AA).
pub fn status_color(status: MeasureStatus) -> &'static str {
    match status {
        MeasureStatus::NotStarted => "#5f6b7a",
        MeasureStatus::InProgress => "#1d5fbf",
        MeasureStatus::Completed => "#1b7a3d",
        MeasureStatus::Late => "#b42318",
        MeasureStatus::Postponed => "#9a5b00",
        MeasureStatus::Cancelled => "#4a4a4a",
        MeasureStatus::Merged => "#6b3fa0",
        MeasureStatus::OutOfScope => "#7a4a3a",
        MeasureStatus::Undefined => "#6e6e6e",
    }
}

/// Returns true if no further work is expected after this status.
pub fn status_is_final(status: MeasureStatus) -> bool {
    match status {
        MeasureStatus::Completed
        | MeasureStatus::Cancelled
        | MeasureStatus::Merged
        | MeasureStatus::OutOfScope => true,
        MeasureStatus::NotStarted
        | MeasureStatus::InProgress
        | MeasureStatus::Late
        | MeasureStatus::Postponed
        | MeasureStatus::Undefined => false,
    }
}

/// Returns the label of a level of the category tree, for example `Axe`.
pub fn level_label(level: CategoryLevel, lang: Language) -> &'static str {
    let words = match level {
        CategoryLevel::Axis => ["Axe", "As", "Achse", "Axis"],
        CategoryLevel::Objective => ["Objectif", "Doelstelling", "Ziel", "Objective"],
        CategoryLevel::Section => ["Section", "Onderdeel", "Abschnitt", "Section"],
        CategoryLevel::Group => ["Groupe", "Groep", "Gruppe", "Group"],
    };
    in_language(words, lang)
}

/// Returns the name of a language, for example `Nederlands` for Dutch in Dutch.
pub fn language_label(language: Language, lang: Language) -> &'static str {
    let words = match language {
        Language::Fr => ["Français", "Frans", "Französisch", "French"],
        Language::Nl => ["Néerlandais", "Nederlands", "Niederländisch", "Dutch"],
        Language::De => ["Allemand", "Duits", "Deutsch", "German"],
        Language::En => ["Anglais", "Engels", "Englisch", "English"],
    };
    in_language(words, lang)
}

/// Returns the label of a document state, for example `Publié`.
pub fn state_label(state: DocumentState, lang: Language) -> &'static str {
    let words = match state {
        DocumentState::Published => ["Publié", "Gepubliceerd", "Veröffentlicht", "Published"],
        DocumentState::Rejected => ["Refusé", "Geweigerd", "Abgelehnt", "Rejected"],
        DocumentState::Held => ["À confirmer", "Te bevestigen", "Zu bestätigen", "To be confirmed"],
        DocumentState::Draft => ["Brouillon", "Ontwerp", "Entwurf", "Draft"],
        DocumentState::Removed => ["Retiré", "Verwijderd", "Entfernt", "Removed"],
    };
    in_language(words, lang)
}

/// Returns the label of a severity, for example `Erreur`.
pub fn severity_label(severity: Severity, lang: Language) -> &'static str {
    let words = match severity {
        Severity::Error => ["Erreur", "Fout", "Fehler", "Error"],
        Severity::Warning => ["Avertissement", "Waarschuwing", "Warnung", "Warning"],
        Severity::Notice => ["Information", "Melding", "Hinweis", "Notice"],
    };
    in_language(words, lang)
}

/// Returns the label of a changed field, in lower case for the middle of a sentence: `échéance`.
pub fn changed_field_label(field: ChangedField, lang: Language) -> &'static str {
    let words = match field {
        ChangedField::Number => ["numéro", "nummer", "Nummer", "number"],
        ChangedField::Title => ["titre", "titel", "Titel", "title"],
        ChangedField::Status => ["statut", "status", "Status", "status"],
        ChangedField::StatusText => {
            ["libellé du statut", "tekst van de status", "Text des Status", "text of the status"]
        }
        ChangedField::Programme => ["programme", "programma", "Programm", "programme"],
        ChangedField::IsRepeated => ["reprise", "herhaling", "Wiederholung", "repetition"],
        ChangedField::Category => ["catégorie", "categorie", "Kategorie", "category"],
        ChangedField::Path => ["place", "plaats", "Stelle", "place"],
        ChangedField::Slug => ["adresse", "adres", "Adresse", "address"],
        ChangedField::Lang => ["langue", "taal", "Sprache", "language"],
        ChangedField::Year => ["année", "jaar", "Jahr", "year"],
        ChangedField::Content => ["contenu", "inhoud", "Inhalt", "content"],
        ChangedField::Label => {
            ["numéro tel qu’écrit", "nummer zoals geschreven", "Nummer wie geschrieben", "label"]
        }
        ChangedField::Parent => {
            ["mesure parente", "bovenliggende maatregel", "übergeordnete Maßnahme", "parent measure"]
        }
        ChangedField::ResponsibleParties => {
            ["responsables", "verantwoordelijken", "Verantwortliche", "responsible parties"]
        }
        ChangedField::Partners => ["partenaires", "partners", "Partner", "partners"],
        ChangedField::StartDate => ["début", "begin", "Beginn", "start"],
        ChangedField::EndDate => ["échéance", "einddatum", "Frist", "deadline"],
        ChangedField::ScheduleText => ["calendrier", "planning", "Zeitplan", "schedule"],
        ChangedField::BudgetText => {
            ["texte du budget", "tekst van het budget", "Text des Budgets", "text of the budget"]
        }
        ChangedField::Budget => ["budget", "budget", "Budget", "budget"],
        ChangedField::Indicators => ["indicateurs", "indicatoren", "Indikatoren", "indicators"],
        ChangedField::Completion => ["avancement", "voortgang", "Fortschritt", "completion"],
        ChangedField::Priority => ["priorité", "prioriteit", "Priorität", "priority"],
        ChangedField::Description => ["description", "beschrijving", "Beschreibung", "description"],
        ChangedField::Attributes => {
            ["autres colonnes", "andere kolommen", "weitere Spalten", "other columns"]
        }
        ChangedField::State => ["état", "staat", "Zustand", "state"],
    };
    in_language(words, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the contrast of a colour to white, as WCAG 2.2 defines it.
    fn contrast_to_white(color: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        1.05 / (0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) + 0.05)
    }

    #[test]
    fn each_status_has_its_own_readable_colour() {
        let mut colors = MeasureStatus::ALL.map(status_color).to_vec();
        colors.sort_unstable();
        colors.dedup();
        assert_eq!(colors.len(), MeasureStatus::ALL.len());
        for color in colors {
            assert!(contrast_to_white(color) >= 4.5, "{color}: {}", contrast_to_white(color));
        }
    }
}
