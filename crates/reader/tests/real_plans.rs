//! Reads real plans of other bodies, from outside the repository, and compares what was read with what a careful reader
//! finds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::Plan;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::{ReadOptions, read};

fn plans() -> Option<PathBuf> {
    let folder = skip::seeds()?.join("../plans");
    if folder.is_dir() {
        return Some(folder);
    }
    skip::skip("documents", &format!("no plans of other bodies in {}", folder.display()));
    None
}

fn read_file(path: &Path) -> ParsedDocument {
    let defaults = FolderDefaults::default();
    let options = ReadOptions {
        write_state: WriteState::Complete,
        defaults: &defaults,
        raw_html: RawHtmlPolicy::Removed,
    };
    let name = path.file_name().unwrap().to_str().unwrap();
    read(&DocumentPath::parse(name).unwrap(), &fs::read(path).unwrap(), options).unwrap()
}

/// Counts of a plan in one line: measures, parts, categories by level, statuses, fields, diagnostics.
fn summary(document: &ParsedDocument) -> String {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in &document.diagnostics {
        *codes.entry(&diagnostic.code).or_default() += 1;
    }
    let Some(Content::Plan(plan)) = &document.content else {
        return format!("{} {codes:?}", document.kind.name());
    };
    format!("{} {codes:?}", plan_summary(plan))
}

fn plan_summary(plan: &Plan) -> String {
    let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    let mut fields: BTreeMap<&str, usize> = BTreeMap::new();
    for category in &plan.categories {
        *levels.entry(category.level.name()).or_default() += 1;
    }
    for measure in &plan.measures {
        *statuses
            .entry(if measure.status_text.is_empty() { "none" } else { measure.status.name() })
            .or_default() += 1;
        let details = &measure.details;
        for (name, is_set) in [
            ("responsible", !details.responsible_parties.is_empty()),
            ("partners", !details.partners.is_empty()),
            ("schedule", details.schedule_text.is_some()),
            ("end", details.end_date.is_some()),
            ("budgetText", details.budget_text.is_some()),
            ("budget", details.budget.is_some()),
            ("indicators", !details.indicators.is_empty()),
            ("completion", details.completion.is_some()),
            ("priority", details.priority.is_some()),
            ("description", details.description.is_some()),
            ("attributes", !details.attributes.is_empty()),
        ] {
            *fields.entry(name).or_default() += usize::from(is_set);
        }
    }
    fields.retain(|_, count| *count > 0);
    let parts = plan.measures.iter().filter(|measure| measure.parent.is_some()).count();
    format!(
        "{:?} {} measures {parts} parts {levels:?} {statuses:?} {fields:?}",
        plan.heading.title,
        plan.measures.len() - parts
    )
}

#[test]
fn print_all() {
    let Some(folder) = plans() else { return };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.is_file() && !path.ends_with("INDEX.md")) {
        let document = read_file(path);
        println!("{}: {}", path.file_name().unwrap().to_str().unwrap(), summary(&document));
        if std::env::var("SHOW").is_ok_and(|show| path.to_str().unwrap().contains(&show)) {
            if let Some(Content::Plan(plan)) = &document.content {
                for category in &plan.categories {
                    println!("  C {} {:?} {}", category.path.as_str(), category.label, category.title);
                }
                for measure in &plan.measures {
                    println!(
                        "  {} [{}] {:?} {} {:?} {} {:?}",
                        measure.number,
                        measure.label,
                        measure.parent,
                        measure.category.as_str(),
                        measure.title.text.chars().take(60).collect::<String>(),
                        measure.status_text,
                        measure.line
                    );
                }
                println!("{:#?}", plan.measures.get(2));
            }
            for diagnostic in &document.diagnostics {
                println!(
                    "  {:?} {} {}",
                    diagnostic.position.map(|at| at.line),
                    diagnostic.code,
                    diagnostic.message
                );
            }
        }
    }
}
