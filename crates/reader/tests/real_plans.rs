//! Reads real plans of other bodies, from outside the repository, and compares what was read with what a
//! careful reader finds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::Plan;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_reader::folder_defaults::FolderDefaults;
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
    let options = ReadOptions::with_defaults(&defaults);
    let name = path.file_name().unwrap().to_str().unwrap();
    read(&DocumentPath::parse(name).unwrap(), &fs::read(path).unwrap(), options).unwrap()
}

/// Counts of a plan in one line: measures, parts, categories by level, statuses, fields, diagnostics.
fn summary(document: &ParsedDocument) -> String {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in &document.diagnostics {
        *codes.entry(diagnostic.code.as_str()).or_default() += 1;
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

/// What a careful reader finds in each file: the name, the measures of the first level, the parts, the
/// categories of the first level, the measures by status, and how many measures have a field.
type Expected =
    (&'static str, usize, usize, usize, &'static [(&'static str, usize)], &'static [(&'static str, usize)]);

const EXPECTED: [Expected; 16] = [
    ("01", 222, 0, 6, &[("IN_PROGRESS", 116), ("COMPLETED", 89), ("NOT_STARTED", 12), ("none", 5)], &[]),
    (
        "02",
        5,
        0,
        1,
        &[("IN_PROGRESS", 4), ("NOT_STARTED", 1)],
        &[("end", 5), ("responsible", 5), ("budgetText", 5)],
    ),
    ("04", 10, 0, 6, &[("none", 10)], &[("schedule", 10)]),
    ("06", 34, 0, 6, &[("none", 34)], &[("schedule", 34), ("responsible", 34)]),
    ("08", 20, 0, 12, &[("none", 20)], &[("responsible", 18)]),
    ("12", 31, 0, 4, &[("none", 31)], &[("budgetText", 31), ("end", 31)]),
    ("13a", 149, 0, 12, &[("none", 149)], &[("priority", 145), ("responsible", 148)]),
    ("14", 16, 25, 5, &[("none", 41)], &[]),
    ("20", 16, 0, 3, &[("none", 16)], &[]),
    ("22", 292, 0, 5, &[("none", 292)], &[("responsible", 292)]),
    ("23", 27, 0, 5, &[("none", 27)], &[("responsible", 25)]),
    ("b01", 34, 0, 6, &[("NOT_STARTED", 33), ("IN_PROGRESS", 1)], &[("completion", 34)]),
    ("b02", 9, 0, 3, &[("none", 9)], &[("responsible", 9)]),
    ("b06", 20, 0, 4, &[("none", 20)], &[]),
    ("b15", 26, 0, 8, &[("none", 26)], &[("responsible", 24)]),
    ("b19", 20, 0, 5, &[("none", 20)], &[("description", 20)]),
];

/// Prints a line per plan, and what differs from the expectation.
#[test]
fn real_plans_of_other_bodies_are_read_as_they_are() {
    let Some(folder) = plans() else { return };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut differences = Vec::new();
    for path in paths.iter().filter(|path| path.is_file() && !path.ends_with("INDEX.md")) {
        let document = read_file(path);
        let name = path.file_name().unwrap().to_str().unwrap();
        println!("{name}: {}", summary(&document));
        let Some(Content::Plan(plan)) = &document.content else {
            differences.push(format!("{name}: {} {:?}", document.kind.name(), document.diagnostics));
            continue;
        };
        let number = name.split('-').next().unwrap();
        let Some(expected) = EXPECTED.iter().find(|expected| expected.0 == number) else { continue };
        differences
            .extend(differ(plan, expected).into_iter().map(|difference| format!("{name}: {difference}")));
    }
    for difference in &differences {
        println!("differs: {difference}");
    }
    assert_eq!(differences, Vec::<String>::new());
}

fn differ(plan: &Plan, expected: &Expected) -> Vec<String> {
    let (_, measures, parts, axes, statuses, fields) = expected;
    let found = plan_summary(plan);
    let mut wanted = vec![format!("{measures} measures {parts} parts"), format!("\"AXIS\": {axes}")];
    wanted.extend(statuses.iter().chain(*fields).map(|(name, count)| format!("\"{name}\": {count}")));
    let missing = wanted.into_iter().filter(|part| {
        // `222 measures` must not match `1222 measures`.
        !found.split([' ', '{']).collect::<Vec<_>>().join(" ").contains(part.as_str())
    });
    missing.map(|part| format!("{part} not in {found}")).collect()
}
