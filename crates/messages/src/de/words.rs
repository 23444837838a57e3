//! German: words and parts of sentences.

use passerelle_model::diagnostic::{ContractProblem, YamlProblem};
use passerelle_model::language::Language;

use crate::sentence::{short, size};

/// Returns a suggestion that quotes the most similar text.
pub(super) fn meant(text: &str) -> String {
    format!("Schreiben Sie „{}“, wenn Sie das meinen.", short(text))
}

pub(super) fn bytes_of(bytes: u64) -> String {
    size(bytes, ',', 'B')
}

pub(super) fn name_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "Französisch",
        Language::Nl => "Niederländisch",
        Language::De => "Deutsch",
        Language::En => "Englisch",
    }
}

/// Returns the subject of a sentence about a field of a support service.
pub(super) fn fact(field: &str) -> &'static str {
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

pub(super) fn contract_problem(problem: &ContractProblem) -> String {
    match problem {
        ContractProblem::Yaml(problem) => yaml_problem(problem),
        ContractProblem::NoProperties => "er beschreibt kein Feld".into(),
        ContractProblem::Property(name) => format!("das Feld „{}“ hat keinen bekannten Typ", short(name)),
    }
}

/// The cause of an error in the header, as the end of a sentence.
pub(super) fn yaml_problem(problem: &YamlProblem) -> String {
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
