//! Statuses, as editors write them and as every plan has them.

use std::collections::HashMap;
use std::sync::LazyLock;

use passerelle_model::plan::MeasureStatus;
use passerelle_text::fold::{fold, nearest, tidy};

use super::title;

/// What editors write, in French, Dutch, English and German. Compared folded.
const WRITTEN: &[(&str, MeasureStatus)] = &[
    ("Réalisé", MeasureStatus::Completed),
    ("Terminé", MeasureStatus::Completed),
    ("Achevé", MeasureStatus::Completed),
    ("En cours", MeasureStatus::InProgress),
    ("À faire", MeasureStatus::NotStarted),
    ("Non commencé", MeasureStatus::NotStarted),
    ("Pas commencé", MeasureStatus::NotStarted),
    ("Reporté", MeasureStatus::Postponed),
    ("En retard", MeasureStatus::Late),
    ("Abandonné", MeasureStatus::Cancelled),
    ("Annulé", MeasureStatus::Cancelled),
    ("Fusionné", MeasureStatus::Merged),
    ("Hors plan", MeasureStatus::OutOfScope),
    ("Gerealiseerd", MeasureStatus::Completed),
    ("Afgerond", MeasureStatus::Completed),
    ("Voltooid", MeasureStatus::Completed),
    ("Lopend", MeasureStatus::InProgress),
    ("In uitvoering", MeasureStatus::InProgress),
    ("Bezig", MeasureStatus::InProgress),
    ("Te doen", MeasureStatus::NotStarted),
    ("Nog te doen", MeasureStatus::NotStarted),
    ("Niet gestart", MeasureStatus::NotStarted),
    ("Uitgesteld", MeasureStatus::Postponed),
    ("Vertraagd", MeasureStatus::Late),
    ("Geannuleerd", MeasureStatus::Cancelled),
    ("Stopgezet", MeasureStatus::Cancelled),
    ("Samengevoegd", MeasureStatus::Merged),
    ("Buiten plan", MeasureStatus::OutOfScope),
    ("Done", MeasureStatus::Completed),
    ("Completed", MeasureStatus::Completed),
    ("Finished", MeasureStatus::Completed),
    ("In progress", MeasureStatus::InProgress),
    ("Ongoing", MeasureStatus::InProgress),
    ("To do", MeasureStatus::NotStarted),
    ("Not started", MeasureStatus::NotStarted),
    ("Postponed", MeasureStatus::Postponed),
    ("Late", MeasureStatus::Late),
    ("Delayed", MeasureStatus::Late),
    ("Cancelled", MeasureStatus::Cancelled),
    ("Canceled", MeasureStatus::Cancelled),
    ("Merged", MeasureStatus::Merged),
    ("Out of scope", MeasureStatus::OutOfScope),
    ("Erledigt", MeasureStatus::Completed),
    ("Abgeschlossen", MeasureStatus::Completed),
    ("In Arbeit", MeasureStatus::InProgress),
    ("Laufend", MeasureStatus::InProgress),
    ("Begonnen", MeasureStatus::InProgress),
    ("Zu erledigen", MeasureStatus::NotStarted),
    ("Offen", MeasureStatus::NotStarted),
    ("Verschoben", MeasureStatus::Postponed),
    ("Verspätet", MeasureStatus::Late),
    ("Abgebrochen", MeasureStatus::Cancelled),
    ("Zusammengelegt", MeasureStatus::Merged),
    ("Außerhalb des Plans", MeasureStatus::OutOfScope),
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

/// Reads the cell of a status.
pub(super) fn read(cell: &str) -> StatusCell {
    let (without_calls, calls) = title::take_calls(cell);
    let text = tidy(&title::unwrap(&without_calls.replace('*', "")).0);
    let (programme, written) = parts(&text);
    let status = meaning(written);
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

/// Whether a cell is a status of the list.
pub(super) fn is_known(cell: &str) -> bool {
    if cell.len() > LONGEST {
        return false;
    }
    let text = tidy(&title::unwrap(&title::take_calls(cell).0.replace('*', "")).0);
    meaning(parts(&text).1).is_some()
}

/// The longest cell that can be a status, in bytes, with its marks.
const LONGEST: usize = 120;

/// The programme before a status, and the status.
fn parts(text: &str) -> (Option<&'static str>, &str) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let first = first.trim_end_matches(':');
    let programme = PROGRAMMES.into_iter().find(|programme| programme.eq_ignore_ascii_case(first));
    let written = if programme.is_some() { rest.trim_start_matches([':', '-', '–', ' ']) } else { text };
    (programme, written)
}

/// What agrees with the noun in French, folded: `Réalisé(e)s`. The longest first.
const AGREEMENTS: [&str; 11] = ["(e)(s)", "·e·s", ".e.s", "(e)s", "(es)", "(e)", "(s)", "·e", "es", "e", "s"];

/// What a status means, whatever its case, its accents and what agrees in it.
fn meaning(written: &str) -> Option<MeasureStatus> {
    static BY_NAME: LazyLock<HashMap<String, MeasureStatus>> =
        LazyLock::new(|| WRITTEN.iter().map(|(name, status)| (fold(name), *status)).collect());
    if written.len() > LONGEST {
        return None;
    }
    let folded = fold(written);
    let folded = folded.trim_end_matches(['.', ' ']);
    let agreed = AGREEMENTS.iter().filter_map(|end| folded.strip_suffix(end));
    std::iter::once(folded).chain(agreed).find_map(|name| BY_NAME.get(name)).copied()
}

/// Whether a cell is the header of the status column.
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
    cell.len() <= LONGEST && HEADERS.contains(&fold(&cell.replace('*', "")).as_str())
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
    fn agreement_marks_and_points_do_not_count() {
        for written in
            ["Réalisée", "REALISEES", "Réalisé(e)(s)", "terminé·e·s", "**Réalisé**", "_Achevée_", "Réalisé."]
        {
            assert_eq!(read(written).status, MeasureStatus::Completed, "{written}");
            assert!(is_known(written), "{written}");
        }
        assert_eq!(read("Ausserhalb des Plans").status, MeasureStatus::OutOfScope);
        assert!(!is_known("Réalisé !") && !is_known("PPS") && !is_known("e"));
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
