//! Findings as diagnostics in the language of the document.

use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind, Finding};
use passerelle_model::language::Language;

use crate::front_matter::FrontMatter;
use crate::source::Source;

/// Maximum number of diagnostics per document. The most severe ones are reported, because an editor cannot
/// work through a longer list.
pub(crate) const MAX_DIAGNOSTICS: usize = 500;

/// Returns the language that the front matter declares.
pub(crate) fn declared_language(front: &FrontMatter, findings: &mut Vec<Finding>) -> Option<Language> {
    let value = front.text("lang")?;
    let lang = Language::from_tag(&value);
    if lang.is_none() {
        findings.push(Finding::at(front.position("lang"), DiagnosticKind::UnknownLanguage { value }));
    }
    lang
}

/// Converts the most severe findings, then the first ones of the document.
pub(crate) fn to_diagnostics(findings: &[Finding], lang: Language, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.kind.severity()), finding.position));
    findings.truncate(MAX_DIAGNOSTICS);
    findings.into_iter().map(|finding| to_diagnostic(finding, lang, source)).collect()
}

/// Converts one finding.
pub(crate) fn to_diagnostic(finding: &Finding, lang: Language, source: &Source<'_>) -> Diagnostic {
    let excerpt = finding.position.and_then(|position| source.excerpt(position));
    passerelle_messages::to_diagnostic(&finding.kind, lang, finding.position, excerpt)
}
