//! English: words and parts of sentences.

use passerelle_model::diagnostic::{ContractProblem, YamlProblem};
use passerelle_model::language::Language;

use crate::sentence::{short, size};

/// Returns a suggestion that quotes the most similar text.
pub(super) fn meant(text: &str) -> String {
    format!("Write “{}” if this is what you meant.", short(text))
}

pub(super) fn bytes_of(bytes: u64) -> String {
    size(bytes, '.', 'B')
}

pub(super) fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "French",
        Language::Nl => "Dutch",
        Language::De => "German",
        Language::En => "English",
    }
}

/// Returns the subject of a sentence about a field of a support service.
pub(super) fn fact(field: &str) -> &'static str {
    match field {
        "organisation" => "The organisation",
        "domain" => "The domain",
        "authority" => "The public authority",
        "legalBasis" => "The legal basis",
        "region" => "The region",
        "designatedYear" => "The year of designation",
        _ => "A fact",
    }
}

pub(super) fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "it describes no fields".into(),
        ContractProblem::Property(name) => format!("the field “{}” has no known type", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
pub(super) fn yaml_problem(problem: &YamlProblem) -> String {
    match problem {
        YamlProblem::DuplicateKey(key) => format!("the field “{}” is written twice", short(key)),
        YamlProblem::UnknownAlias(name) => format!("the reference “*{}” leads nowhere", short(name)),
        YamlProblem::Tab => "a line begins with a tab instead of spaces".into(),
        YamlProblem::Quote => "a quotation mark is not closed".into(),
        YamlProblem::Colon => "a value contains a colon".into(),
        YamlProblem::Bracket => "a bracket is not closed".into(),
        YamlProblem::Indentation => "a line is indented differently from the others".into(),
        YamlProblem::NoFields => "there is no field in it".into(),
        YamlProblem::TooComplex => "it has too many levels or references".into(),
        YamlProblem::NotUtf8 => "the encoding is not “UTF-8”".into(),
        YamlProblem::Other => "this line is not a field".into(),
    }
}
