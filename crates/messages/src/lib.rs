//! The sentences that editors read, one file a language.
//!
//! To add a fault: a variant in [`Fault`], then a sentence in each file; the compiler names those that lack it.
//! To add a language: a file, and an arm here.

mod en;
mod fr;
mod nl;

use passerelle_model::diagnostic::{Diagnostic, Fault};
use passerelle_model::language::Language;
use passerelle_model::position::Position;

/// A fault in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// One sentence.
    pub message: String,
    /// What to do about it, one sentence.
    pub suggestion: Option<String>,
}

/// The fault in words, with its place and the line that it stands on.
pub fn diagnostic(
    fault: &Fault,
    language: Language,
    position: Option<Position>,
    excerpt: Option<String>,
) -> Diagnostic {
    let told = tell(fault, language);
    Diagnostic {
        severity: fault.severity(),
        code: fault.code().to_owned(),
        message: told.message,
        position,
        excerpt,
        suggestion: told.suggestion,
    }
}

/// A fault in the words of a language. German has no file yet and reads English.
pub fn tell(fault: &Fault, language: Language) -> Told {
    match language {
        Language::Fr => fr::tell(fault),
        Language::Nl => nl::tell(fault),
        Language::De | Language::En => en::tell(fault),
    }
}

/// A sentence with what to do about it.
fn told(message: impl Into<String>, suggestion: impl Into<String>) -> Told {
    Told { message: message.into(), suggestion: Some(suggestion.into()) }
}

/// A sentence that needs no advice.
fn noted(message: impl Into<String>) -> Told {
    Told { message: message.into(), suggestion: None }
}

/// A size that a person reads: `5 MiB`, `64 KiB`, `300 B`.
fn size(bytes: u64) -> String {
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
    fn a_fault_is_told_in_the_language_of_its_document() {
        let fault = Fault::DuplicateNumber { number: 12, first_line: 40 };
        let messages = Language::ALL.map(|language| tell(&fault, language).message);
        assert_eq!(messages[0], "La mesure 12 figure deux fois : d’abord à la ligne 40.");
        assert_eq!(messages[1], "Maatregel 12 staat er twee keer: de eerste keer op regel 40.");
        assert_eq!(messages[2], messages[3]);
        assert_eq!(messages[3], "Measure 12 stands twice: first on line 40.");
    }

    #[test]
    fn sizes_are_read_by_people() {
        assert_eq!([size(300), size(65_536), size(5_242_880)], ["300 B", "64 KiB", "5 MiB"]);
    }
}
