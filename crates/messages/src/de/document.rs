//! German: the file, its front matter and its contract.

use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{bytes_of, contract_problem, fact, meant, yaml_problem};
use crate::sentence::{LocalizedMessage, example_of_fact, example_of_field, say, short, short_path};

pub(super) fn file(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("Der Dienst kann diese Datei nicht öffnen (Antwort des Systems: {}).", short(reason)),
            "Speichern Sie die Datei noch einmal. Kommt diese Meldung wieder, bitten Sie die Betreuung des Dienstes, \
             die Zugriffsrechte der Datei zu prüfen.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!(
                "Die Datei ist {} groß. Ein Dokument darf höchstens {} groß sein.",
                bytes_of(*bytes),
                bytes_of(*limit)
            ),
            "Verteilen Sie den Text auf mehrere Dateien, oder entfernen Sie, was kein Text ist.",
        ),
        DiagnosticKind::Binary => say(
            "Diese Datei enthält keinen einfachen Text. Vielleicht ist sie ein Word-Dokument oder ein Bild.",
            "Wählen Sie in Word „Speichern unter“ und dann den Dateityp „Nur Text (.txt)“.",
        ),
        DiagnosticKind::UnknownEncoding => say(
            "Die Buchstaben dieser Datei lassen sich nicht lesen: Ihre Codierung ist unbekannt.",
            "Wählen Sie „Speichern unter“ und dann die Codierung „UTF-8“. Word bietet sie nach dem Dateityp „Nur Text \
             (.txt)“ an.",
        ),
        DiagnosticKind::Transcoded { encoding } => say(
            format!("Diese Datei verwendet die Codierung „{encoding}“. Ihre Buchstaben wurden umgewandelt."),
            "Prüfen Sie die Umlaute und Akzente auf der Seite. Um die Umwandlung zu vermeiden, speichern Sie die Datei \
             mit der Codierung „UTF-8“.",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => say(
            format!(
                "Diese Datei enthält beschädigte Zeichen: {replaced}. Das Zeichen „\u{FFFD}“ ersetzt sie."
            ),
            "Suchen Sie „\u{FFFD}“ auf der Seite. Tippen Sie diese Zeichen in der Datei neu, und speichern Sie sie mit \
             der Codierung „UTF-8“.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::UnclosedFrontMatter => say(
            "Der Dateikopf beginnt mit einer Zeile „---“, wird aber nicht geschlossen.",
            "Fügen Sie nach dem letzten Feld des Dateikopfs eine Zeile „---“ ein.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => say(
            format!(
                "Der Dateikopf ist {} groß. Er darf höchstens {} groß sein.",
                bytes_of(*bytes as u64),
                bytes_of(*limit as u64)
            ),
            "Lassen Sie nur die Felder im Dateikopf. Verschieben Sie den Text unter die zweite Zeile „---“.",
        ),
        DiagnosticKind::InvalidFrontMatter { problem } => say(
            format!("Der Dateikopf ist an dieser Stelle nicht verständlich: {}.", yaml_problem(problem)),
            "Schreiben Sie ein Feld pro Zeile: „name: Mein Titel“. Enthält der Wert einen Doppelpunkt, setzen Sie ihn \
             in gerade Anführungszeichen: „name: \"Rad: der Plan\"“.",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!(
                "Die Einstellungsdatei „{}“ ist in Zeile {line} nicht verständlich: {}.",
                short_path(path),
                yaml_problem(problem)
            ),
            "Korrigieren Sie diese Zeile, zum Beispiel „lang: de“. Bis dahin bleibt von jedem Dokument die letzte gute \
             Fassung online.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say(
            "Der Kopf beginnt nicht in der ersten Zeile der Datei. Er wird trotzdem gelesen.",
            "Löschen Sie die leeren Zeilen über der ersten Zeile „---“.",
        ),
        DiagnosticKind::TomlFrontMatter => say(
            "Der Kopf steht zwischen Zeilen „+++“. Nur seine einfachen Felder werden gelesen.",
            "Ersetzen Sie „+++“ durch „---“ und schreiben Sie jedes Feld so: „title: Mein Titel“.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter_field(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::InvalidField { field, value } => say(
            format!(
                "Das Feld „{field}“ im Dateikopf kann nicht „{}“ enthalten. Es wird ignoriert.",
                short(value)
            ),
            format!("Schreiben Sie zum Beispiel „{}“.", example_of_field(field)),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => say(
            format!("Den Dokumenttyp „{}“ gibt es nicht. Das Feld „kind“ wird ignoriert.", short(value)),
            nearest.map_or_else(
                || "Schreiben Sie „kind: plan“, „kind: page“ oder „kind: support-service“.".into(),
                |nearest| meant(&format!("kind: {nearest}")),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => say(
            format!("Die Sprache „{}“ ist nicht bekannt. Das Feld „lang“ wird ignoriert.", short(value)),
            "Schreiben Sie „lang: fr“, „lang: nl“, „lang: de“ oder „lang: en“.",
        ),
        DiagnosticKind::FieldInCapitals { field, expected } => say(
            format!(
                "Das Feld „{}“ im Kopf hat Großbuchstaben. Es wird als „{expected}“ gelesen.",
                short(field)
            ),
            format!("Schreiben Sie „{expected}:“ mit kleinen Buchstaben."),
        ),
        DiagnosticKind::Draft { until: Some(date) } => say(
            format!(
                "Dieses Dokument ist nicht online: Sein Datum ist {}. Es erscheint an diesem Tag von selbst.",
                short(date)
            ),
            "Löschen Sie das Datum im Kopf oder schreiben Sie ein vergangenes Datum, um es jetzt zu veröffentlichen.",
        ),
        DiagnosticKind::Draft { until: None } => say(
            "Dieses Dokument ist ein Entwurf. Es ist nicht online.",
            "Löschen Sie „draft: true“, „published: false“ oder „status: draft“ im Kopf, um es zu veröffentlichen.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn contract(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::DuplicateSlug { slug, other } => say(
            format!(
                "Eine andere Seite auf Deutsch hat dieselbe Adresse „{}“: die Datei „{}“.",
                short(slug),
                short_path(other)
            ),
            format!(
                "Fügen Sie im Dateikopf einer der beiden eine andere Adresse ein, zum Beispiel „slug: {}-2“.",
                short(slug)
            ),
        ),
        DiagnosticKind::MissingServiceField { field } => say(
            format!("{} der Fachstelle wurde auf der Seite nicht gefunden (Feld „{field}“).", fact(field)),
            format!(
                "Fügen Sie im Dateikopf eine Zeile „supportService:“ ein, wenn sie fehlt. Tippen Sie darunter zwei Leerzeichen und dann „{}“.",
                example_of_fact(field, "Ihr Text")
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("Das Feld „{}“ fehlt. Der Ordner dieses Dokuments verlangt es.", short(field)),
            format!("Schreiben Sie in den Dateikopf zum Beispiel „{}“.", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!(
                "Das Feld „{}“ ist nicht bekannt, und das Feld „{}“ fehlt.",
                short(field),
                short(expected)
            ),
            format!("Schreiben Sie stattdessen „{}:“.", short(expected)),
        ),
        DiagnosticKind::ContractValue { field, value, example } => say(
            format!("Das Feld „{}“ kann in diesem Ordner nicht „{}“ enthalten.", short(field), short(value)),
            format!("Schreiben Sie zum Beispiel „{}“.", short(example)),
        ),
        DiagnosticKind::ContractInvalid { problem } => say(
            format!("Der Vertrag des Ordners wird nicht verstanden: {}.", contract_problem(problem)),
            "Beschreiben Sie jedes Feld so: „properties: {date: {type: string, format: date}}“. Bis dahin werden die Dokumente nicht geprüft.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn held(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!(
                "Zwei Maßnahmen einer Kategorie haben jetzt die Kennung „{}“ (die zweite in Zeile {line}). Die vorige Fassung bleibt online.",
                short(label)
            ),
            format!(
                "Geben Sie einer von beiden eine andere Kennung. Sind beide gewollt, legen Sie neben das Dokument eine leere Datei mit dem Namen „{}“.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => say(
            format!(
                "Maßnahmen, die diese Fassung entfernen würde: {removed} von {total} ({}). Die vorige Fassung bleibt online.",
                short(numbers)
            ),
            format!(
                "Ist das gewollt, legen Sie neben das Dokument eine leere Datei mit dem Namen „{}“. Sonst korrigieren Sie das Dokument.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::PageHeld { confirmation_file } => say(
            "Diese Version hat keinen Text mehr. Die vorige Version bleibt online.",
            format!(
                "Wenn das so sein soll, legen Sie neben das Dokument eine leere Datei mit dem Namen „{}“. Sonst stellen Sie den Text wieder her.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "Gleichzeitig verschwundene Dokumente: {removed} von {total}, auch dieses. Sie bleiben vorerst online."
            ),
            format!(
                "Legen Sie sie in den Ordner zurück. Wollen Sie sie entfernen, legen Sie dort eine leere Datei mit dem Namen „{}“ ab.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ReaderFailed => say(
            "Der Dienst konnte dieses Dokument nicht lesen. Der Fehler liegt am Dienst, nicht an Ihrem Text.",
            "Melden Sie es der Betreuung des Dienstes: Die Einzelheiten stehen in seinem Protokoll.",
        ),
        _ => return None,
    };
    Some(message)
}
