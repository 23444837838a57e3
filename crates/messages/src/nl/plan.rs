//! Dutch: plans, and tables of measures.

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::language::Language;

use super::words::{bytes_of, meant};
use crate::sentence::{LocalizedMessage, say, short, status_word};

pub(super) fn plan(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::PlanWithoutMeasures => say(
            "Dit plan bevat geen enkele maatregel.",
            "Zet de maatregelen in een tabel met een kopregel, bijvoorbeeld ‘Maatregel’ en ‘Status’, of verwijder ‘kind: plan’ uit de kop van het bestand.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!(
                "Deze map heeft meer dan {limit} bestanden met maatregelen. De laatste goede versie van het plan blijft online."
            ),
            "Verdeel de maatregelen over meer mappen, elk met een bestand ‘plan.yaml’.",
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("Maatregel ‘{}’ heeft geen titel. In de plaats staat een streepje online.", short(label)),
            "Schrijf de titel van de maatregel in haar rij.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!(
                "Dit bestand staat online als pagina, maar het lijkt op een plan met {count} maatregelen ({}).",
                short(seen)
            ),
            "Is het een plan, schrijf dan ‘kind: plan’ in de kop van het bestand, tussen twee regels ‘---’. Zo niet, schrijf ‘kind: page’.",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "Het document stopt midden in deze maatregel.",
            "Vul de regel aan (nummer, titel, status), of zet het hele bestand opnieuw in de map.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "Deze maatregel staat vóór de eerste as. Hij komt in een as zonder nummer.",
            "Voeg erboven de titel van zijn as toe, bijvoorbeeld ‘## AS 1: Mobiliteit’.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn duplicate(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Twee maatregelen hebben het nummer {number}. De eerste staat op regel {first_line}."),
            "Geef een van beide een ander nummer.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!(
                "Twee maatregelen hebben het kenmerk ‘{}’. De andere staat op regel {other_line}. De tweede staat online als ‘{}’.",
                short(label),
                short(given)
            ),
            "Geef een van beide een ander kenmerk.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!(
                "Het kenmerk ‘{}’ staat ook in ‘{}’. De tweede maatregel staat online als ‘{}’.",
                short(label),
                short(other),
                short(given)
            ),
            "Geef een van beide in haar bestand een ander kenmerk.",
        ),
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Twee titels van het plan hebben dezelfde aanduiding: ‘{}’.", short(path)),
            "Geef een van beide een ander nummer of een andere letter.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn measure(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::MissingStatus { number } => say(
            format!("Maatregel {number} heeft geen status."),
            "Schrijf ‘Te doen’, ‘Lopend’ of ‘Gerealiseerd’ in de kolom van de status, of na een tab (Tab-toets) aan het einde van de regel.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => say(
            format!("De status ‘{}’ is niet bekend.", short(value)),
            nearest.and_then(|status| status_word(status, Language::Nl)).map_or_else(
                || "Schrijf bijvoorbeeld ‘Te doen’, ‘Lopend’ of ‘Gerealiseerd’.".into(),
                meant,
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => say(
            format!(
                "Het sterretje (*) van maatregel {number} wijst op een herhaling, maar geen andere maatregel heeft dezelfde tekst."
            ),
            nearest.map_or_else(
                || "Verwijder het sterretje, of geef de herhaalde maatregel dezelfde tekst.".into(),
                |nearest| {
                    format!(
                        "De tekst van maatregel {nearest} lijkt er het meest op. Geef beide dezelfde tekst, of verwijder het sterretje."
                    )
                },
            ),
        ),
        DiagnosticKind::MissingFootnote { number } => say(
            format!("De tekst verwijst naar voetnoot {number}, maar die voetnoot bestaat niet."),
            format!("Voeg een regel ‘<sup>{number}</sup> Tekst van de voetnoot’ toe, of verwijder de verwijzing."),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => say(
            format!("De titel ‘{}’ staat anders in de inhoudsopgave: ‘{}’.", short(heading), short(entry)),
            "Schrijf op beide plaatsen dezelfde tekst.",
        ),
        DiagnosticKind::UnrecognizedRow => say(
            "Deze regel is geen maatregel en ook geen titel van een groep. Hij staat niet online.",
            "Vul voor een maatregel het nummer en de titel in. Laat voor een groep alleen de titel in de rij staan, in het vet: ‘**Titel**’.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn spreadsheet(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("In deze tabel zijn geen maatregelen herkend. Gelezen kolommen: {}.", short(seen)),
            "Geef elke kolom een naam in de eerste rij, bijvoorbeeld ‘Nr.’, ‘Maatregel’, ‘Trekker’ en ‘Status’. Is het geen plan, zet het bestand dan in een map ‘_files’.",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!(
                "Deze tabel heeft meer dan {limit} rijen, of te veel kolommen. De laatste goede versie blijft online."
            ),
            "Houd alleen de rijen en kolommen van de maatregelen over. Verwijder opgemaakte lege rijen onder de tabel.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!(
                "Uitgepakt is dit Excelbestand groter dan {}. De laatste goede versie blijft online.",
                bytes_of(*limit)
            ),
            "Houd alleen het blad met de maatregelen over, of bewaar het als type ‘CSV UTF-8’.",
        ),
        DiagnosticKind::SpreadsheetProtected => say(
            "Dit Excelbestand heeft een wachtwoord, of de indeling van Excel 2003. Het kan niet worden gelezen.",
            "Verwijder het wachtwoord en bewaar het bestand als type ‘Excel-werkmap (.xlsx)’.",
        ),
        DiagnosticKind::SpreadsheetDamaged => say(
            "Dit Excelbestand is onvolledig of beschadigd. De laatste goede versie blijft online.",
            "Open het bestand in Excel, bewaar het als type ‘Excel-werkmap (.xlsx)’ en zet het opnieuw in de map.",
        ),
        DiagnosticKind::MissingSheet { sheet, sheets } => say(
            format!(
                "Dit Excelbestand heeft geen blad ‘{}’. Het heeft deze bladen: {}.",
                short(sheet),
                short(sheets)
            ),
            "Verbeter de naam na ‘sheet:’ in het instellingenbestand van de map, of hernoem het blad.",
        ),
        DiagnosticKind::UnclosedCell { line } => say(
            format!(
                "Een cel begint met een recht aanhalingsteken en wordt niet gesloten. Haar rij begint op regel {line}."
            ),
            "Sluit het aanhalingsteken (\") aan het einde van deze cel, of bewaar het bestand opnieuw vanuit het rekenblad.",
        ),
        DiagnosticKind::SpreadsheetFormulas => say(
            "Dit Excelbestand bevat formules. De waarden van de laatste keer bewaren staan online.",
            "Bewaar het bestand in Excel na elke wijziging, zodat de waarden kloppen.",
        ),
        DiagnosticKind::SpreadsheetMacros => say(
            "Dit Excelbestand bevat macro’s. De dienst voert ze niet uit.",
            "U kunt het bestand zonder macro’s bewaren, als type ‘Excel-werkmap (.xlsx)’.",
        ),
        _ => return None,
    };
    Some(message)
}
