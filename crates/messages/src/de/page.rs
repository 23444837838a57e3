//! German: text, links and images of pages.

use passerelle_model::asset::has_known_type;
use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{meant, name_of};
use crate::sentence::{LocalizedMessage, is_in_files, say, short, short_path};

pub(super) fn shortcode(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::UnclosedShortcode { mark, end } => say(
            format!("Der Block „{}“ ist nicht geschlossen.", short(mark)),
            format!("Fügen Sie am Ende des Blocks „{}“ ein.", short(end)),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => say(
            format!("„{}“ schließt einen Block, der nicht offen ist.", short(end)),
            nearest.as_deref().map_or_else(
                || {
                    format!(
                        "Entfernen Sie „{}“, oder fügen Sie weiter oben den Anfang des Blocks ein.",
                        short(end)
                    )
                },
                meant,
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => say(
            format!("„{}“ kommt zu spät: Der Block darum herum ist schon geschlossen.", short(end)),
            format!("Setzen Sie „{}“ vor das Ende des Blocks darum herum.", short(end)),
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => say(
            format!("Die Anweisung „{}“ ist nicht bekannt. Sie hat keine Wirkung.", short(name)),
            meant(nearest),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => say(
            format!(
                "Die Anweisung „{}“ hat keinen Parameter „{}“. Dieser Parameter hat keine Wirkung.",
                short(name),
                short(argument)
            ),
            meant(nearest),
        ),
        DiagnosticKind::InvalidArguments { name } => say(
            format!("Die Parameter der Anweisung „{}“ sind nicht verständlich.", short(name)),
            "Schreiben Sie sie so: „url=\"teich\", type=\"internal\"“. Schließen Sie jedes Anführungszeichen und jede \
             Klammer.",
        ),
        DiagnosticKind::UnterminatedShortcode => say(
            "Auf das Zeichen „{%“ folgt kein „%}“. Der Text bleibt, wie er ist.",
            "Fügen Sie am Ende der Anweisung „%}“ ein.",
        ),
        DiagnosticKind::UnknownCollectionOption { option } => say(
            format!("Die Seitenliste kennt „{}“ nicht. Diese Einstellung wird ignoriert.", short(option)),
            "Schreiben Sie „tag“ zum Filtern. Schreiben Sie „order“, „title“, „createdAt“ oder „updatedAt“ zum \
             Sortieren.",
        ),
        DiagnosticKind::UnclosedBox { label } => say(
            format!(
                "Der Kasten „{}“ ist nicht geschlossen. Er reicht bis zur nächsten Überschrift.",
                short(label)
            ),
            format!("Fügen Sie am Ende des Kastens eine Zeile „____{}____“ ein.", short(label)),
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn text(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!("Mehr als {limit} Blöcke stecken ineinander. Von den weiteren bleibt nur der Text."),
            "Schließen Sie die Blöcke, die fertig sind, zum Beispiel mit „{% endgrid %}“ oder „:::“.",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "Diese Stelle enthält mehr Formatzeichen als Text. Sie bleibt, wie sie ist.",
            "Entfernen Sie die überflüssigen Zeichen, zum Beispiel Reihen von „*“ oder „>“.",
        ),
        DiagnosticKind::UnclosedComment => say(
            "Ein Kommentar beginnt mit „<!--“, wird aber nicht geschlossen. Der Text danach erscheint.",
            "Schreiben Sie „-->“ ans Ende des Kommentars.",
        ),
        DiagnosticKind::MissingNote { name } => say(
            format!(
                "Der Text verweist auf die Fußnote „{}“, aber es gibt sie nicht. Der Verweis erscheint nicht.",
                short(name)
            ),
            format!(
                "Fügen Sie eine Zeile „[^{}]: Text der Fußnote“ hinzu, oder löschen Sie den Verweis.",
                short(name)
            ),
        ),
        DiagnosticKind::UnusedNote { name } => say(
            format!("Nichts verweist auf die Fußnote „{}“. Ihr Text bleibt an seiner Stelle.", short(name)),
            format!(
                "Schreiben Sie „[^{}]“ an die Stelle im Text, die auf die Fußnote verweist.",
                short(name)
            ),
        ),
        DiagnosticKind::TemplateExpression { expression } => say(
            format!(
                "Der Wert von „{}“ ist nicht bekannt. An dieser Stelle erscheint nichts.",
                short(expression)
            ),
            "Schreiben Sie den Text selbst, oder geben Sie den Wert im Kopf an, unter „templateValues:“.",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(
            format!(
                "Der Text hängt von der Bedingung „{}“ ab. Nur der Text nach Zeile {line} erscheint.",
                short(condition)
            ),
            "Behalten Sie nur den gewünschten Text und löschen Sie die Zeichen „{% if %}“ und „{% endif %}“.",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(
            format!("Der Text hängt von der Bedingung „{}“ ab. Nichts davon erscheint.", short(condition)),
            "Behalten Sie nur den gewünschten Text und löschen Sie die Zeichen „{% if %}“ und „{% endif %}“.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn link(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LinkWithoutTarget => say(
            "Dieser Link hat keine Adresse, oder seine Adresse ist nicht erlaubt. Nur sein Text ist online.",
            "Geben Sie eine Adresse an, zum Beispiel „https://beispiel.be“. Für eine Seite der Website: „teich.md“.",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("Die Adresse „{}“ ist nicht erlaubt. Nur der Text ist online.", short(address)),
            "Legen Sie die Datei in den Ordner und geben Sie ihren Pfad an, zum Beispiel „_files/dokument.pdf“. Die Adresse einer anderen Website beginnt mit „https://“.",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(
            format!("Die Adresse „{}“ ist nicht vollständig. Der Dienst hat sie ergänzt.", short(address)),
            format!("Schreiben Sie „{}“.", short(corrected)),
        ),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("Der Link führt zu „{}“, aber diese Seite gibt es nicht auf Deutsch.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "Diese Seite gibt es auf {}. Fügen Sie eine deutsche Seite mit „translationKey: {}“ hinzu, oder entfernen Sie den Link.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => {
                    "Übernehmen Sie den Schlüssel der richtigen Seite: Er steht in ihrem Dateikopf nach \
                                 „translationKey:“."
                        .into()
                }
            },
        ),
        DiagnosticKind::BrokenAnchor { anchor, nearest } => say(
            format!(
                "Der Link führt zur Überschrift „{}“, aber diese Seite hat diese Überschrift nicht.",
                short(anchor)
            ),
            nearest.as_deref().map_or_else(
                || "Übernehmen Sie in den Link genau den Text einer Überschrift dieser Seite.".into(),
                meant,
            ),
        ),
        DiagnosticKind::BrokenPageAnchor { anchor, page, nearest } => say(
            format!(
                "Der Link führt zur Überschrift „{}“, aber die Seite „{}“ hat diese Überschrift nicht.",
                short(anchor),
                short(page)
            ),
            nearest.as_deref().map_or_else(
                || "Übernehmen Sie in den Link genau den Text einer Überschrift der anderen Seite.".into(),
                meant,
            ),
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn asset(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingFile { path } if !is_in_files(path) => say(
            format!("Die Datei „{}“ ist nicht online: nur ein Ordner „_files“ ist es.", short_path(path)),
            "Legen Sie die Datei in einen Ordner „_files“ neben der Seite, und nennen Sie sie so im Link: „_files/plan.pdf“.",
        ),
        DiagnosticKind::MissingFile { path } if !has_known_type(path) => say(
            format!("Die Datei „{}“ ist von einer Art, die nicht online gestellt wird.", short_path(path)),
            "Speichern Sie die Datei als PDF im selben Ordner, und korrigieren Sie ihren Namen im Link.",
        ),
        DiagnosticKind::MissingFile { path } => say(
            format!("Die Datei „{}“ gibt es nicht.", short_path(path)),
            "Legen Sie die Datei an diese Stelle, oder korrigieren Sie ihren Namen im Link.",
        ),
        DiagnosticKind::ImageWithoutSource => say(
            "Dieses Bild nennt keine Datei, oder seine Adresse ist nicht erlaubt. Es ist nicht online.",
            "Nennen Sie die Datei des Bildes: „src=\"/_images/foto.jpg\"“.",
        ),
        DiagnosticKind::MissingImage { path } => say(
            format!("Das Bild „{}“ gibt es nicht.", short_path(path)),
            "Legen Sie das Bild an diese Stelle, oder korrigieren Sie seinen Namen.",
        ),
        DiagnosticKind::MissingExternalImage { path } => say(
            format!(
                "Das Bild „{}“ liegt nicht in diesem Ordner, der keine Bilder enthält.",
                short_path(path)
            ),
            "Liegen Ihre Bilder auf einem anderen Server, ändern Sie nichts. Sonst legen Sie das Bild an diese Stelle.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!(
                "Das Bild „{}“ hat keinen Alternativtext. Blinde Menschen brauchen ihn.",
                short_path(src)
            ),
            "Fügen Sie eine Beschreibung hinzu: „alt=\"Kinder am Rand des Teichs\"“. Bei einem Bild „![]“ steht sie zwischen den Klammern.",
        ),
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!(
                    "Diese Datei ist eine Kopie von „{name}“, die ein Programm angelegt hat. Sie ist nicht online, solange das Original existiert."
                ),
                format!(
                    "Übernehmen Sie Ihre Änderungen in „{name}“ und löschen Sie diese Datei. Ist es ein anderes Dokument, benennen Sie es um."
                ),
            )
        }
        _ => return None,
    };
    Some(message)
}
