//! A plan with one file per measure: the text documents beside a settings file such as `plan.yaml`.
//!
//! The settings file is the document. It has the fields of a header: title, slug, language, statuses. The
//! files beside it are its members. They are inputs of the document as the default fields of its folders are,
//! and are no documents themselves.

use passerelle_messages::in_file;
use passerelle_model::diagnostic::{Diagnostic, DiagnosticKind, Finding, Severity};
use passerelle_model::document::DocumentKind;
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use passerelle_model::position::Position;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_text::language;

use crate::decode::{self, DecodeError, Decoded, WriteState};
use crate::diagnostics::{declared_language, draft_of, to_diagnostics};
use crate::draft;
use crate::folder_defaults::FolderDefaults;
use crate::front_matter::{self, FrontMatter};
use crate::plan::{self, PlanMember};
use crate::source::Source;

/// Maximum number of members. The largest plan that is known has 300 measures.
pub const MAX_MEMBERS: usize = 2_000;
/// Bytes of the members by which the language is detected.
const LANGUAGE_SAMPLE_BYTES: usize = 16 * 1024;

/// A file of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Path of the file.
    pub path: DocumentPath,
    /// Bytes of the file, or the reason why it cannot be read.
    pub content: Result<Vec<u8>, DiagnosticKind>,
}

/// A member has an incomplete last character, so it is still being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file of the plan is still being written")]
pub struct IncompleteMember;

/// Returns true if the settings file of a folder makes its documents one plan: it has the field `measures:
/// files`.
pub fn joins_files(settings: &[u8]) -> bool {
    let text = std::str::from_utf8(settings).unwrap_or_default();
    let values = front_matter::parse_mapping(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    values.is_ok_and(|values| values.get("measures").and_then(serde_json::Value::as_str) == Some("files"))
}

/// A problem in a member.
struct MemberFinding {
    /// Index of the member.
    member: usize,
    finding: Finding,
}

/// Reads the plan of a settings file and its members. A member that cannot be read rejects the plan, so that
/// its measure does not disappear.
///
/// # Errors
/// [`IncompleteMember`] if a file ends in the middle of a character and may grow.
pub fn read(
    path: &DocumentPath,
    settings: &[u8],
    members: &[Member],
    defaults: &FolderDefaults,
    write_state: WriteState,
) -> Result<ParsedDocument, IncompleteMember> {
    let mut findings: Vec<Finding> = Vec::new();
    let settings = decode_text(settings, write_state)?;
    let text = settings.as_ref().map_or("", |settings| settings.text.as_str());
    let mut front = match &settings {
        Ok(_) => front_matter::parse_settings(text).unwrap_or_else(|finding| {
            findings.push(finding);
            FrontMatter::default()
        }),
        Err(kind) => {
            findings.push(Finding::for_document(kind.clone()));
            FrontMatter::default()
        }
    };
    findings.extend(defaults.apply(&mut front));
    let mut member_findings = Vec::new();
    let texts = decode_members(members, write_state, &mut member_findings)?;
    let declared = declared_language(&front, &mut findings).or(Language::from_path(path));
    let lang = declared.or_else(|| detect_language(&texts)).unwrap_or_default();
    let documents = split_members(members, &texts, &mut member_findings);
    let folder = path.parent();
    let name = folder.name().unwrap_or(path.stem());
    let (plan, plan_findings) = plan::read_members(&front, &documents, name, lang);
    for (member, finding) in plan_findings {
        match member {
            Some(member) => member_findings.push(MemberFinding { member, finding }),
            None => findings.push(finding),
        }
    }
    let mut diagnostics = to_diagnostics(&findings, lang, &Source::new(text));
    diagnostics.extend(member_diagnostics(members, &texts, member_findings, lang));
    diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    let is_rejected = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Ok(ParsedDocument {
        kind: DocumentKind::Plan,
        encoding: settings.as_ref().ok().map(|settings| settings.encoding),
        content: (!is_rejected).then(|| Content::Plan(Box::new(plan))),
        diagnostics,
        references: Vec::new(),
        draft: draft_of(&front, lang, &Source::new(text)),
    })
}

fn decode_text(
    bytes: &[u8],
    write_state: WriteState,
) -> Result<Result<Decoded, DiagnosticKind>, IncompleteMember> {
    match decode::decode(bytes, write_state) {
        Ok(decoded) => Ok(Ok(decoded)),
        Err(DecodeError::Incomplete) => Err(IncompleteMember),
        Err(DecodeError::Rejected(kind)) => Ok(Err(kind)),
    }
}

/// The text of each member. Empty for one that cannot be decoded.
fn decode_members(
    members: &[Member],
    write_state: WriteState,
    findings: &mut Vec<MemberFinding>,
) -> Result<Vec<String>, IncompleteMember> {
    let mut texts = Vec::with_capacity(members.len());
    for (member, Member { content, .. }) in members.iter().enumerate() {
        let decoded = match content {
            Ok(bytes) => decode_text(bytes, write_state)?,
            Err(kind) => Err(kind.clone()),
        };
        let (text, kind) = match decoded {
            Ok(Decoded { text, diagnostic, .. }) => (text, diagnostic),
            Err(kind) => (String::new(), Some(kind)),
        };
        let finding = kind.map(Finding::for_document);
        findings.extend(finding.map(|finding| MemberFinding { member, finding }));
        texts.push(text);
    }
    Ok(texts)
}

/// The header and the body of each member that has a text.
fn split_members<'a>(
    members: &'a [Member],
    texts: &'a [String],
    findings: &mut Vec<MemberFinding>,
) -> Vec<PlanMember<'a>> {
    let mut documents = Vec::with_capacity(members.len());
    for (index, (member, text)) in members.iter().zip(texts).enumerate() {
        let mut add = |finding| findings.push(MemberFinding { member: index, finding });
        match front_matter::split(text) {
            Ok(split) => {
                split.findings.into_iter().for_each(&mut add);
                // A date of publication in a member is a field of the measure.
                if let Some((None, finding)) = draft::read(&split.front) {
                    add(finding);
                } else if !text.trim().is_empty() {
                    let (front, body, body_line) = (split.front, split.body, split.body_line);
                    documents.push(PlanMember { index, path: &member.path, front, body, body_line });
                }
            }
            Err(finding) => add(finding),
        }
    }
    documents
}

