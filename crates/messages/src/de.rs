//! German.
//!
//! | Term | German | Note |
//! | --- | --- | --- |
//! | axis, objective | Achse, Ziel | |
//! | measure, status | Maßnahme, Status | |
//! | heading | Überschrift | |
//! | footnote, its call | Fußnote, Verweis | |
//! | front matter, field | Dateikopf, Feld | the lines between the two `---` |
//! | shortcode, parameter | Anweisung, Parameter | `{% … %}` |
//! | paired shortcode, container | Block | |
//! | box | Kasten | |
//! | tab character | Tabulator (Tab-Taste) | |
//! | encoding | Codierung | the list in “Speichern unter” |
//! | alternative text | Alternativtext | |
//! | published | online | |
//!
//! Quotation marks are „ “.

use super::sentence::{
    LocalizedMessage, example_of_fact, example_of_field, say, short, short_path, size, status_word,
};
use passerelle_model::diagnostic::{ContractProblem, DiagnosticKind, YamlProblem};
use passerelle_model::language::Language;

#[expect(clippy::too_many_lines, reason = "one arm per kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("Der Dienst kann diese Datei nicht öffnen (Antwort des Systems: {}).", short(reason)),
            "Speichern Sie die Datei noch einmal. Kommt diese Meldung wieder, bitten Sie die Betreuung des Dienstes, \
             die Zugriffsrechte der Datei zu prüfen.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!("Die Datei ist {} groß. Ein Dokument darf höchstens {} groß sein.", bytes_of(*bytes), bytes_of(*limit)),
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
            format!("Diese Datei enthält beschädigte Zeichen: {replaced}. Das Zeichen „\u{FFFD}“ ersetzt sie."),
            "Suchen Sie „\u{FFFD}“ auf der Seite. Tippen Sie diese Zeichen in der Datei neu, und speichern Sie sie mit \
             der Codierung „UTF-8“.",
        ),
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
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!("Die Einstellungsdatei „{}“ ist in Zeile {line} nicht verständlich: {}.", short_path(path), yaml_problem(problem)),
            "Korrigieren Sie diese Zeile, zum Beispiel „lang: de“. Bis dahin bleibt von jedem Dokument die letzte gute \
             Fassung online.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say("Der Kopf beginnt nicht in der ersten Zeile der Datei. Er wird trotzdem gelesen.", "Löschen Sie die leeren Zeilen über der ersten Zeile „---“."),
        DiagnosticKind::TomlFrontMatter => say("Der Kopf steht zwischen Zeilen „+++“. Nur seine einfachen Felder werden gelesen.", "Ersetzen Sie „+++“ durch „---“ und schreiben Sie jedes Feld so: „title: Mein Titel“."),
        DiagnosticKind::FieldInCapitals { field, expected } => say(format!("Das Feld „{}“ im Kopf hat Großbuchstaben. Es wird als „{expected}“ gelesen.", short(field)), format!("Schreiben Sie „{expected}:“ mit kleinen Buchstaben.")),
        DiagnosticKind::Draft { until: Some(date) } => say(format!("Dieses Dokument ist nicht online: Sein Datum ist {}. Es erscheint an diesem Tag von selbst.", short(date)), "Löschen Sie das Datum im Kopf oder schreiben Sie ein vergangenes Datum, um es jetzt zu veröffentlichen."),
        DiagnosticKind::Draft { until: None } => say("Dieses Dokument ist ein Entwurf. Es ist nicht online.", "Löschen Sie „draft: true“, „published: false“ oder „status: draft“ im Kopf, um es zu veröffentlichen."),
        DiagnosticKind::PlanWithoutMeasures => say(
            "Dieser Plan enthält keine Maßnahme.",
            "Geben Sie die Maßnahmen in einer Tabelle mit Kopfzeile an, zum Beispiel „Maßnahme“ und „Status“, oder entfernen Sie „kind: plan“ aus dem Kopf der Datei.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Zwei Maßnahmen haben die Nummer {number}. Die erste steht in Zeile {first_line}."),
            "Geben Sie einer der beiden eine andere Nummer.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!("Zwei Maßnahmen haben die Kennung „{}“. Die andere steht in Zeile {other_line}. Die zweite ist als „{}“ online.", short(label), short(given)),
            "Geben Sie einer von beiden eine andere Kennung.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!("Die Kennung „{}“ steht auch in „{}“. Die zweite Maßnahme ist als „{}“ online.", short(label), short(other), short(given)),
            "Geben Sie einer von beiden in ihrer Datei eine andere Kennung.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!("Dieser Ordner hat mehr als {limit} Dateien mit Maßnahmen. Die letzte gute Fassung des Plans bleibt online."),
            "Verteilen Sie die Maßnahmen auf mehrere Ordner, jeder mit einer Datei „plan.yaml“.",
        ),
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!("Zwei Maßnahmen einer Kategorie haben jetzt die Kennung „{}“ (die zweite in Zeile {line}). Die vorige Fassung bleibt online.", short(label)),
            format!("Geben Sie einer von beiden eine andere Kennung. Sind beide gewollt, legen Sie neben das Dokument eine leere Datei mit dem Namen „{}“.", short_path(confirmation_file)),
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("Die Maßnahme „{}“ hat keinen Titel. An seiner Stelle ist ein Strich online.", short(label)),
            "Schreiben Sie den Titel der Maßnahme in ihre Zeile.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!("Diese Datei ist als Seite online, ähnelt aber einem Plan mit {count} Maßnahmen ({}).", short(seen)),
            "Ist sie ein Plan, schreiben Sie „kind: plan“ in den Kopf der Datei, zwischen zwei Zeilen „---“. Wenn nicht, schreiben Sie „kind: page“.",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "Das Dokument endet mitten in dieser Maßnahme.",
            "Vervollständigen Sie die Zeile (Nummer, Titel, Status), oder legen Sie die ganze Datei neu ab.",
        ),
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
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Zwei Überschriften des Plans haben dieselbe Kennung: „{}“.", short(path)),
            "Geben Sie einer der beiden eine andere Nummer oder einen anderen Buchstaben.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "Diese Maßnahme steht vor der ersten Achse. Sie kommt in eine Achse ohne Nummer.",
            "Fügen Sie darüber die Überschrift ihrer Achse ein, zum Beispiel „## ACHSE 1: Mobilität“.",
        ),
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("In dieser Tabelle wurden keine Maßnahmen erkannt. Gelesene Spalten: {}.", short(seen)),
            "Geben Sie jeder Spalte in der ersten Zeile einen Namen, zum Beispiel „Nr.“, „Maßnahme“, „Zuständig“ und „Status“. Ist sie kein Plan, legen Sie die Datei in einen Ordner „_files“.",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!("Diese Tabelle hat mehr als {limit} Zeilen oder zu viele Spalten. Die letzte gute Fassung bleibt online."),
            "Behalten Sie nur die Zeilen und Spalten der Maßnahmen. Löschen Sie formatierte leere Zeilen unter der Tabelle.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!("Entpackt ist diese Excel-Datei größer als {}. Die letzte gute Fassung bleibt online.", bytes_of(*limit)),
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
            format!("Eine Zelle beginnt mit einem geraden Anführungszeichen und wird nie geschlossen. Ihre Zeile beginnt in Zeile {line}."),
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
        DiagnosticKind::UnclosedShortcode { mark, end } => say(
            format!("Der Block „{}“ ist nicht geschlossen.", short(mark)),
            format!("Fügen Sie am Ende des Blocks „{}“ ein.", short(end)),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => say(
            format!("„{}“ schließt einen Block, der nicht offen ist.", short(end)),
            nearest.as_deref().map_or_else(
                || format!("Entfernen Sie „{}“, oder fügen Sie weiter oben den Anfang des Blocks ein.", short(end)),
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
            format!("Der Kasten „{}“ ist nicht geschlossen. Er reicht bis zur nächsten Überschrift.", short(label)),
            format!("Fügen Sie am Ende des Kastens eine Zeile „____{}____“ ein.", short(label)),
        ),
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!("Mehr als {limit} Blöcke stecken ineinander. Von den weiteren bleibt nur der Text."),
            "Schließen Sie die Blöcke, die fertig sind, zum Beispiel mit „{% endgrid %}“ oder „:::“.",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "Diese Stelle enthält mehr Formatzeichen als Text. Sie bleibt, wie sie ist.",
            "Entfernen Sie die überflüssigen Zeichen, zum Beispiel Reihen von „*“ oder „>“.",
        ),
        DiagnosticKind::UnclosedComment => say("Ein Kommentar beginnt mit „<!--“, wird aber nicht geschlossen. Der Text danach erscheint.", "Schreiben Sie „-->“ ans Ende des Kommentars."),
        DiagnosticKind::MissingNote { name } => say(format!("Der Text verweist auf die Fußnote „{}“, aber es gibt sie nicht. Der Verweis erscheint nicht.", short(name)), format!("Fügen Sie eine Zeile „[^{}]: Text der Fußnote“ hinzu, oder löschen Sie den Verweis.", short(name))),
        DiagnosticKind::UnusedNote { name } => say(format!("Nichts verweist auf die Fußnote „{}“. Ihr Text bleibt an seiner Stelle.", short(name)), format!("Schreiben Sie „[^{}]“ an die Stelle im Text, die auf die Fußnote verweist.", short(name))),
        DiagnosticKind::TemplateExpression { expression } => say(format!("Der Wert von „{}“ ist nicht bekannt. An dieser Stelle erscheint nichts.", short(expression)), "Schreiben Sie den Text selbst, oder geben Sie den Wert im Kopf an, unter „templateValues:“."),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(format!("Der Text hängt von der Bedingung „{}“ ab. Nur der Text nach Zeile {line} erscheint.", short(condition)), "Behalten Sie nur den gewünschten Text und löschen Sie die Zeichen „{% if %}“ und „{% endif %}“."),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(format!("Der Text hängt von der Bedingung „{}“ ab. Nichts davon erscheint.", short(condition)), "Behalten Sie nur den gewünschten Text und löschen Sie die Zeichen „{% if %}“ und „{% endif %}“."),
        DiagnosticKind::LinkWithoutTarget => say(
            "Dieser Link hat keine Adresse, oder seine Adresse ist nicht erlaubt. Nur sein Text ist online.",
            "Geben Sie eine Adresse an, zum Beispiel „https://beispiel.be“. Für eine Seite der Website: „teich.md“.",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("Die Adresse „{}“ ist nicht erlaubt. Nur der Text ist online.", short(address)),
            "Legen Sie die Datei in den Ordner und geben Sie ihren Pfad an, zum Beispiel „_files/dokument.pdf“. Die Adresse einer anderen Website beginnt mit „https://“.",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(format!("Die Adresse „{}“ ist nicht vollständig. Der Dienst hat sie ergänzt.", short(address)), format!("Schreiben Sie „{}“.", short(corrected))),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("Der Link führt zu „{}“, aber diese Seite gibt es nicht auf Deutsch.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "Diese Seite gibt es auf {}. Fügen Sie eine deutsche Seite mit „translationKey: {}“ hinzu, oder entfernen Sie den Link.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => "Übernehmen Sie den Schlüssel der richtigen Seite: Er steht in ihrem Dateikopf nach \
                                 „translationKey:“."
                    .into(),
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
            format!("Das Bild „{}“ liegt nicht in diesem Ordner, der keine Bilder enthält.", short_path(path)),
            "Liegen Ihre Bilder auf einem anderen Server, ändern Sie nichts. Sonst legen Sie das Bild an diese Stelle.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!("Das Bild „{}“ hat keinen Alternativtext. Blinde Menschen brauchen ihn.", short_path(src)),
            "Fügen Sie eine Beschreibung hinzu: „alt=\"Kinder am Rand des Teichs\"“. Bei einem Bild „![]“ steht sie zwischen den Klammern.",
        ),
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
            format!("Fügen Sie im Dateikopf eine Zeile „supportService:“ ein, wenn sie fehlt. Tippen Sie darunter zwei Leerzeichen und dann „{}“.", example_of_fact(field, "Ihr Text")),
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
        DiagnosticKind::PageHeld { confirmation_file } => say("Diese Version hat keinen Text mehr. Die vorige Version bleibt online.", format!("Wenn das so sein soll, legen Sie neben das Dokument eine leere Datei mit dem Namen „{}“. Sonst stellen Sie den Text wieder her.", short_path(confirmation_file))),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "Gleichzeitig verschwundene Dokumente: {removed} von {total}, auch dieses. Sie bleiben vorerst online."
            ),
            format!(
                "Legen Sie sie in den Ordner zurück. Wollen Sie sie entfernen, legen Sie dort eine leere Datei mit dem Namen „{}“ ab.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("Das Feld „{}“ fehlt. Der Ordner dieses Dokuments verlangt es.", short(field)),
            format!("Schreiben Sie in den Dateikopf zum Beispiel „{}“.", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!("Das Feld „{}“ ist nicht bekannt, und das Feld „{}“ fehlt.", short(field), short(expected)),
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
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!("Diese Datei ist eine Kopie von „{name}“, die ein Programm angelegt hat. Sie ist nicht online, solange das Original existiert."),
                format!("Übernehmen Sie Ihre Änderungen in „{name}“ und löschen Sie diese Datei. Ist es ein anderes Dokument, benennen Sie es um."),
            )
        }
        DiagnosticKind::ReaderFailed => say(
            "Der Dienst konnte dieses Dokument nicht lesen. Der Fehler liegt am Dienst, nicht an Ihrem Text.",
            "Melden Sie es der Betreuung des Dienstes: Die Einzelheiten stehen in seinem Protokoll.",
        ),
    }
}

