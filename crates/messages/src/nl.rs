//! Dutch.
//!
//! | Term | Dutch | Note |
//! | --- | --- | --- |
//! | axis, objective | as, doelstelling | |
//! | measure, status | maatregel, status | |
//! | heading | titel | |
//! | footnote, its call | voetnoot, verwijzing | |
//! | front matter, field | koptekst van het bestand, veld | the lines between the two `---` |
//! | shortcode, parameter | opdracht, parameter | `{% … %}` |
//! | paired shortcode, container | blok | |
//! | box | kader | |
//! | tab character | tab (Tab-toets) | |
//! | encoding | codering | the list in “Opslaan als” |
//! | alternative text | vervangende tekst | |
//! | published | online | |
//!
//! Quotation marks are ‘ ’.

use super::sentence::{
    LocalizedMessage, example_of_fact, example_of_field, say, short, short_path, size, status_word,
};
use passerelle_model::diagnostic::{ContractProblem, DiagnosticKind, YamlProblem};
use passerelle_model::language::Language;

#[expect(clippy::too_many_lines, reason = "one arm per kind")]
pub(super) fn localize(kind: &DiagnosticKind) -> LocalizedMessage {
    match kind {
        DiagnosticKind::Unreadable { reason } => say(
            format!("De dienst kan dit bestand niet openen (antwoord van het systeem: {}).", short(reason)),
            "Sla het bestand opnieuw op. Komt deze melding terug, vraag dan de beheerder van de dienst om de \
             toegangsrechten van het bestand na te kijken.",
        ),
        DiagnosticKind::TooLarge { bytes, limit } => say(
            format!("Het bestand is {} groot. Een document mag hoogstens {} groot zijn.", bytes_of(*bytes), bytes_of(*limit)),
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
            format!("De koptekst van het bestand is op deze plaats niet te begrijpen: {}.", yaml_problem(problem)),
            "Schrijf één veld per regel: ‘name: Mijn titel’. Bevat de waarde een dubbelepunt, zet haar dan tussen \
             rechte aanhalingstekens: ‘name: \"Fietsen: het plan\"’.",
        ),
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
        DiagnosticKind::InvalidFolderDefaults { path, line, problem } => say(
            format!("Het instellingenbestand ‘{}’ is op regel {line} niet te begrijpen: {}.", short_path(path), yaml_problem(problem)),
            "Verbeter die regel, bijvoorbeeld ‘lang: nl’. Intussen blijft van elk document de laatste goede versie \
             online.",
        ),
        DiagnosticKind::MisplacedFrontMatter => say("De kop begint niet op de eerste regel van het bestand. Hij wordt toch gelezen.", "Wis de lege regels boven de eerste regel ‘---’."),
        DiagnosticKind::TomlFrontMatter => say("De kop staat tussen regels ‘+++’. Alleen de eenvoudige velden ervan worden gelezen.", "Vervang ‘+++’ door ‘---’ en schrijf elk veld zo: ‘title: Mijn titel’."),
        DiagnosticKind::FieldInCapitals { field, expected } => say(format!("Het veld ‘{}’ van de kop heeft hoofdletters. Het wordt gelezen als ‘{expected}’.", short(field)), format!("Schrijf ‘{expected}:’ in kleine letters.")),
        DiagnosticKind::Draft { until: Some(date) } => say(format!("Dit document staat niet online: de datum is {}. Het verschijnt die dag vanzelf.", short(date)), "Wis de datum in de kop of schrijf een datum in het verleden om het nu te publiceren."),
        DiagnosticKind::Draft { until: None } => say("Dit document is een ontwerp. Het staat niet online.", "Wis ‘draft: true’, ‘published: false’ of ‘status: draft’ in de kop om het te publiceren."),
        DiagnosticKind::PlanWithoutMeasures => say(
            "Dit plan bevat geen enkele maatregel.",
            "Zet de maatregelen in een tabel met een kopregel, bijvoorbeeld ‘Maatregel’ en ‘Status’, of verwijder ‘kind: plan’ uit de kop van het bestand.",
        ),
        DiagnosticKind::DuplicateMeasureNumber { number, first_line } => say(
            format!("Twee maatregelen hebben het nummer {number}. De eerste staat op regel {first_line}."),
            "Geef een van beide een ander nummer.",
        ),
        DiagnosticKind::DuplicateMeasureLabel { label, other_line, given } => say(
            format!("Twee maatregelen hebben het kenmerk ‘{}’. De andere staat op regel {other_line}. De tweede staat online als ‘{}’.", short(label), short(given)),
            "Geef een van beide een ander kenmerk.",
        ),
        DiagnosticKind::DuplicateMemberLabel { label, other, given } => say(
            format!("Het kenmerk ‘{}’ staat ook in ‘{}’. De tweede maatregel staat online als ‘{}’.", short(label), short(other), short(given)),
            "Geef een van beide in haar bestand een ander kenmerk.",
        ),
        DiagnosticKind::TooManyPlanFiles { limit } => say(
            format!("Deze map heeft meer dan {limit} bestanden met maatregelen. De laatste goede versie van het plan blijft online."),
            "Verdeel de maatregelen over meer mappen, elk met een bestand ‘plan.yaml’.",
        ),
        DiagnosticKind::LabelsHeld { label, line, confirmation_file } => say(
            format!("Twee maatregelen van een categorie hebben nu het kenmerk ‘{}’ (de tweede op regel {line}). De vorige versie blijft online.", short(label)),
            format!("Geef een van beide een ander kenmerk. Zijn beide bedoeld, zet dan naast het document een leeg bestand met de naam ‘{}’.", short_path(confirmation_file)),
        ),
        DiagnosticKind::MissingMeasureTitle { label } => say(
            format!("Maatregel ‘{}’ heeft geen titel. In de plaats staat een streepje online.", short(label)),
            "Schrijf de titel van de maatregel in haar rij.",
        ),
        DiagnosticKind::ResemblesPlan { count, seen } => say(
            format!("Dit bestand staat online als pagina, maar het lijkt op een plan met {count} maatregelen ({}).", short(seen)),
            "Is het een plan, schrijf dan ‘kind: plan’ in de kop van het bestand, tussen twee regels ‘---’. Zo niet, schrijf ‘kind: page’.",
        ),
        DiagnosticKind::TruncatedPlan => say(
            "Het document stopt midden in deze maatregel.",
            "Vul de regel aan (nummer, titel, status), of zet het hele bestand opnieuw in de map.",
        ),
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
        DiagnosticKind::DuplicateCategory { path } => say(
            format!("Twee titels van het plan hebben dezelfde aanduiding: ‘{}’.", short(path)),
            "Geef een van beide een ander nummer of een andere letter.",
        ),
        DiagnosticKind::MeasureWithoutAxis => say(
            "Deze maatregel staat vóór de eerste as. Hij komt in een as zonder nummer.",
            "Voeg erboven de titel van zijn as toe, bijvoorbeeld ‘## AS 1: Mobiliteit’.",
        ),
        DiagnosticKind::SpreadsheetWithoutMeasures { seen } => say(
            format!("In deze tabel zijn geen maatregelen herkend. Gelezen kolommen: {}.", short(seen)),
            "Geef elke kolom een naam in de eerste rij, bijvoorbeeld ‘Nr.’, ‘Maatregel’, ‘Trekker’ en ‘Status’. Is het geen plan, zet het bestand dan in een map ‘_files’.",
        ),
        DiagnosticKind::SpreadsheetTooLong { limit } => say(
            format!("Deze tabel heeft meer dan {limit} rijen, of te veel kolommen. De laatste goede versie blijft online."),
            "Houd alleen de rijen en kolommen van de maatregelen over. Verwijder opgemaakte lege rijen onder de tabel.",
        ),
        DiagnosticKind::SpreadsheetTooLarge { limit } => say(
            format!("Uitgepakt is dit Excelbestand groter dan {}. De laatste goede versie blijft online.", bytes_of(*limit)),
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
            format!("Dit Excelbestand heeft geen blad ‘{}’. Het heeft deze bladen: {}.", short(sheet), short(sheets)),
            "Verbeter de naam na ‘sheet:’ in het instellingenbestand van de map, of hernoem het blad.",
        ),
        DiagnosticKind::UnclosedCell { line } => say(
            format!("Een cel begint met een recht aanhalingsteken en wordt niet gesloten. Haar rij begint op regel {line}."),
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
        DiagnosticKind::NestingTooDeep { limit } => say(
            format!("Meer dan {limit} blokken zitten in elkaar. Van de volgende blijft alleen de tekst."),
            "Sluit de blokken die af zijn, bijvoorbeeld met ‘{% endgrid %}’ of ‘:::’.",
        ),
        DiagnosticKind::MarkupTooDense => say(
            "Deze passage bevat meer opmaaktekens dan tekst. Ze blijft zoals ze is.",
            "Verwijder de overbodige tekens, bijvoorbeeld reeksen van ‘*’ of ‘>’.",
        ),
        DiagnosticKind::UnclosedComment => say("Een opmerking begint met ‘<!--’, maar wordt niet gesloten. De tekst erna verschijnt.", "Schrijf ‘-->’ aan het einde van de opmerking."),
        DiagnosticKind::MissingNote { name } => say(format!("De tekst verwijst naar de voetnoot ‘{}’, maar die bestaat niet. De verwijzing verschijnt niet.", short(name)), format!("Voeg een regel ‘[^{}]: Tekst van de noot’ toe, of wis de verwijzing.", short(name))),
        DiagnosticKind::UnusedNote { name } => say(format!("Nergens staat een verwijzing naar de voetnoot ‘{}’. De tekst blijft op zijn plaats.", short(name)), format!("Schrijf ‘[^{}]’ op de plaats in de tekst die naar de noot verwijst.", short(name))),
        DiagnosticKind::TemplateExpression { expression } => say(format!("De waarde van ‘{}’ is niet bekend. Op die plaats verschijnt niets.", short(expression)), "Schrijf de tekst zelf, of geef de waarde in de kop, onder ‘templateValues:’."),
        DiagnosticKind::TemplateCondition { condition, shown: Some(line) } => say(format!("De tekst hangt af van de voorwaarde ‘{}’. Alleen de tekst na regel {line} verschijnt.", short(condition)), "Houd alleen de gewenste tekst en wis de tekens ‘{% if %}’ en ‘{% endif %}’."),
        DiagnosticKind::TemplateCondition { condition, shown: None } => say(format!("De tekst hangt af van de voorwaarde ‘{}’. Niets ervan verschijnt.", short(condition)), "Houd alleen de gewenste tekst en wis de tekens ‘{% if %}’ en ‘{% endif %}’."),
        DiagnosticKind::LinkWithoutTarget => say(
            "Deze link heeft geen adres, of het adres is niet toegelaten. Alleen de tekst staat online.",
            "Geef een adres, bijvoorbeeld ‘https://voorbeeld.be’. Voor een pagina van de site: ‘vijver.md’.",
        ),
        DiagnosticKind::AddressNotAllowed { address } => say(
            format!("Het adres ‘{}’ is niet toegelaten. Alleen de tekst staat online.", short(address)),
            "Zet het bestand in de map en geef het pad, bijvoorbeeld ‘_files/document.pdf’. Het adres van een andere site begint met ‘https://’.",
        ),
        DiagnosticKind::AddressWithoutScheme { address, corrected } => say(format!("Het adres ‘{}’ is niet volledig. De dienst heeft het aangevuld.", short(address)), format!("Schrijf ‘{}’.", short(corrected))),
        DiagnosticKind::BrokenLink { key, nearest, elsewhere } => say(
            format!("De link leidt naar ‘{}’, maar die pagina bestaat niet in het Nederlands.", short(key)),
            match (elsewhere, nearest) {
                (Some(language), _) => format!(
                    "Die pagina bestaat in het {}. Voeg een Nederlandse pagina met ‘translationKey: {}’ toe, of verwijder de link.",
                    name_of(*language),
                    short(key)
                ),
                (None, Some(nearest)) => meant(nearest),
                (None, None) => "Neem de sleutel van de juiste pagina over: hij staat in de koptekst van die pagina, \
                                 na ‘translationKey:’."
                    .into(),
            },
        ),
        DiagnosticKind::BrokenAnchor { anchor, nearest } => say(
            format!("De link leidt naar de titel ‘{}’, maar deze pagina heeft die titel niet.", short(anchor)),
            nearest
                .as_deref()
                .map_or_else(|| "Neem in de link precies de tekst van een titel van deze pagina over.".into(), meant),
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
            format!("De afbeelding ‘{}’ zit niet in deze map, die geen afbeeldingen bevat.", short_path(path)),
            "Staan uw afbeeldingen op een andere server, verander dan niets. Zet anders de afbeelding op die plaats.",
        ),
        DiagnosticKind::ImageWithoutAlt { src } => say(
            format!(
                "De afbeelding ‘{}’ heeft geen vervangende tekst. Blinde mensen hebben die nodig.",
                short_path(src)
            ),
            "Voeg een beschrijving toe: ‘alt=\"Kinderen aan de rand van de vijver\"’. Schrijf ze bij een afbeelding ‘![]’ tussen de haken.",
        ),
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
            format!("{} van de ondersteuningsdienst is niet gevonden op de pagina (veld ‘{field}’).", fact(field)),
            format!("Voeg in de koptekst een regel ‘supportService:’ toe als die ontbreekt. Typ daaronder twee spaties en dan ‘{}’.", example_of_fact(field, "uw tekst")),
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
        DiagnosticKind::PageHeld { confirmation_file } => say("Deze versie heeft geen tekst meer. De vorige versie blijft online.", format!("Is dat de bedoeling, plaats dan naast het document een leeg bestand met de naam ‘{}’. Zet anders de tekst terug.", short_path(confirmation_file))),
        DiagnosticKind::RemovalHeld { removed, total, confirmation_file } => say(
            format!(
                "Documenten die tegelijk zijn verdwenen: {removed} van de {total}, ook dit. Ze blijven voorlopig online."
            ),
            format!(
                "Zet ze terug in de map. Wilt u ze verwijderen, zet er dan een leeg bestand met de naam ‘{}’ in.",
                short_path(confirmation_file)
            ),
        ),
        DiagnosticKind::ContractMissing { field, example } => say(
            format!("Het veld ‘{}’ ontbreekt. De map van dit document vraagt het.", short(field)),
            format!("Schrijf in de koptekst bijvoorbeeld ‘{}’.", short(example)),
        ),
        DiagnosticKind::ContractMisspelt { field, expected } => say(
            format!("Het veld ‘{}’ is niet bekend, en het veld ‘{}’ ontbreekt.", short(field), short(expected)),
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
        DiagnosticKind::ConflictCopy { original } => {
            let name = short_path(original);
            say(
                format!("Dit bestand is een kopie van ‘{name}’, gemaakt door een programma. Het staat niet online zolang het origineel bestaat."),
                format!("Neem uw wijzigingen over in ‘{name}’ en verwijder dit bestand. Is het een ander document, hernoem het dan."),
            )
        }
        DiagnosticKind::ReaderFailed => say(
            "De dienst kon dit document niet lezen. De fout ligt bij de dienst, niet bij uw tekst.",
            "Meld het aan de beheerder van de dienst: de details staan in het logboek.",
        ),
    }
}

/// Returns a suggestion that quotes the most similar text.
fn meant(text: &str) -> String {
    format!("Schrijf ‘{}’ als u dat bedoelt.", short(text))
}

fn bytes_of(bytes: u64) -> String {
    size(bytes, ',', 'B')
}

fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "Frans",
        Language::Nl => "Nederlands",
        Language::De => "Duits",
        Language::En => "Engels",
    }
}

