//! Dutch: the file, its front matter and its contract.

use passerelle_model::diagnostic::DiagnosticKind;

use super::words::{bytes_of, contract_problem, fact, meant, yaml_problem};
use crate::sentence::{LocalizedMessage, example_of_fact, example_of_field, say, short, short_path};

pub(super) fn file(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("De dienst kan dit bestand niet openen (antwoord van het systeem: {}).", short(reason)),
            "Sla het bestand opnieuw op. Komt deze melding terug, vraag dan de beheerder van de dienst om de \
             toegangsrechten van het bestand na te kijken.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!(
                "Het bestand is {} groot. Een document mag hoogstens {} groot zijn.",
                bytes_of(*bytes),
                bytes_of(*limit)
            ),
            "Verdeel de tekst over meer bestanden, of verwijder wat geen tekst is.",
        ),
        DiagnosticKind::Binary => say(
            "Dit bestand bevat geen gewone tekst. Misschien is het een Word-document of een afbeelding.",
            "Kies in Word ‘Opslaan als’ en daarna het type ‘Tekst zonder opmaak (.txt)’.",
        ),
        DiagnosticKind::UnknownEncoding => say(
            "De letters van dit bestand kunnen niet worden gelezen: de codering is onbekend.",
            "Kies ‘Opslaan als’ en daarna de codering ‘UTF-8’. Word biedt die keuze aan na het type ‘Tekst zonder \
             opmaak (.txt)’.",
        ),
        DiagnosticKind::Transcoded { encoding } => say(
            format!("Dit bestand gebruikt de codering ‘{encoding}’. De letters zijn omgezet."),
            "Kijk op de pagina de letters met accenten na. Wilt u de omzetting vermijden, sla het bestand dan op met \
             de codering ‘UTF-8’.",
        ),
        DiagnosticKind::InvalidUtf8 { replaced } => say(
            format!("Dit bestand bevat beschadigde tekens: {replaced}. Het teken ‘\u{FFFD}’ vervangt ze."),
            "Zoek ‘\u{FFFD}’ op de pagina. Typ die tekens opnieuw in het bestand en sla het op met de codering \
             ‘UTF-8’.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::UnclosedFrontMatter => say(
            "De koptekst van het bestand begint met een regel ‘---’, maar wordt nergens gesloten.",
            "Voeg een regel ‘---’ toe na het laatste veld van de koptekst.",
        ),
        DiagnosticKind::FrontMatterTooLarge { bytes, limit } => say(
            format!(
                "De koptekst van het bestand is {} groot. Hij mag hoogstens {} groot zijn.",
                bytes_of(*bytes as u64),
                bytes_of(*limit as u64)
            ),
            "Houd alleen de velden in de koptekst. Verplaats de tekst tot onder de tweede regel ‘---’.",
        ),
        DiagnosticKind::InvalidFrontMatter { problem } => say(
            format!(
                "De koptekst van het bestand is op deze plaats niet te begrijpen: {}.",
                yaml_problem(problem)
            ),
            "Schrijf één veld per regel: ‘name: Mijn titel’. Bevat de waarde een dubbelepunt, zet haar dan tussen \
             rechte aanhalingstekens: ‘name: \"Fietsen: het plan\"’.",
        ),
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!(
                "Het instellingenbestand ‘{}’ is op regel {line} niet te begrijpen: {}.",
                short_path(path),
                yaml_problem(problem)
            ),
            "Verbeter die regel, bijvoorbeeld ‘lang: nl’. Intussen blijft van elk document de laatste goede versie \
             online.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say(
            "De kop begint niet op de eerste regel van het bestand. Hij wordt toch gelezen.",
            "Wis de lege regels boven de eerste regel ‘---’.",
        ),
        DiagnosticKind::TomlFrontMatter => say(
            "De kop staat tussen regels ‘+++’. Alleen de eenvoudige velden ervan worden gelezen.",
            "Vervang ‘+++’ door ‘---’ en schrijf elk veld zo: ‘title: Mijn titel’.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn front_matter_field(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::InvalidField { field, value } => say(
            format!(
                "Het veld ‘{field}’ van de koptekst kan niet ‘{}’ bevatten. Het wordt genegeerd.",
                short(value)
            ),
            format!("Schrijf bijvoorbeeld ‘{}’.", example_of_field(field)),
        ),
        DiagnosticKind::UnknownKind { value, nearest } => say(
            format!("Het documenttype ‘{}’ bestaat niet. Het veld ‘kind’ wordt genegeerd.", short(value)),
            nearest.map_or_else(
                || "Schrijf ‘kind: plan’, ‘kind: page’ of ‘kind: support-service’.".into(),
                |nearest| meant(&format!("kind: {nearest}")),
            ),
        ),
        DiagnosticKind::UnknownLanguage { value } => say(
            format!("De taal ‘{}’ is niet bekend. Het veld ‘lang’ wordt genegeerd.", short(value)),
            "Schrijf ‘lang: fr’, ‘lang: nl’, ‘lang: de’ of ‘lang: en’.",
        ),
        DiagnosticKind::FieldInCapitals { field, expected } => say(
            format!(
                "Het veld ‘{}’ van de kop heeft hoofdletters. Het wordt gelezen als ‘{expected}’.",
                short(field)
            ),
            format!("Schrijf ‘{expected}:’ in kleine letters."),
        ),
        DiagnosticKind::Draft { until: Some(date) } => say(
            format!(
                "Dit document staat niet online: de datum is {}. Het verschijnt die dag vanzelf.",
                short(date)
            ),
            "Wis de datum in de kop of schrijf een datum in het verleden om het nu te publiceren.",
        ),
        DiagnosticKind::Draft { until: None } => say(
            "Dit document is een ontwerp. Het staat niet online.",
            "Wis ‘draft: true’, ‘published: false’ of ‘status: draft’ in de kop om het te publiceren.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn contract(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::DuplicateSlug { slug, other } => say(
            format!(
                "Een andere pagina in het Nederlands heeft hetzelfde adres ‘{}’: het bestand ‘{}’.",
                short(slug),
                short_path(other)
            ),
            format!(
                "Voeg in de koptekst van een van beide een ander adres toe, bijvoorbeeld ‘slug: {}-2’.",
                short(slug)
            ),
        ),
        DiagnosticKind::MissingServiceField { field } => say(
            format!(
                "{} van de ondersteuningsdienst is niet gevonden op de pagina (veld ‘{field}’).",
                fact(field)
            ),
            format!(
                "Voeg in de koptekst een regel ‘supportService:’ toe als die ontbreekt. Typ daaronder twee spaties en dan ‘{}’.",
                example_of_fact(field, "uw tekst")
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("Het veld ‘{}’ ontbreekt. De map van dit document vraagt het.", short(field)),
            format!("Schrijf in de koptekst bijvoorbeeld ‘{}’.", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!(
                "Het veld ‘{}’ is niet bekend, en het veld ‘{}’ ontbreekt.",
                short(field),
                short(expected)
            ),
            format!("Schrijf in de plaats ‘{}:’.", short(expected)),
        ),
        DiagnosticKind::ContractValue { field, value, example } => say(
            format!("Het veld ‘{}’ kan in deze map niet ‘{}’ bevatten.", short(field), short(value)),
            format!("Schrijf bijvoorbeeld ‘{}’.", short(example)),
        ),
        DiagnosticKind::ContractInvalid { problem } => say(
            format!("Het contract van de map wordt niet begrepen: {}.", contract_problem(problem)),
            "Beschrijf elk veld zo: ‘properties: {date: {type: string, format: date}}’. Tot dan worden de documenten niet gecontroleerd.",
        ),
        _ => return None,
    };
    Some(message)
}

