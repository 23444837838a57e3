//! Entry point of the crate: converts the bytes of one file to a [`ParsedDocument`].

use std::borrow::Cow;

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{DiagnosticKind, Finding, Severity};
use passerelle_model::document::DocumentKind;
use passerelle_model::language::Language;
use passerelle_model::path::{DocumentPath, collection_name};
use passerelle_model::plan::Plan;
use passerelle_model::position::Position;
use passerelle_model::public_url::PublicUrl;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_model::reference::Reference;
use passerelle_text::language;

use crate::contract;
use crate::decode;
use crate::decode::{DecodeError, WriteState};
use crate::diagnostics::{declared_language, draft_of, to_diagnostics, written_language};
use crate::draft;
use crate::folder_defaults::FolderDefaults;
use crate::front_matter;
use crate::front_matter::FrontMatter;
use crate::kind;
use crate::kind::DetectedKind;
use crate::locate;
use crate::markdown::RawHtmlPolicy;
use crate::page;
use crate::page::PageContext;
use crate::plan;
use crate::service;
use crate::sheet::{self, Sheet, SheetFormat};
use crate::source::Source;

/// Version of the parsers. Increase it whenever the same bytes would give another result: stored documents
/// are then parsed again.
const READER_VERSION: i32 = 9;

/// Options of [`read()`].
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// State of the file: complete, or possibly still being written.
    pub write_state: WriteState,
    /// Default front matter of the document's folders.
    pub defaults: &'a FolderDefaults,
    /// Policy for raw HTML in Markdown.
    pub raw_html: RawHtmlPolicy,
    /// Public address of the site. `None` if it is not known.
    pub site: Option<&'a PublicUrl>,
}

impl<'a> ReadOptions<'a> {
    /// Options for a complete file with these default fields: raw HTML is removed, and the site is not known.
    pub fn with_defaults(defaults: &'a FolderDefaults) -> Self {
        Self { write_state: WriteState::Complete, defaults, raw_html: RawHtmlPolicy::Removed, site: None }
    }
}

/// Returns the version to store with parsed documents. It changes if the parsers, the raw HTML policy or the
/// address of the site change.
///
/// Example: `51` is parser version 5 with [`RawHtmlPolicy::Sanitized`] and without an address. Higher digits
/// are derived from the address.
pub fn reader_version(raw_html: RawHtmlPolicy, site: Option<&PublicUrl>) -> i32 {
    /// Enough to notice that the address changed.
    const SITE_DIGITS: usize = 4;
    let render_options = match raw_html {
        RawHtmlPolicy::Removed => 0,
        RawHtmlPolicy::Sanitized => 1,
    };
    let site_version = site.map_or(0, |site| {
        let digits = Checksum::of(site.as_str().as_bytes()).first_digits(SITE_DIGITS);
        i32::from_str_radix(&digits, 16).unwrap_or(0)
    });
    site_version * 1_000 + READER_VERSION * 10 + render_options
}

/// The bytes end in the middle of a UTF-8 character, so the file is still being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is still being written")]
pub struct IncompleteFile;

