//! Statuses, as editors write them and as every plan has them.

use serde::{Deserialize, Serialize};

use super::title;
use crate::fold::{fold, nearest, tidy};

/// How far a measure is. The names are those of Kausal Watch and Decidim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MeasureStatus {
    /// Not begun.
    NotStarted,
    /// Under way.
    InProgress,
    /// Done.
    Completed,
    /// Behind its time.
    Late,
    /// Put off.
    Postponed,
    /// Given up.
    Cancelled,
    /// Taken into another measure.
    Merged,
    /// No longer part of the plan.
    OutOfScope,
    /// Not understood.
    Undefined,
}

impl MeasureStatus {
    /// Every status, in the order in which they are counted.
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

    /// The name in upper case, as it is stored.
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

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What editors write, in French, Dutch, English and German. Compared folded.
const WRITTEN: &[(&str, MeasureStatus)] = &[
    ("Réalisé", MeasureStatus::Completed),
    ("Réalisée", MeasureStatus::Completed),
    ("En cours", MeasureStatus::InProgress),
    ("À faire", MeasureStatus::NotStarted),
    ("Reporté", MeasureStatus::Postponed),
    ("En retard", MeasureStatus::Late),
    ("Abandonné", MeasureStatus::Cancelled),
    ("Annulé", MeasureStatus::Cancelled),
    ("Fusionné", MeasureStatus::Merged),
    ("Hors plan", MeasureStatus::OutOfScope),
    ("Gerealiseerd", MeasureStatus::Completed),
    ("Lopend", MeasureStatus::InProgress),
    ("In uitvoering", MeasureStatus::InProgress),
    ("Te doen", MeasureStatus::NotStarted),
    ("Uitgesteld", MeasureStatus::Postponed),
    ("Vertraagd", MeasureStatus::Late),
    ("Geannuleerd", MeasureStatus::Cancelled),
    ("Stopgezet", MeasureStatus::Cancelled),
    ("Samengevoegd", MeasureStatus::Merged),
    ("Done", MeasureStatus::Completed),
    ("Completed", MeasureStatus::Completed),
    ("In progress", MeasureStatus::InProgress),
    ("To do", MeasureStatus::NotStarted),
    ("Not started", MeasureStatus::NotStarted),
    ("Postponed", MeasureStatus::Postponed),
    ("Late", MeasureStatus::Late),
    ("Cancelled", MeasureStatus::Cancelled),
    ("Merged", MeasureStatus::Merged),
    ("Erledigt", MeasureStatus::Completed),
    ("In Arbeit", MeasureStatus::InProgress),
    ("Laufend", MeasureStatus::InProgress),
    ("Zu erledigen", MeasureStatus::NotStarted),
    ("Verschoben", MeasureStatus::Postponed),
    ("Verspätet", MeasureStatus::Late),
    ("Abgebrochen", MeasureStatus::Cancelled),
    ("Zusammengelegt", MeasureStatus::Merged),
];

/// The programmes that a status may begin with.
const PROGRAMMES: [&str; 1] = ["PPS"];

/// The last cell of a measure's row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatusCell {
    /// What it means.
    pub(super) status: MeasureStatus,
    /// What was written, tidied, without footnote calls.
    pub(super) text: String,
    /// The programme before the status.
    pub(super) programme: Option<String>,
    /// The footnotes that it calls.
    pub(super) calls: Vec<u32>,
    /// The status that an unknown one resembles.
    pub(super) nearest: Option<&'static str>,
}

pub(super) fn read(cell: &str) -> StatusCell {
    let (without_calls, calls) = title::take_calls(cell);
    let text =
        tidy(without_calls.trim_matches(|character: char| character == '*' || character.is_whitespace()));
    let (first, rest) = text.split_once(' ').unwrap_or((&text, ""));
    let programme = PROGRAMMES.into_iter().find(|programme| programme.eq_ignore_ascii_case(first));
    let written = if programme.is_some() { rest } else { &text };
    let folded = fold(written);
    let status = WRITTEN.iter().find(|(name, _)| fold(name) == folded).map(|(_, status)| *status);
    let nearest = match status {
        Some(_) => None,
        None => nearest(written, WRITTEN.iter().map(|(name, _)| *name)),
    };
    StatusCell {
        status: status.unwrap_or(MeasureStatus::Undefined),
        programme: programme.map(str::to_owned),
        text: text.clone(),
        calls,
        nearest,
    }
}

/// Whether a cell is the header of the status column.
pub(super) fn is_header(cell: &str) -> bool {
    matches!(fold(cell.trim_matches('*')).as_str(), "statut" | "status" | "etat" | "stand")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_spaces_do_not_count() {
        for written in ["À faire", "A faire", "à  FAIRE", "Te doen", "To do"] {
            assert_eq!(read(written).status, MeasureStatus::NotStarted, "{written}");
        }
        assert_eq!(read("PPS  en cours").text, "PPS en cours");
    }

    #[test]
    fn a_programme_comes_before_the_status() {
        let cell = read("PPS <sup>1</sup> En cours");
        assert_eq!(cell.programme.as_deref(), Some("PPS"));
        assert_eq!(
            (cell.status, cell.text.as_str(), cell.calls),
            (MeasureStatus::InProgress, "PPS En cours", vec![1])
        );
    }

    #[test]
    fn an_unknown_status_names_the_nearest() {
        assert_eq!(read("Realis").nearest, Some("Réalisé"));
        assert_eq!(read("Bientôt").status, MeasureStatus::Undefined);
        assert_eq!(read("Bientôt").nearest, None);
    }

    #[test]
    fn every_written_form_is_its_own_nearest() {
        for (written, status) in WRITTEN {
            assert_eq!(read(written).status, *status, "{written}");
        }
    }
}
