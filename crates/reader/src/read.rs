//! From a file's bytes to what they mean: the one way in.

use passerelle_model::diagnostic::{Diagnostic, Fault, Finding, Severity};
use passerelle_model::language::Language;
use passerelle_model::manifest::DocumentKind;
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::{Content, Reading};
use passerelle_model::reference::Reference;
use passerelle_text::language::guess;

use crate::decode;
use crate::decode::{DecodeError, Growth};
use crate::folder_defaults::FolderDefaults;
use crate::front_matter;
use crate::front_matter::FrontMatter;
use crate::kind;
use crate::kind::Kind;
use crate::markdown::RawHtml;
use crate::page;
use crate::page::Place;
use crate::plan;
use crate::service;
use crate::source::Source;

/// The version of the readers. Raised whenever the same bytes would read otherwise, so that what is stored is read
/// again.
const READER_VERSION: i32 = 3;

/// How documents are read, beside what they are.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// Whether the file may still be growing.
    pub growth: Growth,
    /// The front matter that the folders of the document give it.
    pub defaults: &'a FolderDefaults,
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
}

/// The version of what is stored: another one when the same bytes would read otherwise.
pub fn reader_version(raw_html: RawHtml) -> i32 {
    let setting = match raw_html {
        RawHtml::Removed => 0,
        RawHtml::Sanitized => 1,
    };
    READER_VERSION * 10 + setting
}

/// An editor who is told more than this is told nothing: the most serious are kept.
const MAX_DIAGNOSTICS: usize = 500;

/// The bytes end in the middle of a character: the file is still being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is still being written")]
pub struct Incomplete;

/// Reads a document.
pub fn read(path: &DocumentPath, bytes: &[u8], options: ReadOptions<'_>) -> Result<Reading, Incomplete> {
    let decoded = match decode::decode(bytes, options.growth) {
        Ok(decoded) => decoded,
        Err(DecodeError::Incomplete) => return Err(Incomplete),
        Err(DecodeError::Refused(fault)) => return Ok(refused(path, fault)),
    };
    let source = Source::new(&decoded.text);
    let from_path = Language::from_path(path);
    let mut findings: Vec<Finding> = decoded.fault.into_iter().map(Finding::whole).collect();
    let mut split = match front_matter::split(&decoded.text) {
        Ok(split) => split,
        Err(finding) => {
            findings.push(finding);
            let lang = from_path.or_else(|| guess(&decoded.text)).unwrap_or_default();
            let diagnostics = tell(&findings, lang, &source);
            return Ok(Reading {
                kind: DocumentKind::Unknown,
                encoding: decoded.encoding,
                content: None,
                diagnostics,
                references: Vec::new(),
            });
        }
    };
    findings.extend(options.defaults.apply(&mut split.front));
    let written = written_language(&split.front, &mut findings);
    let lang = written.or(from_path).or_else(|| guess(split.body)).unwrap_or_default();
    let kind = kind::detect(&split.front, split.body, &mut findings);
    let (content, more, references) = match kind {
        Kind::Plan => {
            let (plan, findings) = plan::read(&split.front, split.body, split.body_line, lang);
            (Content::Plan(Box::new(plan)), findings, Vec::new())
        }
        Kind::Page | Kind::SupportService => {
            let place = Place { lang, folder: path.folder(), raw_html: options.raw_html };
            read_page(&split, place, path, kind)
        }
    };
    findings.extend(more);
    let references = references
        .into_iter()
        .map(|reference| Reference { excerpt: source.excerpt(reference.position), ..reference })
        .collect();
    let is_refused = findings.iter().any(|finding| finding.fault.severity() == Severity::Error);
    Ok(Reading {
        kind: content.kind(),
        encoding: decoded.encoding,
        content: (!is_refused).then_some(content),
        diagnostics: tell(&findings, lang, &source),
        references,
    })
}

/// A document that could not even be decoded, or not be opened.
pub fn refused(path: &DocumentPath, fault: Fault) -> Reading {
    let lang = Language::from_path(path).unwrap_or_default();
    let diagnostics = tell(&[Finding::whole(fault)], lang, &Source::new(""));
    Reading { kind: DocumentKind::Unknown, encoding: "", content: None, diagnostics, references: Vec::new() }
}

fn read_page(
    split: &front_matter::Split<'_>,
    place: Place<'_>,
    path: &DocumentPath,
    kind: Kind,
) -> (Content, Vec<Finding>, Vec<Reference>) {
    let (page, mut findings, references) = page::read(&split.front, split.body, split.body_line, place, path);
    let service = (kind == Kind::SupportService || service::is_service(&page)).then(|| {
        let (service, more) = service::read(&page, &split.front, place.setting());
        findings.extend(more);
        Box::new(service)
    });
    (Content::Page { page: Box::new(page), service }, findings, references)
}

fn written_language(front: &FrontMatter, findings: &mut Vec<Finding>) -> Option<Language> {
    let written = front.text("lang")?;
    let lang = Language::from_tag(&written);
    if lang.is_none() {
        findings.push(Finding::at(front.position("lang"), Fault::UnknownLanguage { written }));
    }
    lang
}

fn tell(findings: &[Finding], lang: Language, source: &Source<'_>) -> Vec<Diagnostic> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.fault.severity()), finding.position));
    findings.truncate(MAX_DIAGNOSTICS);
    findings
        .into_iter()
        .map(|finding| {
            let excerpt = finding.position.and_then(|position| source.excerpt(position));
            passerelle_messages::diagnostic(&finding.fault, lang, finding.position, excerpt)
        })
        .collect()
}