fn detect_language(texts: &[String]) -> Option<Language> {
    let mut sample = String::new();
    for text in texts {
        let room = LANGUAGE_SAMPLE_BYTES.saturating_sub(sample.len());
        let end = text.floor_char_boundary(room.min(text.len()));
        sample.push_str(&text[..end]);
        sample.push('\n');
    }
    language::detect(&sample)
}

/// Diagnostics about members. The message names the file and the line, because the position of a diagnostic
/// is in the settings file.
fn member_diagnostics(
    members: &[Member],
    texts: &[String],
    mut findings: Vec<MemberFinding>,
    lang: Language,
) -> Vec<Diagnostic> {
    findings.sort_by_key(|found| (std::cmp::Reverse(found.finding.kind.severity()), found.member));
    findings.truncate(crate::diagnostics::MAX_DIAGNOSTICS);
    let diagnostic = |found: MemberFinding| {
        let MemberFinding { member, finding } = found;
        let line = finding.position.map(|position: Position| position.line);
        let excerpt = finding.position.and_then(|position| Source::new(&texts[member]).excerpt(position));
        let diagnostic = passerelle_messages::to_diagnostic(&finding.kind, lang, None, excerpt);
        in_file(diagnostic, members[member].path.name(), line, lang)
    };
    findings.into_iter().map(diagnostic).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_joins_files_by_its_field() {
        assert!(joins_files(b"title: A\nmeasures: files\n"));
        assert!(
            !joins_files(b"measures: [1, 2]\n") && !joins_files(b"lang: fr\n") && !joins_files(b"a: [\n")
        );
    }
}
