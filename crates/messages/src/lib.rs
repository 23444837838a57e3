//! The sentences that editors read, one file a language.
//!
//! To add a fault: a variant in [`DiagnosticKind`], then a sentence in each file; the compiler names those that lack it.
//! To add a language: a file, and an arm here.

mod en;
mod fr;
mod nl;

use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind};
use passerelle_model::language::Language;
use passerelle_model::position::Position;

/// A fault in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedMessage {
    /// One sentence.
    pub message: String,
    /// What to do about it, one sentence.
    pub suggestion: Option<String>,
}

/// The fault in words, with its place and the line that it stands on.
pub fn to_diagnostic(
    kind: &DiagnosticKind,
    language: Language,
    position: Option<Position>,
    excerpt: Option<String>,
) -> Diagnostic {
    let message = localize(kind, language);
    Diagnostic {
        severity: kind.severity(),
        code: kind.code().to_owned(),
        message: message.message,
        position,
        excerpt,
        suggestion: message.suggestion,
    }
}

/// A fault in the words of a language. German has no file yet and reads English.
pub fn localize(kind: &DiagnosticKind, language: Language) -> LocalizedMessage {
    match language {
        Language::Fr => fr::localize(kind),
        Language::Nl => nl::localize(kind),
        Language::De | Language::En => en::localize(kind),
    }
}

/// A sentence with what to do about it.
fn with_suggestion(message: impl Into<String>, suggestion: impl Into<String>) -> LocalizedMessage {
    LocalizedMessage { message: message.into(), suggestion: Some(suggestion.into()) }
}

/// A sentence that needs no advice.
fn without_suggestion(message: impl Into<String>) -> LocalizedMessage {
    LocalizedMessage { message: message.into(), suggestion: None }
}

/// A size that a person reads: `5 MiB`, `64 KiB`, `300 B`.
fn format_size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = KIB * KIB;
    match bytes {
        MIB.. => format!("{} MiB", bytes / MIB),
        KIB.. => format!("{} KiB", bytes / KIB),
        _ => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_localized_and_german_falls_back_to_english() {
        let kind = DiagnosticKind::DuplicateMeasureNumber { number: 12, first_line: 40 };
        let messages = Language::ALL.map(|language| localize(&kind, language).message);
        assert_eq!(messages[0], "La mesure 12 figure deux fois : d’abord à la ligne 40.");
        assert_eq!(messages[1], "Maatregel 12 staat er twee keer: de eerste keer op regel 40.");
        assert_eq!(messages[2], messages[3]);
        assert_eq!(messages[3], "Measure 12 stands twice: first on line 40.");
    }

    #[test]
    fn sizes_use_binary_units() {
        assert_eq!(
            [format_size(300), format_size(65_536), format_size(5_242_880)],
            ["300 B", "64 KiB", "5 MiB"]
        );
    }
}