/// Parses one document.
///
/// A document that is rejected is returned with `content: None` and at least one diagnostic of severity
/// error.
///
/// # Errors
/// [`IncompleteFile`] if the bytes end in the middle of a UTF-8 character and `options.write_state` is
/// [`WriteState::MayGrow`]. Read the file again later.
pub fn read(
    path: &DocumentPath,
    bytes: &[u8],
    options: ReadOptions<'_>,
) -> Result<ParsedDocument, IncompleteFile> {
    if let Some(format) = SheetFormat::of(path) {
        return read_sheet(path, bytes, format, options);
    }
    let decoded = match decode::decode(bytes, options.write_state) {
        Ok(decoded) => decoded,
        Err(DecodeError::Incomplete) => return Err(IncompleteFile),
        Err(DecodeError::Rejected(kind)) => return Ok(rejected(path, kind, options.defaults)),
    };
    let source = Source::new(&decoded.text);
    let from_path = Language::from_path(path);
    if let Some(name) = collection_name(path.name()) {
        return Ok(contract::read(name, &decoded, from_path));
    }
    let mut findings: Vec<Finding> = Vec::new();
    if let Some(kind) = decoded.diagnostic {
        let position = decoded.diagnostic_line.map(Position::line);
        findings.push(Finding { kind, position });
    }
    let mut document = match front_matter::split(&decoded.text) {
        Ok(document) => document,
        Err(finding) => {
            findings.push(finding);
            // The header is not valid YAML, but its line `lang: de` can be read.
            let written = written_language(&decoded.text);
            let lang = written.or(options.defaults.language_of(path));
            let lang = lang.or_else(|| language::detect(&decoded.text)).unwrap_or_default();
            let diagnostics = to_diagnostics(&findings, lang, &source);
            return Ok(ParsedDocument { encoding: Some(decoded.encoding), diagnostics, ..without_content() });
        }
    };
    findings.append(&mut document.findings);
    findings.extend(options.defaults.apply(&mut document.front));
    findings.extend(draft::unread_fields(&document.front));
    let declared = declared_language(&document.front, &mut findings);
    let lang = declared.or(from_path).or_else(|| language::detect(document.body)).unwrap_or_default();
    let declared_kind = kind::declared(&document.front, &mut findings);
    let (content, more_findings, references) =
        read_content(&document, &source, declared_kind, lang, path, options);
    findings.extend(more_findings);
    if matches!(content, Content::Page { .. }) {
        findings.extend(options.defaults.check_contract(&document.front));
    }
    let references = references
        .into_iter()
        .map(|reference| Reference { excerpt: source.excerpt(reference.position), ..reference })
        .collect();
    let is_rejected = findings.iter().any(|finding| finding.kind.severity() == Severity::Error);
    Ok(ParsedDocument {
        kind: content.kind(),
        encoding: Some(decoded.encoding),
        content: (!is_rejected).then_some(content),
        diagnostics: to_diagnostics(&findings, lang, &source),
        references,
        draft: draft_of(&document.front, lang, &source),
    })
}

/// Returns the result for a document that could not be opened or decoded: no content and one diagnostic in
/// the language of its folder.
pub fn rejected(path: &DocumentPath, kind: DiagnosticKind, defaults: &FolderDefaults) -> ParsedDocument {
    let lang = defaults.language_of(path).unwrap_or_default();
    let diagnostics = to_diagnostics(&[Finding::for_document(kind)], lang, &Source::new(""));
    ParsedDocument { diagnostics, ..without_content() }
}

/// Returns the result for a document of which nothing is known.
fn without_content() -> ParsedDocument {
    ParsedDocument {
        kind: DocumentKind::Unknown,
        encoding: None,
        content: None,
        diagnostics: Vec::new(),
        references: Vec::new(),
        draft: None,
    }
}

/// Reads a spreadsheet as a plan. Its front matter are the default fields of its folders.
fn read_sheet(
    path: &DocumentPath,
    bytes: &[u8],
    format: SheetFormat,
    options: ReadOptions<'_>,
) -> Result<ParsedDocument, IncompleteFile> {
    let mut front = FrontMatter::default();
    let mut findings = options.defaults.apply(&mut front);
    let declared = declared_language(&front, &mut findings).or(Language::from_path(path));
    let sheet_name = front.text("sheet");
    let sheet = match sheet::read(bytes, format, sheet_name.as_deref(), options.write_state) {
        Ok(sheet) => sheet,
        Err(DecodeError::Incomplete) => return Err(IncompleteFile),
        Err(DecodeError::Rejected(kind)) => {
            let lang = declared.unwrap_or_default();
            findings.push(Finding::for_document(kind));
            return Ok(ParsedDocument {
                kind: DocumentKind::Unknown,
                encoding: None,
                content: None,
                diagnostics: to_diagnostics(&findings, lang, &Source::new("")),
                references: Vec::new(),
                draft: None,
            });
        }
    };
    let Sheet { rows, text, encoding, findings: sheet_findings } = sheet;
    findings.extend(sheet_findings);
    let lang = declared.or_else(|| language::detect(&text)).unwrap_or_default();
    let is_declared = kind::declared(&front, &mut findings) == Some(DetectedKind::Plan);
    let detection = plan::examine_rows(&front, &rows, name_of_plan(path), is_declared);
    let mut content = None;
    if is_declared || detection.has_measures() {
        let (plan, more_findings) = detection.read(lang);
        findings.extend(more_findings);
        content = Some(Content::Plan(Box::new(plan)));
    } else {
        let header = rows.iter().find(|row| row.cells.iter().filter(|cell| !cell.is_empty()).count() > 1);
        let cells = header.or(rows.first()).map(|row| row.cells.iter().filter(|cell| !cell.is_empty()));
        let seen: Vec<&str> = cells.into_iter().flatten().map(String::as_str).collect();
        let kind = DiagnosticKind::SpreadsheetWithoutMeasures { seen: seen.join(", ") };
        findings.push(Finding { kind, position: header.map(|row| Position::line(row.line)) });
    }
    let is_rejected = findings.iter().any(|finding| finding.kind.severity() == Severity::Error);
    Ok(ParsedDocument {
        kind: content.as_ref().map_or(DocumentKind::Unknown, Content::kind),
        encoding,
        content: content.filter(|_| !is_rejected),
        diagnostics: to_diagnostics(&findings, lang, &Source::new(&text)),
        references: Vec::new(),
        draft: draft_of(&front, lang, &Source::new(&text)),
    })
}

