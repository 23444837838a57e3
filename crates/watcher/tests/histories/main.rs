//! Random histories of a folder, with the real worker on a real file system and database. After each
//! history, the stored content must equal the folder.
//!
//! `cargo test -p passerelle-watcher --test histories -- [--seeds N] [--from SEED] [--operations N]
//! [--faults] [--at-once N]`
//!
//! Without faults, the worker has only the events of the system, because the next full scan is an hour
//! away. With faults, events are lost, delayed and reordered, folders cannot be read or watched, and the
//! database rejects writes. Full scans then run five times a second. A failed history is shortened.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod faults;
mod history;
mod operation;
mod shrink;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::history::{RunResult, RunSettings};
use crate::operation::{Operation, operations};

/// Number of histories that run at the same time. Most of the time they wait. The printed times depend on
/// this load. Use `--at-once 1` to measure an idle machine.
const PARALLEL_RUNS: usize = 8;

/// Arguments of the command line.
struct Arguments {
    seeds: u64,
    from: u64,
    operations: usize,
    has_faults: bool,
    parallel_runs: usize,
}

impl Arguments {
    /// Returns `None` if another test is selected.
    fn read() -> Option<Self> {
        let mut read =
            Self { seeds: 200, from: 0, operations: 300, has_faults: false, parallel_runs: PARALLEL_RUNS };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || arguments.next().and_then(|number| number.parse().ok()).expect("a number");
            match argument.as_str() {
                "--seeds" => read.seeds = number(),
                "--from" => read.from = number(),
                "--operations" => read.operations = usize::try_from(number()).unwrap(),
                "--at-once" => read.parallel_runs = usize::try_from(number()).unwrap(),
                "--faults" => read.has_faults = true,
                "--list" => return None,
                // Ignores the options of the standard test harness.
                flag if flag.starts_with('-') => {}
                filter if "histories".contains(filter) => {}
                _ => return None,
            }
        }
        Some(read)
    }
}

/// Totals of all histories.
#[derive(Default)]
struct Totals {
    files: u64,
    overflows: u64,
    missed: u64,
    failures: u64,
    /// Times until all written files were published, and until the content was equal. Without the histories
    /// whose root folder was replaced late.
    time_to_published: Vec<Duration>,
    time_to_equal: Vec<Duration>,
    /// The same times for histories whose root folder was replaced late.
    root_replaced: Vec<Duration>,
    diverged: Vec<u64>,
}

impl Totals {
    fn add(&mut self, seed: u64, result: &RunResult) {
        self.files += result.files;
        self.overflows += result.overflows;
        self.missed += result.missed;
        self.failures += result.failures;
        if result.difference.is_some() {
            self.diverged.push(seed);
        } else if result.root_replaced_late {
            self.root_replaced.push(result.time_to_equal);
        } else {
            self.time_to_published.push(result.time_to_published);
            self.time_to_equal.push(result.time_to_equal);
        }
    }
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read() else { return ExitCode::SUCCESS };
    let Arguments { seeds, from, operations: length, has_faults, parallel_runs } = arguments;
    let started = Instant::now();
    let (next, totals) = (AtomicU64::new(from), Mutex::new(Totals::default()));
    std::thread::scope(|scope| {
        for _ in 0..parallel_runs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        return;
                    }
                    let settings = RunSettings { seed, has_faults };
                    let result = history::run(&operations(seed, length), settings);
                    totals.lock().unwrap().add(seed, &result);
                    if let Some(difference) = result.difference {
                        println!("seed {seed} diverged: {difference}");
                    }
                }
            });
        }
    });
    let mut totals = totals.into_inner().unwrap();
    println!(
        "histories {seeds}, {length} operations each{}: {} diverged, {} files compared, {} overflows, {} missed by events, \
         {} passes failed, {:.0} s",
        if has_faults { ", with faults" } else { "" },
        totals.diverged.len(),
        totals.files,
        totals.overflows,
        totals.missed,
        totals.failures,
        started.elapsed().as_secs_f64()
    );
    println!("  from the last write until it is served        {}", quantiles(&mut totals.time_to_published));
    println!("  … and until what was removed is not           {}", quantiles(&mut totals.time_to_equal));
    println!("  … where the folder was exchanged just before  {}", quantiles(&mut totals.root_replaced));
    if totals.missed > 0 && !has_faults {
        println!("events were missed that should not have been");
    }
    let Some(&seed) = totals.diverged.first() else {
        return if totals.missed > 0 && !has_faults { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    };
    let shortest: Vec<Operation> =
        shrink::shortest(operations(seed, length), RunSettings { seed, has_faults });
    println!("the shortest history of seed {seed} that diverges:");
    for operation in shortest {
        println!("  {operation:?}");
    }
    ExitCode::FAILURE
}

fn quantiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let millis = |percent| at(percent).map_or(0.0, |time| time.as_secs_f64() * 1_000.0);
    format!(
        "p50 {:6.1} ms  p99 {:6.1} ms  max {:6.1} ms  (n={})",
        millis(50),
        millis(99),
        millis(100),
        times.len()
    )
}
