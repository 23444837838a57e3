//! Findings as diagnostics in the language of the document.

use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind, Finding};
use passerelle_model::language::Language;
use passerelle_model::reading::Draft;

use crate::draft;
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

/// Returns the draft that the front matter declares, with its diagnostic.
pub(crate) fn draft_of(front: &FrontMatter, lang: Language, source: &Source<'_>) -> Option<Box<Draft>> {
    let (until, finding) = draft::read(front)?;
    Some(Box::new(Draft { until, diagnostic: to_diagnostic(&finding, lang, source) }))
}

/// Maximum number of lines of a header in which the field `lang` is searched.
const MAX_HEADER_LINES: usize = 100;

/// Returns the language of a line `lang: de` in a header that is not valid YAML.
pub(crate) fn written_language(text: &str) -> Option<Language> {
    let mut lines = text.lines().take(MAX_HEADER_LINES).filter_map(|line| line.strip_prefix("lang:"));
    Language::from_tag(lines.next()?.trim().trim_matches(['"', '\'']))
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