/// Returns the subject of a sentence about a field of a support service.
fn fact(field: &str) -> &'static str {
    match field {
        "organisation" => "De organisatie",
        "domain" => "Het domein",
        "authority" => "De overheid",
        "legalBasis" => "De wettelijke basis",
        "region" => "Het gewest",
        "designatedYear" => "Het jaar van de aanwijzing",
        _ => "Een gegeven",
    }
}

fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "het beschrijft geen enkel veld".into(),
        ContractProblem::Property(name) => format!("het veld ‘{}’ heeft geen bekend type", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
fn yaml_problem(problem: &YamlProblem) -> String {
    match problem {
        YamlProblem::DuplicateKey(key) => format!("het veld ‘{}’ staat er twee keer", short(key)),
        YamlProblem::UnknownAlias(name) => format!("de verwijzing ‘*{}’ leidt nergens heen", short(name)),
        YamlProblem::Tab => "een regel begint met een tab in plaats van spaties".into(),
        YamlProblem::Quote => "een aanhalingsteken is niet gesloten".into(),
        YamlProblem::Colon => "een waarde bevat een dubbelepunt".into(),
        YamlProblem::Bracket => "een haakje is niet gesloten".into(),
        YamlProblem::Indentation => "een regel springt anders in dan de andere".into(),
        YamlProblem::NoFields => "er staat geen enkel veld".into(),
        YamlProblem::TooComplex => "er zijn te veel niveaus of verwijzingen".into(),
        YamlProblem::NotUtf8 => "de codering is niet ‘UTF-8’".into(),
        YamlProblem::Other => "deze regel is geen veld".into(),
    }
}
