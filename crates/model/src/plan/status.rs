//! Statuses of a measure.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Status of a measure. The names are those of Kausal Watch and Decidim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MeasureStatus {
    /// Work has not started.
    NotStarted,
    /// Work has started.
    InProgress,
    /// All work is done.
    Completed,
    /// Work is behind schedule.
    Late,
    /// Work is postponed.
    Postponed,
    /// The measure is abandoned.
    Cancelled,
    /// The measure is part of another measure now.
    Merged,
    /// The measure is no longer part of the plan.
    OutOfScope,
    /// The document gives no status, or a status that the reader does not know.
    Undefined,
}

impl MeasureStatus {
    /// Every status, in the order of the progress counts.
    pub const ALL: [Self; 9] = [
        Self::NotStarted,
        Self::InProgress,
        Self::Completed,
        Self::Late,
        Self::Postponed,
        Self::Cancelled,
        Self::Merged,
        Self::OutOfScope,
        Self::Undefined,
    ];

    /// Returns the upper-case name that the database and the API use, for example `NOT_STARTED`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Late => "LATE",
            Self::Postponed => "POSTPONED",
            Self::Cancelled => "CANCELLED",
            Self::Merged => "MERGED",
            Self::OutOfScope => "OUT_OF_SCOPE",
            Self::Undefined => "UNDEFINED",
        }
    }

    /// Returns the label of the status in a language, for example `En cours`.
    pub fn label(self, lang: Language) -> &'static str {
        let [fr, nl, de, en] = match self {
            Self::NotStarted => ["À faire", "Te doen", "Nicht begonnen", "Not started"],
            Self::InProgress => ["En cours", "In uitvoering", "In Umsetzung", "In progress"],
            Self::Completed => ["Réalisé", "Uitgevoerd", "Umgesetzt", "Completed"],
            Self::Late => ["En retard", "Vertraagd", "Verspätet", "Late"],
            Self::Postponed => ["Reporté", "Uitgesteld", "Verschoben", "Postponed"],
            Self::Cancelled => ["Abandonné", "Geschrapt", "Aufgegeben", "Cancelled"],
            Self::Merged => ["Fusionné", "Samengevoegd", "Zusammengelegt", "Merged"],
            Self::OutOfScope => ["Hors plan", "Buiten het plan", "Außerhalb des Plans", "Out of scope"],
            Self::Undefined => ["Non précisé", "Niet vermeld", "Ohne Angabe", "Not specified"],
        };
        match lang {
            Language::Fr => fr,
            Language::Nl => nl,
            Language::De => de,
            Language::En => en,
        }
    }

    /// Inverse of [`MeasureStatus::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_a_label_of_its_own_in_each_language() {
        for lang in Language::ALL {
            let mut labels = MeasureStatus::ALL.map(|status| status.label(lang)).to_vec();
            labels.sort_unstable();
            labels.dedup();
            assert_eq!(labels.len(), MeasureStatus::ALL.len(), "{lang}");
        }
    }
}
