//! Dutch: words and parts of sentences.

use passerelle_model::diagnostic::{ContractProblem, YamlProblem};
use passerelle_model::language::Language;

use crate::sentence::{short, size};

/// Returns a suggestion that quotes the most similar text.
pub(super) fn meant(text: &str) -> String {
    format!("Schrijf ‘{}’ als u dat bedoelt.", short(text))
}

pub(super) fn bytes_of(bytes: u64) -> String {
    size(bytes, ',', 'B')
}

pub(super) fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "Frans",
        Language::Nl => "Nederlands",
        Language::De => "Duits",
        Language::En => "Engels",
    }
}

/// Returns the subject of a sentence about a field of a support service.
pub(super) fn fact(field: &str) -> &'static str {
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

pub(super) fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "het beschrijft geen enkel veld".into(),
        ContractProblem::Property(name) => format!("het veld ‘{}’ heeft geen bekend type", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
pub(super) fn yaml_problem(problem: &YamlProblem) -> String {
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
