//! German: plans, and tables of measures.

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::language::Language;

use super::words::{bytes_of, meant};
use crate::sentence::{LocalizedMessage, say, short, status_word};

pub(super) fn plan(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::PlanWithoutMeasures => say(
            "Dieser Plan enthält keine Maßnahme.",
            "Geben Sie die Maßnahmen in einer Tabelle mit Kopfzeile an, zum Beispiel „Maßnahme“ und „Status“, oder entfernen Sie „kind: plan“ aus dem Kopf der Datei.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!(
                "Dieser Ordner hat mehr als {limit} Dateien mit Maßnahmen. Die letzte gute Fassung des Plans bleibt online."
            ),
            "Verteilen Sie die Maßnahmen auf mehrere Ordner, jeder mit einer Datei „plan.yaml“.",
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!(
                "Die Maßnahme „{}“ hat keinen Titel. An seiner Stelle ist ein Strich online.",
                short(label)
            ),
            "Schreiben Sie den Titel der Maßnahme in ihre Zeile.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!(
                "Diese Datei ist als Seite online, ähnelt aber einem Plan mit {count} Maßnahmen ({}).",
                short(seen)
            ),
            "Ist sie ein Plan, schreiben Sie „kind: plan“ in den Kopf der Datei, zwischen zwei Zeilen „---“. Wenn nicht, schreiben Sie „kind: page“.",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "Das Dokument endet mitten in dieser Maßnahme.",
            "Vervollständigen Sie die Zeile (Nummer, Titel, Status), oder legen Sie die ganze Datei neu ab.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "Diese Maßnahme steht vor der ersten Achse. Sie kommt in eine Achse ohne Nummer.",
            "Fügen Sie darüber die Überschrift ihrer Achse ein, zum Beispiel „## ACHSE 1: Mobilität“.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn duplicate(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Zwei Maßnahmen haben die Nummer {number}. Die erste steht in Zeile {first_line}."),
            "Geben Sie einer der beiden eine andere Nummer.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!(
                "Zwei Maßnahmen haben die Kennung „{}“. Die andere steht in Zeile {other_line}. Die zweite ist als „{}“ online.",
                short(label),
                short(given)
            ),
            "Geben Sie einer von beiden eine andere Kennung.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!(
                "Die Kennung „{}“ steht auch in „{}“. Die zweite Maßnahme ist als „{}“ online.",
                short(label),
                short(other),
                short(given)
            ),
            "Geben Sie einer von beiden in ihrer Datei eine andere Kennung.",
        ),
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Zwei Überschriften des Plans haben dieselbe Kennung: „{}“.", short(path)),
            "Geben Sie einer der beiden eine andere Nummer oder einen anderen Buchstaben.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn measure(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingStatus { number } => say(
            format!("Maßnahme {number} hat keinen Status."),
            "Schreiben Sie „Zu erledigen“, „In Arbeit“ oder „Erledigt“ in die Spalte des Status, oder nach einem Tabulator (Tab-Taste) ans Ende der Zeile.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => say(
            format!("Der Status „{}“ ist nicht bekannt.", short(value)),
            nearest.and_then(|status| status_word(status, Language::De)).map_or_else(
                || "Schreiben Sie zum Beispiel „Zu erledigen“, „In Arbeit“ oder „Erledigt“.".into(),
                meant,
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => say(
            format!(
                "Das Sternchen (*) von Maßnahme {number} zeigt eine Wiederholung an, aber keine andere Maßnahme hat denselben Text."
            ),
            nearest.map_or_else(
                || "Entfernen Sie das Sternchen, oder geben Sie der wiederholten Maßnahme denselben Text.".into(),
                |nearest| {
                    format!(
                        "Maßnahme {nearest} hat den ähnlichsten Text. Geben Sie beiden denselben Text, oder entfernen Sie das Sternchen."
                    )
                },
            ),
        ),
        DiagnosticKind::MissingFootnote { number } => say(
            format!("Der Text verweist auf Fußnote {number}, aber diese Fußnote gibt es nicht."),
            format!(
                "Fügen Sie eine Zeile „<sup>{number}</sup> Text der Fußnote“ ein, oder entfernen Sie den Verweis."
            ),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => say(
            format!(
                "Die Überschrift „{}“ steht anders im Inhaltsverzeichnis: „{}“.",
                short(heading),
                short(entry)
            ),
            "Schreiben Sie an beiden Stellen denselben Text.",
        ),
        DiagnosticKind::UnrecognizedRow => say(
            "Diese Zeile ist weder eine Maßnahme noch der Titel einer Gruppe. Sie ist nicht online.",
            "Füllen Sie bei einer Maßnahme Nummer und Titel aus. Lassen Sie bei einer Gruppe nur den Titel in der Zeile, fett: „**Titel**“.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn spreadsheet(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("In dieser Tabelle wurden keine Maßnahmen erkannt. Gelesene Spalten: {}.", short(seen)),
            "Geben Sie jeder Spalte in der ersten Zeile einen Namen, zum Beispiel „Nr.“, „Maßnahme“, „Zuständig“ und „Status“. Ist sie kein Plan, legen Sie die Datei in einen Ordner „_files“.",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!(
                "Diese Tabelle hat mehr als {limit} Zeilen oder zu viele Spalten. Die letzte gute Fassung bleibt online."
            ),
            "Behalten Sie nur die Zeilen und Spalten der Maßnahmen. Löschen Sie formatierte leere Zeilen unter der Tabelle.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!(
                "Entpackt ist diese Excel-Datei größer als {}. Die letzte gute Fassung bleibt online.",
                bytes_of(*limit)
            ),
            "Behalten Sie nur das Blatt mit den Maßnahmen, oder speichern Sie es mit dem Dateityp „CSV UTF-8“.",
        ),
        DiagnosticKind::SpreadsheetProtected => say(
            "Diese Excel-Datei hat ein Kennwort oder das Format von Excel 2003. Sie kann nicht gelesen werden.",
            "Entfernen Sie das Kennwort, und speichern Sie die Datei mit dem Dateityp „Excel-Arbeitsmappe (.xlsx)“.",
        ),
        DiagnosticKind::SpreadsheetDamaged => say(
            "Diese Excel-Datei ist unvollständig oder beschädigt. Die letzte gute Fassung bleibt online.",
            "Öffnen Sie die Datei in Excel, speichern Sie sie mit dem Dateityp „Excel-Arbeitsmappe (.xlsx)“, und legen Sie sie neu ab.",
        ),
        DiagnosticKind::MissingSheet { sheet, sheets } => say(
            format!("Diese Excel-Datei hat kein Blatt „{}“. Ihre Blätter: {}.", short(sheet), short(sheets)),
            "Korrigieren Sie den Namen nach „sheet:“ in der Einstellungsdatei des Ordners, oder benennen Sie das Blatt um.",
        ),
        DiagnosticKind::UnclosedCell { line } => say(
            format!(
                "Eine Zelle beginnt mit einem geraden Anführungszeichen und wird nie geschlossen. Ihre Zeile beginnt in Zeile {line}."
            ),
            "Schließen Sie das Anführungszeichen (\") am Ende dieser Zelle, oder speichern Sie die Datei neu aus der Tabellenkalkulation.",
        ),
        DiagnosticKind::SpreadsheetFormulas => say(
            "Diese Excel-Datei enthält Formeln. Ihre zuletzt gespeicherten Werte sind online.",
            "Speichern Sie die Datei nach jeder Änderung in Excel, damit die Werte stimmen.",
        ),
        DiagnosticKind::SpreadsheetMacros => say(
            "Diese Excel-Datei enthält Makros. Der Dienst führt sie nicht aus.",
            "Sie können die Datei ohne Makros speichern, mit dem Dateityp „Excel-Arbeitsmappe (.xlsx)“.",
        ),
        _ => return None,
    };
    Some(message)
}
