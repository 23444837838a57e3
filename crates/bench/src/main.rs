//! Prints what the release binary takes on a folder of documents: `cargo run --release -p passerelle-bench [-- FOLDER]`.
//! With `-- --pages` only what reading pages takes, with `-- --plans` only what large plans take, with `-- --folder` what
//! large folders take: `drop`, `burst` or `many`, or all of them; with `-- --serving` requests under load, for which `wrk`
//! must be installed; with `-- --guard`, and a binary if it is not to be the release, bombs of fragments; with `-- --search`
//! how good and how fast searching is.
//!
//! Machines differ and are noisy: each figure stands beside one of something plainer that was run in the same minute,
//! as a ratio.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod baseline_server;
mod folder;
mod page;
mod pathological;
mod plan;
mod query_limits;
mod reading;
mod search;
mod service;
mod serving;
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
        ("--serving", _) => return serving::measure(&build()?, tempfile::TempDir::new()?.path()),
        ("--guard", binary) => return query_limits::measure(binary.map(PathBuf::from)),
        ("--route", Some(address)) => {
            return baseline_server::serve(&address, &arguments.next().context("name a file")?);
        }
        ("--search", _) => return search::measure(&build()?, tempfile::TempDir::new()?.path()),
        ("--pages", _) => return page::measure(),
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

/// From the start of the process on an empty database to the first answer that it is ready.
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

/// From the end of a save of the whole plan to the first answer that has it, and the memory of a service that rests.
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

/// The largest plan at the top of the folder: the newest one of a language has no rival then.
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

/// The first measure of a plan: its number and its row.
fn measure_in(text: &str) -> anyhow::Result<(u32, &str)> {
    text.lines()
        .filter(|line| line.matches('\t').count() == 2)
        .find_map(|line| Some((line.split_once(".\t")?.0.parse().ok()?, line)))
        .context("there is no measure")
}