pub(super) fn held(kind: &DiagnosticKind) -> Option<LocalizedMessage> {
    let message = match kind {
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!(
                "Twee maatregelen van een categorie hebben nu het kenmerk ‘{}’ (de tweede op regel {line}). De vorige versie blijft online.",
                short(label)
            ),
            format!(
                "Geef een van beide een ander kenmerk. Zijn beide bedoeld, zet dan naast het document een leeg bestand met de naam ‘{}’.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::PlanHeld { removed, total, numbers, confirmation_file } => say(
            format!(
                "Maatregelen die deze versie zou verwijderen: {removed} van de {total} ({}). De vorige versie blijft online.",
                short(numbers)
            ),
            format!(
                "Is dat de bedoeling, zet dan naast het document een leeg bestand met de naam ‘{}’. Verbeter anders het document.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::PageHeld { confirmation_file } => say(
            "Deze versie heeft geen tekst meer. De vorige versie blijft online.",
            format!(
                "Is dat de bedoeling, plaats dan naast het document een leeg bestand met de naam ‘{}’. Zet anders de tekst terug.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "Documenten die tegelijk zijn verdwenen: {removed} van de {total}, ook dit. Ze blijven voorlopig online."
            ),
            format!(
                "Zet ze terug in de map. Wilt u ze verwijderen, zet er dan een leeg bestand met de naam ‘{}’ in.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ReaderFailed => say(
            "De dienst kon dit document niet lezen. De fout ligt bij de dienst, niet bij uw tekst.",
            "Meld het aan de beheerder van de dienst: de details staan in het logboek.",
        ),
        _ => return None,
    };
    Some(message)
}
