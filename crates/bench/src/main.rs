//! Measures the release binary on a folder of documents: `cargo xtask figures [FOLDER]`.
//!
//! Options select one measurement:
//!
//! - `--pages`: parsing of pages; `--plans`: large plans; `--tables`: reading of tables with 10,000 rows
//! - `--folder [drop|burst|many]`: large folders; `--scale`: 200,000 pages and 1,000,000 measures
//! - `--serving`: requests under load; needs `wrk`
//! - `--guard`: fragment bombs; `--attack`: hostile requests and documents
//! - `--search`: quality and time of searches
//! - `--report FILE`: all of them, as Markdown, with the plots beside the file
//!
//! `PASSERELLE_BINARY` names a binary to measure instead of a new build.
//!
//! Machines differ and are noisy. So each figure is printed as a ratio to a simpler operation that was
//! measured in the same minute.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod attack;
mod baseline_server;
mod folder;
mod page;
mod pathological;
mod plan;
mod query_limits;
mod reading;
mod report;
mod scale;
mod search;
mod service;
mod serving;
mod table;
mod timings;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::service::Service;
use crate::timings::Timings;
use crate::workspace::{build, copy};

/// Number of starts.
const STARTS: usize = 20;
const SAVES: usize = 30;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().unwrap_or_else(|| "content".to_owned());
    match (first.as_str(), arguments.next()) {
        ("--hostile", Some(name)) => return page::read_alone(&name),
        ("--folder", part) => {
            return folder::measure(&build()?, tempfile::TempDir::new()?.path(), part.as_deref());
        }
        ("--attack", _) => return attack::measure(&build()?, tempfile::TempDir::new()?.path()),
        ("--serving", _) => return serving::measure(&build()?, tempfile::TempDir::new()?.path()),
        ("--guard", _) => return query_limits::measure(&build()?),
        ("--route", Some(address)) => {
            return baseline_server::serve(&address, &arguments.next().context("name a file")?);
        }
        ("--scale", _) => {
            return scale::measure(&build()?, tempfile::TempDir::new()?.path()).map(drop);
        }
        ("--report", Some(file)) => return report::write(&build()?, Path::new(&file)),
        ("--search", _) => return search::measure(&build()?, tempfile::TempDir::new()?.path()),
        ("--pages", _) => return page::measure(),
        ("--tables", _) => return table::measure(),
        ("--plans", _) => return plan::measure(&build()?, tempfile::TempDir::new()?.path()),
        _ => {}
    }
    let folder = PathBuf::from(first);
    let binary = build()?;
    let work_dir = tempfile::TempDir::new()?;
    let content = work_dir.path().join("content");
    copy(&folder, &content).with_context(|| format!("{} cannot be copied", folder.display()))?;
    println!("documents: {}\n", folder.display());

    starts(&binary, &content, work_dir.path())?;
    let plan = plan_in(&content)?;
    reading::measure(&plan)?;
    plan::measure(&binary, work_dir.path())?;
    page::measure()?;
    saves(&binary, &content, work_dir.path(), &plan)
}

/// Measures the time from the start of the process, on an empty database, to the first successful readiness
/// check.
fn starts(binary: &Path, content: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let mut ready = Timings::default();
    let mut bare = Timings::default();
    for run in 0..STARTS {
        let database = work_dir.join(format!("start-{run}.db"));
        ready.push(Service::start(binary, content, &database)?.startup_time);
        bare.time(|| Command::new(binary).arg("schema").output())?;
    }
    println!("start to ready, empty database   {ready}");
    println!("  beside `passerelle schema`     {bare}   x{:.1}\n", ready.over(&bare));
    Ok(())
}

/// Measures the time from a save of the plan to the first response that contains it, and the memory of an
/// idle service.
fn saves(binary: &Path, content: &Path, work_dir: &Path, plan: &Path) -> anyhow::Result<()> {
    let service = Service::start(binary, content, &work_dir.join("saves.db"))?;
    println!("resident memory, idle            {:.1} MiB\n", service.resident_mib()?);
    let text = std::fs::read_to_string(plan)?;
    let (number, row) = measure_in(&text)?;
    let mut visible = Timings::default();
    let mut asked = Timings::default();
    for save in 0..SAVES {
        let (word, status) =
            if save % 2 == 0 { ("Réalisé", "COMPLETED") } else { ("En cours", "IN_PROGRESS") };
        let (start, _) = row.rsplit_once('\t').context("a row has tabs")?;
        let saved = text.replacen(row, &format!("{start}\t{word}"), 1);
        std::fs::write(plan, saved)?;
        visible.time(|| service.wait_for_status(number, status))?;
        asked.time(|| service.status_of(number))?;
    }
    println!("save to visible, whole plan      {visible}");
    println!("  beside one query of a measure  {asked}   x{:.1}", visible.over(&asked));
    println!("resident memory, after the saves {:.1} MiB", service.resident_mib()?);
    Ok(())
}

/// Returns the largest plan in the folder. It is the newest one of its language.
fn plan_in(content: &Path) -> anyhow::Result<PathBuf> {
    let mut plans = Vec::new();
    for entry in std::fs::read_dir(content)? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if measure_in(&text).is_ok() && !path.to_string_lossy().contains(".nl.") {
            plans.push((text.len(), path));
        }
    }
    plans.into_iter().max().map(|(_, path)| path).context("there is no plan in the folder")
}

/// Returns the number and the row of the first measure of a plan.
fn measure_in(text: &str) -> anyhow::Result<(u32, &str)> {
    text.lines()
        .filter(|line| line.matches('\t').count() == 2)
        .find_map(|line| Some((line.split_once(".\t")?.0.parse().ok()?, line)))
        .context("there is no measure")
}
