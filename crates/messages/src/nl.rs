//! Dutch.

use passerelle_model::diagnostic::DiagnosticKind;

use super::{LocalizedMessage, format_size, with_suggestion, without_suggestion};

#[expect(clippy::too_many_lines, reason = "one sentence a kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => with_suggestion(
            format!("Het bestand kan niet worden gelezen: {reason}."),
            "Controleer de rechten van het bestand en van zijn map.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => with_suggestion(
            format!(
                "Het bestand is {} groot; een document is hoogstens {}.",
                format_size(*bytes),
                format_size(*limit)
            ),
            "Splits het document of verwijder wat geen tekst is.",
        ),
        DiagnosticKind::Binary => with_suggestion(
            "Het bestand is geen tekst.",
            "Bewaar het document als tekst (.txt of .md), niet in de vorm van de tekstverwerker.",
        ),
        DiagnosticKind::UnknownEncoding => with_suggestion(
            "De codering van het bestand wordt niet herkend.",
            "Bewaar het document als UTF-8.",
        ),
        DiagnosticKind::Transcoded { encoding } => with_suggestion(
            format!("Het bestand is gecodeerd als {encoding} en zo gelezen."),
            "Bewaar het als UTF-8 om zeker te zijn van elk teken.",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => with_suggestion(
            format!("Er zijn tekens beschadigd ({replaced}); ze zijn vervangen door ‘\u{FFFD}’."),
            "Bewaar het document opnieuw als UTF-8 en verbeter die tekens.",
        ),
        DiagnosticKind::UnclosedFrontMatter => with_suggestion(
            "De kop die met ‘---’ begint, wordt niet gesloten.",
            "Voeg een regel ‘---’ toe na het laatste veld van de kop.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => with_suggestion(
            format!(
                "De kop is {} groot; hij is hoogstens {}.",
                format_size(*bytes as u64),
                format_size(*limit as u64)
            ),
            "Verplaats tekst van de kop naar het document zelf.",
        ),
        DiagnosticKind::InvalidFrontMatter { detail } => with_suggestion(
            format!("De kop is geen geldige YAML: {detail}."),
            "Controleer de dubbele punten, aanhalingstekens en inspringingen op deze regel.",
        ),
        DiagnosticKind::InvalidField { field, value } => with_suggestion(
            format!("Het veld ‘{field}’ kan niet ‘{value}’ zijn: het wordt genegeerd."),
            format!("Verbeter ‘{field}’ in de kop."),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => with_suggestion(
            format!("‘{value}’ is geen soort document: het wordt genegeerd."),
            nearest.map_or_else(
                || "Schrijf plan, page of support-service.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => with_suggestion(
            format!("‘{value}’ is geen bekende taal: ze wordt genegeerd."),
            "Schrijf fr, nl, de of en.",
        ),
        DiagnosticKind::PlanWithoutMeasures => with_suggestion(
            "Dit plan heeft geen enkele maatregel.",
            "Een maatregel is een regel met ‘1.’, een tab, de titel, een tab, de status.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => with_suggestion(
            format!("Maatregel {number} staat er twee keer: de eerste keer op regel {first_line}."),
            "Geef een van beide een ander nummer.",
        ),
        DiagnosticKind::TruncatedPlan => with_suggestion(
            "Het document stopt midden in een maatregel.",
            "Bewaar of kopieer het hele bestand opnieuw.",
        ),
        DiagnosticKind::MissingStatus { number } => with_suggestion(
            format!("Maatregel {number} heeft geen status."),
            "Voeg aan het einde van de regel een tab en de status toe.",
        ),
        DiagnosticKind::UnknownStatus { value, nearest } => with_suggestion(
            format!("‘{value}’ is geen bekende status."),
            nearest.map_or_else(
                || "Schrijf bijvoorbeeld ‘Lopend’, ‘Gerealiseerd’ of ‘Te doen’.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        DiagnosticKind::UnmatchedRepeat { number, nearest } => with_suggestion(
            format!(
                "Maatregel {number} is gemarkeerd als elders hernomen (*), maar geen andere zegt hetzelfde."
            ),
            match nearest {
                Some(nearest) => format!(
                    "Maatregel {nearest} lijkt er het meest op: geef beide dezelfde tekst, of haal het sterretje weg."
                ),
                None => "Haal het sterretje weg, of geef de andere maatregel dezelfde tekst.".to_owned(),
            },
        ),
        DiagnosticKind::MissingFootnote { number } => with_suggestion(
            format!("Naar voetnoot {number} wordt verwezen, maar ze staat nergens."),
            format!(
                "Voeg een regel ‘<sup>{number}</sup> tekst van de noot’ toe, of verwijder de verwijzing."
            ),
        ),
        DiagnosticKind::TableOfContentsMismatch { heading, entry } => with_suggestion(
            format!("De inhoudsopgave schrijft ‘{entry}’, de titel is ‘{heading}’."),
            "Breng de inhoudsopgave en de titel in overeenstemming.",
        ),
        DiagnosticKind::UnrecognizedRow => with_suggestion(
            "Deze rij is geen maatregel en geen groep: ze wordt niet overgenomen.",
            "Begin ze met een nummer, of zet ze helemaal vet als het de titel van een groep is.",
        ),
        DiagnosticKind::DuplicateCategory { path } => with_suggestion(
            format!("Twee titels van het plan hebben dezelfde plaats: {path}."),
            "Geef een van beide een ander nummer of een andere letter.",
        ),
        DiagnosticKind::MeasureWithoutAxis => with_suggestion(
            "Deze maatregel komt vóór elke as: ze staat onder een as zonder nummer.",
            "Voeg ervoor een titel ‘AS 1: …’ toe.",
        ),
        DiagnosticKind::UnclosedShortcode { mark, end } => with_suggestion(
            format!("‘{mark}’ wordt nooit gesloten."),
            format!("Voeg ‘{end}’ toe waar het eindigt."),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => with_suggestion(
            format!("‘{end}’ sluit niets."),
            nearest.as_ref().map_or_else(
                || "Verwijder het, of open wat het sluit op de plaats waar dat begint.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => with_suggestion(
            format!("‘{end}’ komt na het einde van wat eromheen staat: de twee kruisen elkaar."),
            "Sluit eerst wat het laatst is geopend.",
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => with_suggestion(
            format!("‘{name}’ is geen bekende instructie: ze wordt ongewijzigd bewaard."),
            format!("Bedoelde u ‘{nearest}’?"),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => with_suggestion(
            format!("‘{argument}’ is geen argument van ‘{name}’: het heeft geen effect."),
            format!("Bedoelde u ‘{nearest}’?"),
        ),
        DiagnosticKind::UnknownCollectionOption { option } => with_suggestion(
            format!("De paginalijst kent ‘{option}’ niet: deze vraag wordt genegeerd."),
            "Filter met ‘tag’; sorteer met ‘order’, ‘title’, ‘createdAt’ of ‘updatedAt’.",
        ),
        DiagnosticKind::LinkWithoutTarget => with_suggestion(
            "Deze link heeft geen adres, of een adres dat een pagina niet mag bevatten: enkel de tekst blijft.",
            "Geef url=\"…\": een pagina (type=\"internal\"), een bestand, of een adres met https.",
        ),
        DiagnosticKind::ImageWithoutSource => with_suggestion(
            "Deze afbeelding heeft geen bron, of een bron die een pagina niet mag tonen.",
            "Geef src=\"/_images/…\".",
        ),
        DiagnosticKind::BrokenAnchor { anchor, page, nearest } => with_suggestion(
            match page {
                Some(page) => format!("De pagina ‘{page}’ heeft geen titel ‘{anchor}’."),
                None => format!("Deze pagina heeft geen titel ‘{anchor}’."),
            },
            nearest.as_ref().map_or_else(
                || "Neem precies de tekst van een titel van de pagina over.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        DiagnosticKind::BrokenLink { key, nearest } => with_suggestion(
            format!("De link naar ‘{key}’ leidt nergens heen: geen pagina heet zo in deze taal."),
            nearest.as_ref().map_or_else(
                || "Geef de sleutel (translationKey) van een pagina die bestaat.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        DiagnosticKind::MissingFile { path } => with_suggestion(
            format!("Het bestand {path} bestaat niet."),
            "Zet het op die plaats, of verbeter de link.",
        ),
        DiagnosticKind::MissingImage { path, .. } => with_suggestion(
            format!("De afbeelding {path} bestaat niet."),
            "Zet ze op die plaats, of verbeter haar naam.",
        ),
        DiagnosticKind::DuplicateSlug { slug, other } => with_suggestion(
            format!("Een andere pagina heeft in deze taal hetzelfde adres ‘{slug}’: {other}."),
            "Geef een van de twee een andere ‘slug’ in de koptekst.",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, detail } => with_suggestion(
            format!("De instellingen van de map kunnen niet worden gelezen: {path}, regel {line}: {detail}."),
            "Verbeter dat bestand; de documenten behouden hun laatste goede versie.",
        ),
        DiagnosticKind::InvalidArguments { name } => with_suggestion(
            format!("De argumenten van ‘{name}’ kunnen niet worden gelezen."),
            "Controleer de aanhalingstekens, komma’s en haken.",
        ),
        DiagnosticKind::UnterminatedShortcode => with_suggestion(
            "Na ‘{%’ komt nooit ‘%}’: de tekst blijft zoals hij is.",
            "Voeg ‘%}’ toe aan het einde van de opdracht.",
        ),
        DiagnosticKind::UnclosedBox { label } => with_suggestion(
            format!("Het kader ‘{label}’ wordt niet gesloten: het loopt tot de volgende titel."),
            format!("Voeg een regel ‘____{label}____’ toe waar het eindigt."),
        ),
        DiagnosticKind::NestingTooDeep { limit } => with_suggestion(
            format!("Meer dan {limit} niveaus in elkaar: dieper wordt alles vlak gelezen."),
            "Sluit de blokken die gesloten kunnen worden.",
        ),
        DiagnosticKind::MarkupTooDense => with_suggestion(
            "Hier staat meer opmaak dan tekst, of ze is te diep genest: de tekst blijft zoals hij is.",
            "Verwijder de overbodige tekens, vaak achtergelaten door een conversieprogramma.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => with_suggestion(
            format!("De afbeelding {src} heeft geen vervangende tekst."),
            "Voeg alt=\"wat de afbeelding toont\" toe.",
        ),
        DiagnosticKind::MissingServiceField { field } => with_suggestion(
            format!("De pagina zegt niet, of niet leesbaar, ‘{field}’ van de ondersteuningsdienst."),
            format!("Voeg ‘supportService: {{ {field}: … }}’ toe in de kop."),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => with_suggestion(
            format!(
                "Met deze versie zouden {removed} van de {total} maatregelen verdwijnen ({numbers}): de vorige versie blijft online."
            ),
            format!(
                "Is dat de bedoeling, zet er dan een leeg bestand “{confirmation_file}” naast; verbeter anders het document."
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => with_suggestion(
            format!(
                "{removed} van de {total} documenten van de map zijn ineens verdwenen, ook dit: ze blijven online."
            ),
            format!("Zet ze terug, of bevestig met een leeg bestand “{confirmation_file}”."),
        ),
        DiagnosticKind::ReaderFailed => without_suggestion(
            "Het document kon niet worden gelezen door een gebrek van de dienst, dat is genoteerd.",
        ),
    }
}
