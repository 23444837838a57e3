//! Dutch.

use passerelle_model::diagnostic::Fault;

use super::{Told, noted, size, told};

#[expect(clippy::too_many_lines, reason = "one sentence a fault")]
pub(super) fn tell(fault: &Fault) -> Told {
    match fault {
        Fault::Unreadable { reason } => told(
            format!("Het bestand kan niet worden gelezen: {reason}."),
            "Controleer de rechten van het bestand en van zijn map.",
        ),
        Fault::TooLarge { bytes, limit } => told(
            format!("Het bestand is {} groot; een document is hoogstens {}.", size(*bytes), size(*limit)),
            "Splits het document of verwijder wat geen tekst is.",
        ),
        Fault::Binary => told(
            "Het bestand is geen tekst.",
            "Bewaar het document als tekst (.txt of .md), niet in de vorm van de tekstverwerker.",
        ),
        Fault::UnknownEncoding => {
            told("De codering van het bestand wordt niet herkend.", "Bewaar het document als UTF-8.")
        }
        Fault::Transcoded { encoding } => told(
            format!("Het bestand is gecodeerd als {encoding} en zo gelezen."),
            "Bewaar het als UTF-8 om zeker te zijn van elk teken.",
        ),
        Fault::DamagedUtf8 { replaced } => told(
            format!("Er zijn tekens beschadigd ({replaced}); ze zijn vervangen door ‘\u{FFFD}’."),
            "Bewaar het document opnieuw als UTF-8 en verbeter die tekens.",
        ),
        Fault::FrontMatterUnclosed => told(
            "De kop die met ‘---’ begint, wordt niet gesloten.",
            "Voeg een regel ‘---’ toe na het laatste veld van de kop.",
        ),
        Fault::FrontMatterTooLarge { bytes, limit } => told(
            format!("De kop is {} groot; hij is hoogstens {}.", size(*bytes as u64), size(*limit as u64)),
            "Verplaats tekst van de kop naar het document zelf.",
        ),
        Fault::FrontMatterInvalid { detail } => told(
            format!("De kop is geen geldige YAML: {detail}."),
            "Controleer de dubbele punten, aanhalingstekens en inspringingen op deze regel.",
        ),
        Fault::FieldInvalid { field, written } => told(
            format!("Het veld ‘{field}’ kan niet ‘{written}’ zijn: het wordt genegeerd."),
            format!("Verbeter ‘{field}’ in de kop."),
        ),
        Fault::UnknownKind { written, nearest } => told(
            format!("‘{written}’ is geen soort document: het wordt genegeerd."),
            nearest.map_or_else(
                || "Schrijf plan, page of support-service.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        Fault::UnknownLanguage { written } => told(
            format!("‘{written}’ is geen bekende taal: ze wordt genegeerd."),
            "Schrijf fr, nl, de of en.",
        ),
        Fault::NoMeasure => told(
            "Dit plan heeft geen enkele maatregel.",
            "Een maatregel is een regel met ‘1.’, een tab, de titel, een tab, de status.",
        ),
        Fault::DuplicateNumber { number, first_line } => told(
            format!("Maatregel {number} staat er twee keer: de eerste keer op regel {first_line}."),
            "Geef een van beide een ander nummer.",
        ),
        Fault::TruncatedRow => {
            told("Het document stopt midden in een maatregel.", "Bewaar of kopieer het hele bestand opnieuw.")
        }
        Fault::MissingStatus { number } => told(
            format!("Maatregel {number} heeft geen status."),
            "Voeg aan het einde van de regel een tab en de status toe.",
        ),
        Fault::UnknownStatus { written, nearest } => told(
            format!("‘{written}’ is geen bekende status."),
            nearest.map_or_else(
                || "Schrijf bijvoorbeeld ‘Lopend’, ‘Gerealiseerd’ of ‘Te doen’.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        Fault::RepeatAlone { number, nearest } => told(
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
        Fault::MissingFootnote { number } => told(
            format!("Naar voetnoot {number} wordt verwezen, maar ze staat nergens."),
            format!(
                "Voeg een regel ‘<sup>{number}</sup> tekst van de noot’ toe, of verwijder de verwijzing."
            ),
        ),
        Fault::ContentsDiffer { heading, entry } => told(
            format!("De inhoudsopgave schrijft ‘{entry}’, de titel is ‘{heading}’."),
            "Breng de inhoudsopgave en de titel in overeenstemming.",
        ),
        Fault::UnreadRow => told(
            "Deze rij is geen maatregel en geen groep: ze wordt niet overgenomen.",
            "Begin ze met een nummer, of zet ze helemaal vet als het de titel van een groep is.",
        ),
        Fault::DuplicateCategory { path } => told(
            format!("Twee titels van het plan hebben dezelfde plaats: {path}."),
            "Geef een van beide een ander nummer of een andere letter.",
        ),
        Fault::NoAxis => told(
            "Deze maatregel komt vóór elke as: ze staat onder een as zonder nummer.",
            "Voeg ervoor een titel ‘AS 1: …’ toe.",
        ),
        Fault::UnclosedShortcode { mark, end } => {
            told(format!("‘{mark}’ wordt nooit gesloten."), format!("Voeg ‘{end}’ toe waar het eindigt."))
        }
        Fault::StrayEnd { end, nearest } => told(
            format!("‘{end}’ sluit niets."),
            nearest.as_ref().map_or_else(
                || "Verwijder het, of open wat het sluit op de plaats waar dat begint.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        Fault::CrossedShortcode { end } => told(
            format!("‘{end}’ komt na het einde van wat eromheen staat: de twee kruisen elkaar."),
            "Sluit eerst wat het laatst is geopend.",
        ),
        Fault::UnknownShortcode { name, nearest } => told(
            format!("‘{name}’ is geen bekende instructie: ze wordt ongewijzigd bewaard."),
            format!("Bedoelde u ‘{nearest}’?"),
        ),
        Fault::UnknownArgument { name, argument, nearest } => told(
            format!("‘{argument}’ is geen argument van ‘{name}’: het heeft geen effect."),
            format!("Bedoelde u ‘{nearest}’?"),
        ),
        Fault::CollectionUnknown { what } => told(
            format!("De paginalijst kent ‘{what}’ niet: deze vraag wordt genegeerd."),
            "Filter met ‘tag’; sorteer met ‘order’, ‘title’, ‘createdAt’ of ‘updatedAt’.",
        ),
        Fault::LinkWithoutTarget => told(
            "Deze link heeft geen adres, of een adres dat een pagina niet mag bevatten: enkel de tekst blijft.",
            "Geef url=\"…\": een pagina (type=\"internal\"), een bestand, of een adres met https.",
        ),
        Fault::ImageWithoutSource => told(
            "Deze afbeelding heeft geen bron, of een bron die een pagina niet mag tonen.",
            "Geef src=\"/_images/…\".",
        ),
        Fault::BrokenAnchor { anchor, page, nearest } => told(
            match page {
                Some(page) => format!("De pagina ‘{page}’ heeft geen titel ‘{anchor}’."),
                None => format!("Deze pagina heeft geen titel ‘{anchor}’."),
            },
            nearest.as_ref().map_or_else(
                || "Neem precies de tekst van een titel van de pagina over.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        Fault::BrokenLink { key, nearest } => told(
            format!("De link naar ‘{key}’ leidt nergens heen: geen pagina heet zo in deze taal."),
            nearest.as_ref().map_or_else(
                || "Geef de sleutel (translationKey) van een pagina die bestaat.".to_owned(),
                |nearest| format!("Bedoelde u ‘{nearest}’?"),
            ),
        ),
        Fault::MissingFile { path } => {
            told(format!("Het bestand {path} bestaat niet."), "Zet het op die plaats, of verbeter de link.")
        }
        Fault::MissingImage { path, .. } => told(
            format!("De afbeelding {path} bestaat niet."),
            "Zet ze op die plaats, of verbeter haar naam.",
        ),
        Fault::SlugTwice { slug, other } => told(
            format!("Een andere pagina heeft in deze taal hetzelfde adres ‘{slug}’: {other}."),
            "Geef een van de twee een andere ‘slug’ in de koptekst.",
        ),
        Fault::FolderDefaultsInvalid { path, line, detail } => told(
            format!("De instellingen van de map kunnen niet worden gelezen: {path}, regel {line}: {detail}."),
            "Verbeter dat bestand; de documenten behouden hun laatste goede versie.",
        ),
        Fault::BrokenArguments { name } => told(
            format!("De argumenten van ‘{name}’ kunnen niet worden gelezen."),
            "Controleer de aanhalingstekens, komma’s en haken.",
        ),
        Fault::BrokenShortcode => told(
            "Na ‘{%’ komt nooit ‘%}’: de tekst blijft zoals hij is.",
            "Voeg ‘%}’ toe aan het einde van de opdracht.",
        ),
        Fault::OddBox { label } => told(
            format!("Het kader ‘{label}’ wordt niet gesloten: het loopt tot de volgende titel."),
            format!("Voeg een regel ‘____{label}____’ toe waar het eindigt."),
        ),
        Fault::TooDeep { limit } => told(
            format!("Meer dan {limit} niveaus in elkaar: dieper wordt alles vlak gelezen."),
            "Sluit de blokken die gesloten kunnen worden.",
        ),
        Fault::TooMuchMarkup => told(
            "Hier staat meer opmaak dan tekst, of ze is te diep genest: de tekst blijft zoals hij is.",
            "Verwijder de overbodige tekens, vaak achtergelaten door een conversieprogramma.",
        ),
        Fault::ImageWithoutAlt { src } => told(
            format!("De afbeelding {src} heeft geen vervangende tekst."),
            "Voeg alt=\"wat de afbeelding toont\" toe.",
        ),
        Fault::MissingFact { field } => told(
            format!("De pagina zegt niet, of niet leesbaar, ‘{field}’ van de ondersteuningsdienst."),
            format!("Voeg ‘supportService: {{ {field}: … }}’ toe in de kop."),
        ),
        Fault::WouldLose { lost, served, numbers, accept } => told(
            format!(
                "Met deze versie zouden {lost} van de {served} maatregelen verdwijnen ({numbers}): de vorige versie blijft online."
            ),
            format!(
                "Is dat de bedoeling, zet er dan een leeg bestand “{accept}” naast; verbeter anders het document."
            ),
        ),
        Fault::GoneWithMost { gone, all, accept } => told(
            format!(
                "{gone} van de {all} documenten van de map zijn ineens verdwenen, ook dit: ze blijven online."
            ),
            format!("Zet ze terug, of bevestig met een leeg bestand “{accept}”."),
        ),
        Fault::ReaderFailed => {
            noted("Het document kon niet worden gelezen door een gebrek van de dienst, dat is genoteerd.")
        }
    }
}
