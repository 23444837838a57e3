//! Diagnostics with the line as written and the place marked.

use passerelle_model::diagnostic::Diagnostic;
use passerelle_model::labels::severity_label;

use crate::words::Words;

/// Line of a document, split at the place of a problem.
pub(crate) struct MarkedLine {
    pub(crate) number: u32,
    pub(crate) before: String,
    pub(crate) marked: String,
}

/// One diagnostic.
pub(crate) struct Problem {
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    pub(crate) line: Option<MarkedLine>,
    pub(crate) suggestion: Option<String>,
}

impl Problem {
    pub(crate) fn of(diagnostic: &Diagnostic, words: &Words) -> Self {
        let line = diagnostic.position.zip(diagnostic.excerpt.as_deref()).map(|(position, excerpt)| {
            let column = usize::try_from(position.column).unwrap_or(1).saturating_sub(1);
            let start = excerpt.char_indices().nth(column).map_or(excerpt.len(), |(at, _)| at);
            let (before, marked) = excerpt.split_at(start);
            MarkedLine { number: position.line, before: before.to_owned(), marked: marked.to_owned() }
        });
        Self {
            severity: severity_label(diagnostic.severity, words.lang),
            message: diagnostic.message.clone(),
            line,
            suggestion: diagnostic.suggestion.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::diagnostic::{DiagnosticCode, Severity};
    use passerelle_model::language::Language;
    use passerelle_model::position::Position;

    #[test]
    fn the_line_is_split_at_the_column_in_characters() {
        let mut diagnostic = Diagnostic {
            severity: Severity::Error,
            code: DiagnosticCode::parse("STATUS_UNKNOWN").unwrap(),
            message: "m".to_owned(),
            position: Some(Position { line: 9, column: 4 }),
            excerpt: Some("été fini".to_owned()),
            suggestion: None,
        };
        let parts = |diagnostic: &Diagnostic| {
            let line = Problem::of(diagnostic, Words::of(Language::Fr)).line;
            line.map(|line| (line.number, line.before, line.marked))
        };
        assert_eq!(parts(&diagnostic), Some((9, "été".to_owned(), " fini".to_owned())));
        diagnostic.position = Some(Position { line: 9, column: 99 });
        assert_eq!(parts(&diagnostic), Some((9, "été fini".to_owned(), String::new())));
        diagnostic.excerpt = None;
        assert_eq!(parts(&diagnostic), None);
    }
}
