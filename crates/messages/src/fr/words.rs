//! French: words and parts of sentences.

use passerelle_model::diagnostic::{ContractProblem, YamlProblem};
use passerelle_model::language::Language;

use crate::sentence::{short, size};

/// Returns a suggestion that quotes the most similar text.
pub(super) fn meant(text: &str) -> String {
    format!("Écrivez « {} » si c’est ce que vous vouliez.", short(text))
}

pub(super) fn bytes_of(bytes: u64) -> String {
    size(bytes, ',', 'o')
}

pub(super) fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "français",
        Language::Nl => "néerlandais",
        Language::De => "allemand",
        Language::En => "anglais",
    }
}

/// Returns the subject of a sentence about a field of a support service.
pub(super) fn fact(field: &str) -> &'static str {
    match field {
        "organisation" => "L’organisation",
        "domain" => "Le domaine",
        "authority" => "L’autorité publique",
        "legalBasis" => "La base légale",
        "region" => "La région",
        "designatedYear" => "L’année de désignation",
        _ => "Une information",
    }
}

pub(super) fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "il ne décrit aucun champ".into(),
        ContractProblem::Property(name) => format!("le champ « {} » n’a pas de type connu", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
pub(super) fn yaml_problem(problem: &YamlProblem) -> String {
    match problem {
        YamlProblem::DuplicateKey(key) => format!("le champ « {} » est écrit deux fois", short(key)),
        YamlProblem::UnknownAlias(name) => format!("le renvoi « *{} » ne mène à rien", short(name)),
        YamlProblem::Tab => "une ligne commence par une tabulation au lieu d’espaces".into(),
        YamlProblem::Quote => "un guillemet n’est pas fermé".into(),
        YamlProblem::Colon => "une valeur contient deux-points".into(),
        YamlProblem::Bracket => "un crochet ou une accolade n’est pas fermé".into(),
        YamlProblem::Indentation => "une ligne n’est pas alignée avec les autres".into(),
        YamlProblem::NoFields => "aucun champ n’y est écrit".into(),
        YamlProblem::TooComplex => "il contient trop de niveaux ou de renvois".into(),
        YamlProblem::NotUtf8 => "le codage n’est pas « UTF-8 »".into(),
        YamlProblem::Other => "cette ligne n’est pas un champ".into(),
    }
}
