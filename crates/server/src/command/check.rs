//! `passerelle check`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::Context;
use passerelle_document::diagnostic::{Diagnostic, Severity};
use passerelle_document::path::DocumentPath;
use passerelle_watcher::examine;

use crate::cli::CheckArgs;

/// How many of each severity were told.
#[derive(Default)]
struct Tally {
    files: usize,
    errors: usize,
    warnings: usize,
    notices: usize,
}

/// Prints everything that an editor should know of some files.
pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let renderer = if out.is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let mut tally = Tally::default();
    for path in &args.paths {
        for file in documents(path)? {
            let reading = examine(&file, args.reading.raw_html())
                .with_context(|| format!("{} cannot be read", file.display()))?;
            tally.files += 1;
            for told in &reading.diagnostics {
                match told.severity {
                    Severity::Error => tally.errors += 1,
                    Severity::Warning => tally.warnings += 1,
                    Severity::Notice => tally.notices += 1,
                }
                writeln!(out, "{}\n", render(&renderer, &file, told))?;
            }
        }
    }
    let Tally { files, errors, warnings, notices } = tally;
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let severities = [counted(errors, "error"), counted(warnings, "warning"), counted(notices, "notice")];
    writeln!(out, "{}: {}", counted(files, "file"), severities.join(", "))?;
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A file itself, whatever its name; of a folder the documents that the service would find there.
fn documents(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let metadata = std::fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut entries = std::fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if kind.is_dir() && DocumentPath::is_document_folder(&name) {
            found.extend(documents(&entry.path())?);
        } else if kind.is_file() && DocumentPath::is_document_name(&name) {
            found.push(entry.path());
        }
    }
    Ok(found)
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