/// Returns a suggestion that quotes the most similar text.
fn meant(text: &str) -> String {
    format!("Schreiben Sie „{}“, wenn Sie das meinen.", short(text))
}

fn bytes_of(bytes: u64) -> String {
    size(bytes, ',', 'B')
}

fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "Französisch",
        Language::Nl => "Niederländisch",
        Language::De => "Deutsch",
        Language::En => "Englisch",
    }
}

/// Returns the subject of a sentence about a field of a support service.
fn fact(field: &str) -> &'static str {
    match field {
        "organisation" => "Die Organisation",
        "domain" => "Der Bereich",
        "authority" => "Die Behörde",
        "legalBasis" => "Die Rechtsgrundlage",
        "region" => "Die Region",
        "designatedYear" => "Das Jahr der Benennung",
        _ => "Eine Angabe",
    }
}

fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "er beschreibt kein Feld".into(),
        ContractProblem::Property(name) => format!("das Feld „{}“ hat keinen bekannten Typ", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
fn yaml_problem(problem: &YamlProblem) -> String {
    match problem {
        YamlProblem::DuplicateKey(key) => format!("das Feld „{}“ steht zweimal da", short(key)),
        YamlProblem::UnknownAlias(name) => format!("der Verweis „*{}“ führt nirgendwohin", short(name)),
        YamlProblem::Tab => "eine Zeile beginnt mit einem Tabulator statt mit Leerzeichen".into(),
        YamlProblem::Quote => "ein Anführungszeichen ist nicht geschlossen".into(),
        YamlProblem::Colon => "ein Wert enthält einen Doppelpunkt".into(),
        YamlProblem::Bracket => "eine Klammer ist nicht geschlossen".into(),
        YamlProblem::Indentation => "eine Zeile ist anders eingerückt als die anderen".into(),
        YamlProblem::NoFields => "es steht kein Feld darin".into(),
        YamlProblem::TooComplex => "er hat zu viele Ebenen oder Verweise".into(),
        YamlProblem::NotUtf8 => "die Kodierung ist nicht „UTF-8“".into(),
        YamlProblem::Other => "diese Zeile ist kein Feld".into(),
    }
}
