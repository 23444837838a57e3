//! Dutch: text, links and images of pages.

use passerelle_model::asset::has_known_type;
use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{meant, name_of};
use crate::sentence::{LocalizedMessage, is_in_files, say, short, short_path};

pub(super) fn shortcode(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::UnclosedShortcode { mark, end } => say(
            format!("Het blok ‘{}’ is niet gesloten.", short(mark)),
            format!("Voeg ‘{}’ toe aan het einde van het blok.", short(end)),
        ),
        DiagnosticKind::UnmatchedEndTag { end, nearest } => say(
            format!("‘{}’ sluit een blok dat niet open is.", short(end)),
            nearest.as_deref().map_or_else(
                || format!("Verwijder ‘{}’, of voeg hogerop het begin van het blok toe.", short(end)),
                meant,
            ),
        ),
        DiagnosticKind::MisnestedShortcode { end } => say(
            format!("‘{}’ komt te laat: het blok eromheen is al gesloten.", short(end)),
            format!("Zet ‘{}’ vóór het einde van het blok eromheen.", short(end)),
        ),
        DiagnosticKind::UnknownShortcode { name, nearest } => say(
            format!("De opdracht ‘{}’ is niet bekend. Ze heeft geen effect.", short(name)),
            meant(nearest),
        ),
        DiagnosticKind::UnknownArgument { name, argument, nearest } => say(
            format!(
                "De opdracht ‘{}’ heeft geen parameter ‘{}’. Die parameter heeft geen effect.",
                short(name),
                short(argument)
            ),
            meant(nearest),
        ),
        DiagnosticKind::InvalidArguments { name } => say(
            format!("De parameters van de opdracht ‘{}’ zijn niet te begrijpen.", short(name)),
            "Schrijf ze zo: ‘url=\"vijver\", type=\"internal\"’. Sluit elk aanhalingsteken en elk haakje.",
        ),
        DiagnosticKind::UnterminatedShortcode => say(
            "Na het teken ‘{%’ volgt geen ‘%}’. De tekst blijft zoals hij is.",
            "Voeg ‘%}’ toe aan het einde van de opdracht.",
        ),
        DiagnosticKind::UnknownCollectionOption { option } => say(
            format!("De lijst van pagina’s kent ‘{}’ niet. Die instelling wordt genegeerd.", short(option)),
            "Schrijf ‘tag’ om te filteren. Schrijf ‘order’, ‘title’, ‘createdAt’ of ‘updatedAt’ om te sorteren.",
        ),
        DiagnosticKind::UnclosedBox { label } => say(
            format!("Het kader ‘{}’ is niet gesloten. Het loopt door tot de volgende titel.", short(label)),
            format!("Voeg een regel ‘____{}____’ toe aan het einde van het kader.", short(label)),
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn text(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!("Meer dan {limit} blokken zitten in elkaar. Van de volgende blijft alleen de tekst."),
            "Sluit de blokken die af zijn, bijvoorbeeld met ‘{% endgrid %}’ of ‘:::’.",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "Deze passage bevat meer opmaaktekens dan tekst. Ze blijft zoals ze is.",
            "Verwijder de overbodige tekens, bijvoorbeeld reeksen van ‘*’ of ‘>’.",
        ),
        DiagnosticKind::UnclosedComment => say(
            "Een opmerking begint met ‘<!--’, maar wordt niet gesloten. De tekst erna verschijnt.",
            "Schrijf ‘-->’ aan het einde van de opmerking.",
        ),
        DiagnosticKind::MissingNote { name } => say(
            format!(
                "De tekst verwijst naar de voetnoot ‘{}’, maar die bestaat niet. De verwijzing verschijnt niet.",
                short(name)
            ),
            format!("Voeg een regel ‘[^{}]: Tekst van de noot’ toe, of wis de verwijzing.", short(name)),
        ),
        DiagnosticKind::UnusedNote { name } => say(
            format!(
                "Nergens staat een verwijzing naar de voetnoot ‘{}’. De tekst blijft op zijn plaats.",
                short(name)
            ),
            format!("Schrijf ‘[^{}]’ op de plaats in de tekst die naar de noot verwijst.", short(name)),
        ),
        DiagnosticKind::TemplateExpression { expression } => say(
            format!("De waarde van ‘{}’ is niet bekend. Op die plaats verschijnt niets.", short(expression)),
            "Schrijf de tekst zelf, of geef de waarde in de kop, onder ‘templateValues:’.",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(
            format!(
                "De tekst hangt af van de voorwaarde ‘{}’. Alleen de tekst na regel {line} verschijnt.",
                short(condition)
            ),
            "Houd alleen de gewenste tekst en wis de tekens ‘{% if %}’ en ‘{% endif %}’.",
        ),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(
            format!("De tekst hangt af van de voorwaarde ‘{}’. Niets ervan verschijnt.", short(condition)),
            "Houd alleen de gewenste tekst en wis de tekens ‘{% if %}’ en ‘{% endif %}’.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn link(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LinkWithoutTarget => say(
            "Deze link heeft geen adres, of het adres is niet toegelaten. Alleen de tekst staat online.",
            "Geef een adres, bijvoorbeeld ‘https://voorbeeld.be’. Voor een pagina van de site: ‘vijver.md’.",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("Het adres ‘{}’ is niet toegelaten. Alleen de tekst staat online.", short(address)),
            "Zet het bestand in de map en geef het pad, bijvoorbeeld ‘_files/document.pdf’. Het adres van een andere site begint met ‘https://’.",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(
            format!("Het adres ‘{}’ is niet volledig. De dienst heeft het aangevuld.", short(address)),
            format!("Schrijf ‘{}’.", short(corrected)),
        ),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("De link leidt naar ‘{}’, maar die pagina bestaat niet in het Nederlands.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "Die pagina bestaat in het {}. Voeg een Nederlandse pagina met ‘translationKey: {}’ toe, of verwijder de link.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => {
                    "Neem de sleutel van de juiste pagina over: hij staat in de koptekst van die pagina, \
                                 na ‘translationKey:’."
                        .into()
                }
            },
        ),
        DiagnosticKind::BrokenAnchor { anchor, nearest } => say(
            format!(
                "De link leidt naar de titel ‘{}’, maar deze pagina heeft die titel niet.",
                short(anchor)
            ),
            nearest.as_deref().map_or_else(
                || "Neem in de link precies de tekst van een titel van deze pagina over.".into(),
                meant,
            ),
        ),
        DiagnosticKind::BrokenPageAnchor { anchor, page, nearest } => say(
            format!(
                "De link leidt naar de titel ‘{}’, maar de pagina ‘{}’ heeft die titel niet.",
                short(anchor),
                short(page)
            ),
            nearest.as_deref().map_or_else(
                || "Neem in de link precies de tekst van een titel van de andere pagina over.".into(),
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
            format!(
                "Het bestand ‘{}’ staat niet online: alleen een map ‘_files’ staat online.",
                short_path(path)
            ),
            "Zet het bestand in een map ‘_files’ naast de pagina, en noem het zo in de link: ‘_files/plan.pdf’.",
        ),
        DiagnosticKind::MissingFile { path } if !has_known_type(path) => say(
            format!("Het bestand ‘{}’ is van een soort die niet online komt.", short_path(path)),
            "Bewaar het bestand als PDF in dezelfde map, en verbeter de naam in de link.",
        ),
        DiagnosticKind::MissingFile { path } => say(
            format!("Het bestand ‘{}’ bestaat niet.", short_path(path)),
            "Zet het bestand op die plaats, of verbeter de naam in de link.",
        ),
        DiagnosticKind::ImageWithoutSource => say(
            "Deze afbeelding noemt geen bestand, of het adres is niet toegelaten. Ze staat niet online.",
            "Noem het bestand van de afbeelding: ‘src=\"/_images/foto.jpg\"’.",
        ),
        DiagnosticKind::MissingImage { path } => say(
            format!("De afbeelding ‘{}’ bestaat niet.", short_path(path)),
            "Zet de afbeelding op die plaats, of verbeter de naam.",
        ),
        DiagnosticKind::MissingExternalImage { path } => say(
            format!(
                "De afbeelding ‘{}’ zit niet in deze map, die geen afbeeldingen bevat.",
                short_path(path)
            ),
            "Staan uw afbeeldingen op een andere server, verander dan niets. Zet anders de afbeelding op die plaats.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!(
                "De afbeelding ‘{}’ heeft geen vervangende tekst. Blinde mensen hebben die nodig.",
                short_path(src)
            ),
            "Voeg een beschrijving toe: ‘alt=\"Kinderen aan de rand van de vijver\"’. Schrijf ze bij een afbeelding ‘![]’ tussen de haken.",
        ),
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!(
                    "Dit bestand is een kopie van ‘{name}’, gemaakt door een programma. Het staat niet online zolang het origineel bestaat."
                ),
                format!(
                    "Neem uw wijzigingen over in ‘{name}’ en verwijder dit bestand. Is het een ander document, hernoem het dan."
                ),
            )
        }
        _ => return None,
    };
    Some(message)
}
