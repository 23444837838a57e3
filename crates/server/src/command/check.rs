//! `passerelle check`.

mod forecast;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::Context;
use passerelle_model::diagnostic::{Diagnostic, Severity};
use passerelle_model::reading::Content;
use passerelle_reader::markdown::RawHtml;
use passerelle_storage::{DocumentFilter, DocumentQuery, Storage, Window};
use passerelle_watcher::{Patience, Syncer, examine};

use crate::cli::CheckArgs;
use crate::clock;

/// How many documents are asked for at once.
const PAGE: u32 = 500;

/// How many of each severity were told.
#[derive(Default)]
struct Tally {
    files: usize,
    errors: usize,
    warnings: usize,
    notices: usize,
}

/// Prints everything that an editor should know of some files.
pub(crate) async fn check(args: CheckArgs) -> anyhow::Result<ExitCode> {
    let renderer = if std::io::stdout().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let served = match &args.database_url {
        Some(url) => Some(Storage::open_to_read(url).await?),
        None => None,
    };
    let mut tally = Tally::default();
    for path in &args.paths {
        for (file, diagnostics) in examined(path, args.reading.raw_html()).await? {
            tally.files += 1;
            for told in &diagnostics {
                match told.severity {
                    Severity::Error => tally.errors += 1,
                    Severity::Warning => tally.warnings += 1,
                    Severity::Notice => tally.notices += 1,
                }
                writeln!(std::io::stdout(), "{}\n", render(&renderer, &file, told))?;
            }
            if let Some(served) = &served {
                foretell(served, &file, args.reading.raw_html()).await?;
            }
        }
    }
    if let Some(served) = served {
        served.close().await?;
    }
    let Tally { files, errors, warnings, notices } = tally;
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let severities = [counted(errors, "error"), counted(warnings, "warning"), counted(notices, "notice")];
    writeln!(std::io::stdout(), "{}: {}", counted(files, "file"), severities.join(", "))?;
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Prints what a plan would change against what is served.
async fn foretell(served: &Storage, file: &Path, raw_html: RawHtml) -> anyhow::Result<()> {
    let Some(Content::Plan(plan)) = examine(file, raw_html)?.content else { return Ok(()) };
    let path = file.to_string_lossy();
    let forecast = served.latest().await?.forecast(&path, *plan).await?;
    writeln!(std::io::stdout(), "{}", forecast::write(file, &forecast))?;
    Ok(())
}

/// A file itself, whatever its name; of a folder what the service would tell of its documents, and of what they say of
/// each other: it is synced into a database that is thrown away.
async fn examined(path: &Path, raw_html: RawHtml) -> anyhow::Result<Vec<(PathBuf, Vec<Diagnostic>)>> {
    let cannot = || format!("{} cannot be read", path.display());
    if !std::fs::metadata(path).with_context(cannot)?.is_dir() {
        let reading = examine(path, raw_html).with_context(cannot)?;
        return Ok(vec![(path.to_owned(), reading.diagnostics)]);
    }
    let place = tempfile::TempDir::new().context("there is no place for a temporary database")?;
    let url = format!("sqlite://{}?mode=rwc", place.path().join("check.db").display());
    let storage = Storage::open(&url).await?;
    let mut syncer =
        Syncer::new(path, storage.clone(), clock::system(), Patience::ONCE).with_raw_html(raw_html);
    syncer.sync_all().await?;
    let view = storage.latest().await?;
    let mut examined = Vec::new();
    let mut window = Window::first(PAGE);
    loop {
        let query = DocumentQuery { filter: DocumentFilter::default(), window: window.clone() };
        let documents = view.documents(&query).await?;
        window.after = documents.items.last().map(|(cursor, _)| cursor.clone());
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

fn render(renderer: &Renderer, file: &Path, told: &Diagnostic) -> String {
    let level = match told.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE,
    };
    let path = file.display().to_string();
    let title = level.primary_title(told.message.as_str()).id(told.code.as_str());
    let mut group = match (told.position, told.excerpt.as_deref()) {
        (Some(position), Some(excerpt)) => {
            let column = usize::try_from(position.column).unwrap_or(1).saturating_sub(1);
            let start = excerpt.char_indices().nth(column).map_or(excerpt.len(), |(at, _)| at);
            let line = usize::try_from(position.line).unwrap_or(1);
            let snippet = Snippet::source(excerpt).line_start(line).path(path.as_str());
            title.element(snippet.annotation(AnnotationKind::Primary.span(start..excerpt.len())))
        }
        _ => Group::with_title(title).element(annotate_snippets::Origin::path(path.as_str())),
    };
    if let Some(suggestion) = told.suggestion.as_deref() {
        group = group.element(Level::HELP.message(suggestion));
    }
    renderer.render(&[group])
}
