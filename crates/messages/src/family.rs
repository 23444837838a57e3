//! Families of diagnostic kinds. Each language has one function for each family.

use passerelle_model::diagnostic::DiagnosticKind;

use crate::sentence::{LocalizedMessage, say};

/// Returns the message of a kind. `None` for a kind of another family.
pub(crate) type Family = fn(&DiagnosticKind) -> Option<LocalizedMessage>;

/// Returns the message of a kind from the functions of a language.
pub(crate) fn localize(families: &[Family], kind: &DiagnosticKind) -> LocalizedMessage {
    let message = families.iter().find_map(|family| family(kind));
    // A test fails if a language has no arm for a kind.
    message.unwrap_or_else(|| say(format!("{}.", kind.row().description), ""))
}