/// Reads the body as what the front matter declares, else as a plan if the evidence suffices, else as a page.
fn read_content(
    document: &front_matter::Split<'_>,
    source: &Source<'_>,
    declared: Option<DetectedKind>,
    lang: Language,
    path: &DocumentPath,
    options: ReadOptions<'_>,
) -> (Content, Vec<Finding>, Vec<Reference>) {
    let mut hint = None;
    if matches!(declared, None | Some(DetectedKind::Plan)) {
        match read_plan(document, lang, path, declared.is_some()) {
            Ok((plan, findings)) => return (Content::Plan(Box::new(plan)), findings, Vec::new()),
            Err(not_a_plan) => hint = not_a_plan,
        }
    }
    let folder = path.parent();
    let context = PageContext {
        lang,
        folder: &folder,
        site: options.site,
        raw_html: options.raw_html,
        values: document.front.template_values(),
    };
    let kind = declared.unwrap_or(DetectedKind::Page);
    let (page, mut findings, references) = read_page(document, source, context, path, kind);
    findings.extend(hint);
    (page, findings, references)
}

/// Reads the body as a plan. If it is none, returns the hint for a page that resembles one.
fn read_plan(
    document: &front_matter::Split<'_>,
    lang: Language,
    path: &DocumentPath,
    is_declared: bool,
) -> Result<(Plan, Vec<Finding>), Option<Finding>> {
    let (front, line) = (&document.front, document.body_line);
    let examine = |text| {
        let detection = plan::examine(front, text, line, name_of_plan(path), is_declared);
        if is_declared || detection.is_plan() { Ok(detection) } else { Err(detection.hint()) }
    };
    let detection = examine(document.body)?;
    let (text, mut findings) = page::published_text(document.body, line, front);
    // Most plans have no comment and no mark of the site builder.
    let detection = if let Cow::Owned(text) = &text { examine(text)? } else { detection };
    let (plan, more_findings) = detection.read(lang);
    findings.extend(more_findings);
    Ok((plan, findings))
}

/// The name of a file without ending, or of its folder for `index.md`.
fn name_of_plan(path: &DocumentPath) -> &str {
    let folder = path.folders().last().filter(|folder| Language::from_tag(folder).is_none());
    let is_index = ["index", "readme"].iter().any(|name| path.stem().eq_ignore_ascii_case(name));
    folder.filter(|_| is_index).unwrap_or(path.stem())
}

fn read_page(
    document: &front_matter::Split<'_>,
    source: &Source<'_>,
    context: PageContext<'_>,
    path: &DocumentPath,
    kind: DetectedKind,
) -> (Content, Vec<Finding>, Vec<Reference>) {
    let (page, mut findings, mut references) =
        page::read(&document.front, document.body, document.body_line, context, path);
    locate::set_columns(source, context.base(), &mut references, &mut findings);
    let service = (kind == DetectedKind::SupportService || service::is_service(&page)).then(|| {
        let (service, more_findings) = service::read(&page, &document.front, context.render_options());
        findings.extend(more_findings);
        Box::new(service)
    });
    (Content::Page { page: Box::new(page), service }, findings, references)
}
