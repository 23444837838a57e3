//! Measures plans of 10,000 and 100,000 measures, more than real ones have.

use std::path::Path;

use anyhow::Context;
use passerelle_model::path::DocumentPath;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::Storage;

use crate::reading::{file_change, read_document};
use crate::service::Service;
use crate::timings::Timings;

/// Number of runs.
const DROPS: usize = 5;
const CHANGES: usize = 20;
const QUERIES: usize = 200;

/// A filter that keeps half of the measures, with totals and one page of results.
const QUERY: &str =
    "{ measures(first: 20, filter: {status: [IN_PROGRESS, COMPLETED], not: {category: [\"3\"], number: [NUMBER]}}) {
    totalCount progress { completed total distinct { total } }
    facets { status { status count } axis { category { title } count } programme { programme count } }
    nodes { number title { text } status programme } } }";
/// The baseline: a response of the same size without a filter.
const FLOOR: &str = "{ a: measure(number: 1) { number title { text } status programme } }";

/// Words of titles. There are few, so that most titles share words with many others.
const VERBS: [&str; 8] =
    ["Planter", "Creuser", "Ouvrir", "Soigner", "Compter", "Relier", "Former", "Réparer"];
const THINGS: [&str; 12] = [
    "haies", "mares", "bancs", "ponts", "serres", "abris", "cours", "talus", "vergers", "sources", "quais",
    "jardins",
];
const PLACES: [&str; 10] =
    ["parc", "canal", "rivage", "port", "marais", "square", "bois", "centre", "plateau", "vallon"];

/// Generates a plan in four axes. Some measures have equal titles.
pub(crate) fn text(measures: usize) -> String {
    let quarter = (measures / 4).max(1);
    let mut lines = vec!["# Plan des quartiers 2025".to_owned()];
    for index in 0..measures {
        if index % quarter == 0 {
            lines.push(format!("\n## AXE {}: Axe\n", index / quarter + 1));
        }
        if index % 100 == 0 {
            lines.push(format!("### {}. Objectif", index / 100 + 1));
        }
        let pick = |words: &[&'static str], by: usize| words[(index / by) % words.len()];
        let (verb, thing, place) = (pick(&VERBS, 1), pick(&THINGS, 8), pick(&PLACES, 96));
        let status = ["En cours", "A faire", "Réalisé", "PPS En cours"][index % 4];
        // One in fifty repeats the title of another.
        let street = if index % 50 == 0 { 0 } else { index };
        lines.push(format!("{}.\t{verb} {thing} {place} rue {street}\t{status}", index + 1));
    }
    lines.join("\n") + "\n"
}

/// Measures both sizes.
pub(crate) fn measure(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    drops(10_000)?;
    let text = text(100_000);
    let mut reading = Timings::default();
    reading.time(|| read_document(&DocumentPath::parse("plan.txt")?, text.as_bytes()))?;
    println!("100,000 measures, {} KiB", text.len() / 1024);
    println!("  read, with their repeats       {reading}");
    queries(binary, work_dir, &text)
}

/// Measures a new plan, and the same plan with one changed status.
fn drops(measures: usize) -> anyhow::Result<()> {
    let path = DocumentPath::parse("plan.txt")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut whole, mut again, mut reading) = (Timings::default(), Timings::default(), Timings::default());
    let (mut first_statements, mut statements) = (0, 0);
    for drop in 0..DROPS {
        let work_dir = tempfile::TempDir::new()?;
        let url = format!("sqlite://{}?mode=rwc", work_dir.path().join("bench.db").display());
        let storage = runtime.block_on(Storage::open(&url))?;
        let text = text(measures);
        let publish = |text: &str, at: i64, reading: &mut Timings| -> anyhow::Result<u64> {
            let before = storage.statement_count();
            let read = reading.time(|| read_document(&path, text.as_bytes()))?;
            let published = runtime.block_on(
                storage.publish(&mut [file_change(&path, text.as_bytes(), read)], Timestamp::from_millis(at)),
            )?;
            published.context("nothing was published")?;
            Ok(storage.statement_count() - before)
        };
        first_statements = whole.time(|| publish(&text, 1, &mut reading))?;
        for change in 0..CHANGES / DROPS {
            let row = format!("\n{}.\t", 1_000 * (change + 1) + drop);
            let (start, rest) = text.split_once(&row).context("the row is there")?;
            let (title, rest) = rest.split_once('\t').context("it has a title")?;
            let (_, rest) = rest.split_once('\n').context("it has an end")?;
            let changed = format!("{start}{row}{title}\tReporté\n{rest}");
            let at = i64::try_from(change)? + 2;
            statements = again.time(|| publish(&changed, at, &mut reading))?;
        }
        runtime.block_on(storage.close())?;
    }
    println!("{measures} measures");
    println!("  read, match and publish        {whole}   {first_statements} statements");
    println!(
        "  again, one status changed      {again}   {statements} statements, x{:.2}",
        again.over(&whole)
    );
    println!("  reading alone                  {reading}");
    Ok(())
}

/// Measures a list with its totals, while a status changes.
fn queries(binary: &Path, work_dir: &Path, text: &str) -> anyhow::Result<()> {
    let content = work_dir.join("large");
    std::fs::create_dir(&content)?;
    std::fs::write(content.join("plan.txt"), text)?;
    let service = Service::start(binary, &content, &work_dir.join("large.db"))?;
    let mut loading = Timings::default();
    loading.time(|| service.ask(&QUERY.replace("NUMBER", "0")))?;
    let (mut listed, mut again, mut floor) = (Timings::default(), Timings::default(), Timings::default());
    for query in 0..QUERIES {
        // Each filter is new, so that no response is cached. Then it is repeated.
        let query = QUERY.replace("NUMBER", &(60_000 + query).to_string());
        listed.time(|| service.ask(&query))?;
        again.time(|| service.ask(&query))?;
        floor.time(|| service.ask(FLOOR))?;
    }
    println!("  first query, index not held    {loading}");
    println!("  20 filtered, counted, faceted  {listed}");
    println!("    the same filter again        {again}   x{:.1}", again.over(&listed));
    println!("    beside one by its number     {floor}   x{:.1}", listed.over(&floor));
    println!("  resident memory                {:.1} MiB\n", service.resident_mib()?);
    Ok(())
}
