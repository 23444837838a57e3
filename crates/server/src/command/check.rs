//! `passerelle check`.

mod preview;

use std::io::{IsTerminal, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::Context;
use passerelle_model::diagnostic::{Diagnostic, Severity};
use passerelle_model::path::{DocumentPath, PathError};
use passerelle_model::reading::Content;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_storage::{DocumentFilter, DocumentQuery, Pagination, Storage};
use passerelle_watcher::{GracePeriods, Syncer, parse_file};

use crate::cli::CheckArgs;
use crate::clock;

/// Number of documents per request.
const PAGE_SIZE: u32 = 500;

/// Number of diagnostics of each severity.
#[derive(Default)]
struct SeverityCounts {
    files: usize,
    errors: usize,
    warnings: usize,
    notices: usize,
}

/// Prints the diagnostics of files and folders.
pub(crate) async fn check(args: CheckArgs) -> anyhow::Result<ExitCode> {
    let renderer = if std::io::stdout().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let served = match &args.database_url {
        Some(url) => Some(Storage::open_read_only(url).await?),
        None => None,
    };
    let mut counts = SeverityCounts::default();
    for path in &args.paths {
        for (file, diagnostics) in diagnostics_of(path, &args).await? {
            counts.files += 1;
            for diagnostic in &diagnostics {
                match diagnostic.severity {
                    Severity::Error => counts.errors += 1,
                    Severity::Warning => counts.warnings += 1,
                    Severity::Notice => counts.notices += 1,
                }
                writeln!(std::io::stdout(), "{}\n", render(&renderer, &file, diagnostic))?;
            }
            if let Some(served) = &served {
                print_preview(served, &file, args.parsing.raw_html()).await?;
            }
        }
    }
    if let Some(served) = served {
        served.close().await?;
    }
    let SeverityCounts { files, errors, warnings, notices } = counts;
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let severities = [counted(errors, "error"), counted(warnings, "warning"), counted(notices, "notice")];
    writeln!(std::io::stdout(), "{}: {}", counted(files, "file"), severities.join(", "))?;
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Prints the changes that a plan would publish.
async fn print_preview(served: &Storage, file: &Path, raw_html: RawHtmlPolicy) -> anyhow::Result<()> {
    let Some(Content::Plan(plan)) = parse_file(file, raw_html)?.content else { return Ok(()) };
    let path = names_of(file)?;
    let preview = served.latest().await?.preview_publish(&path, *plan).await?;
    writeln!(std::io::stdout(), "{}", preview::render(file, &preview))?;
    Ok(())
}

/// Returns the names in the path of a file.
fn names_of(file: &Path) -> Result<DocumentPath, PathError> {
    let names = file.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    DocumentPath::parse(&names.collect::<Vec<_>>().join("/"))
}

/// Returns the diagnostics of a file, whatever its name, or of all documents of a folder.
///
/// A folder is synchronized into a temporary database, so that references between documents are checked
/// too.
async fn diagnostics_of(path: &Path, args: &CheckArgs) -> anyhow::Result<Vec<(PathBuf, Vec<Diagnostic>)>> {
    let raw_html = args.parsing.raw_html();
    let error_context = || format!("{} cannot be read", path.display());
    if !std::fs::metadata(path).with_context(error_context)?.is_dir() {
        let mut reading = parse_file(path, raw_html).with_context(error_context)?;
        if let Some(draft) = reading.draft_at(clock::system()()) {
            let diagnostic = draft.diagnostic.clone();
            reading.diagnostics.push(diagnostic);
        }
        return Ok(vec![(path.to_owned(), reading.diagnostics)]);
    }
    let temp_dir = tempfile::TempDir::new().context("a temporary directory cannot be created")?;
    let url = format!("sqlite://{}?mode=rwc", temp_dir.path().join("check.db").display());
    let storage = Storage::open(&url).await?;
    let mut syncer = Syncer::new(path, storage.clone(), clock::system(), GracePeriods::NONE)
        .with_raw_html(raw_html)
        .with_site(args.public_url.clone());
    syncer.sync_all().await?;
    let view = storage.latest().await?;
    let mut examined = Vec::new();
    let mut pagination = Pagination::first(PAGE_SIZE);
    loop {
        let query = DocumentQuery { filter: DocumentFilter::default(), pagination: pagination.clone() };
        let documents = view.documents(&query).await?;
        pagination.after = documents.items.last().map(|(cursor, _)| cursor.clone());
        examined.extend(
            documents
                .items
                .into_iter()
                .map(|(_, document)| (path.join(document.path.as_str()), document.diagnostics)),
        );
        if !documents.has_next {
            break;
        }
    }
    storage.close().await?;
    Ok(examined)
}

fn render(renderer: &Renderer, file: &Path, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE,
    };
    let path = file.display().to_string();
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut group = match (diagnostic.position, diagnostic.excerpt.as_deref()) {
        (Some(position), Some(excerpt)) => {
            let column = usize::try_from(position.column).unwrap_or(1).saturating_sub(1);
            let start = excerpt.char_indices().nth(column).map_or(excerpt.len(), |(at, _)| at);
            let line = usize::try_from(position.line).unwrap_or(1);
            let snippet = Snippet::source(excerpt).line_start(line).path(path.as_str());
            title.element(snippet.annotation(AnnotationKind::Primary.span(start..excerpt.len())))
        }
        _ => Group::with_title(title).element(annotate_snippets::Origin::path(path.as_str())),
    };
    if let Some(suggestion) = diagnostic.suggestion.as_deref() {
        group = group.element(Level::HELP.message(suggestion));
    }
    renderer.render(&[group])
}
