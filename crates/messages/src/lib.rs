//! Messages for editors: a diagnostic kind and its arguments become a sentence and a suggestion.
//!
//! Each language has one folder, with one function for each family of kinds. To add a kind, add a row in
//! `crates/model/src/diagnostic.rs` and one arm per language; `tests/messages.rs` finds the missing arms. To
//! add a language, add a folder.
//!
//! Readers of these sentences write in Word or in a text editor. They know neither YAML nor file encodings. A
//! message says what is wrong and which value or line is affected. A suggestion says what to type, in
//! quotation marks.

mod de;
mod en;
mod family;
mod fr;
mod nl;
mod sentence;

use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind};
use passerelle_model::language::Language;
use passerelle_model::position::Position;

pub use sentence::{LocalizedMessage, in_file, status_word};

/// Returns the message and the suggestion for a diagnostic kind in a language.
pub fn localize(kind: &DiagnosticKind, language: Language) -> LocalizedMessage {
    let families = match language {
        Language::Fr => fr::FAMILIES,
        Language::Nl => nl::FAMILIES,
        Language::De => de::FAMILIES,
        Language::En => en::FAMILIES,
    };
    family::localize(families, kind)
}

/// Builds a diagnostic with its message in a language. `excerpt` is the text of the line at `position`.
pub fn to_diagnostic(
    kind: &DiagnosticKind,
    language: Language,
    position: Option<Position>,
    excerpt: Option<String>,
) -> Diagnostic {
    let LocalizedMessage { message, suggestion } = localize(kind, language);
    Diagnostic {
        severity: kind.severity(),
        code: kind.code(),
        message,
        position,
        excerpt,
        suggestion: Some(suggestion),
    }
}
