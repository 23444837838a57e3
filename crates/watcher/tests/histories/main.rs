//! Random histories of a folder, against the real worker on a real file system and a real database: when a history is
//! over, what is stored is what lies in the folder.
//!
//! `cargo test -p passerelle-watcher --test histories -- [--seeds N] [--from SEED] [--operations N] [--faults] [--at-once N]`
//!
//! Without faults the worker has nothing but the events of the system: the scan of everything is an hour away. With them
//! events are lost, held back and reordered, folders cannot be read or watched, and the database refuses to be written; the
//! scan comes five times a second. A history that ends otherwise than it should is made as short as it can be made.

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

/// Histories that run at the same time: most of what each does is to wait. Times to what is served are those of a machine that
/// has this to do; `--at-once 1` gives those of one that has nothing else.
const PARALLEL_RUNS: usize = 8;

/// What was asked for.
struct Arguments {
    seeds: u64,
    from: u64,
    operations: usize,
    has_faults: bool,
    parallel_runs: usize,
}

impl Arguments {
    /// None where another test was asked for.
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
                // Those of the usual harness mean nothing here.
                flag if flag.starts_with('-') => {}
                filter if "histories".contains(filter) => {}
                _ => return None,
            }
        }
        Some(read)
    }
}

/// What all histories came to.
#[derive(Default)]
struct Totals {
    files: u64,
    overflows: u64,
    missed: u64,
    failures: u64,
    /// From the last write until all that was written is served, and until the folder is served exactly, in histories whose
    /// folder was not exchanged just before.
    time_to_published: Vec<Duration>,
    time_to_equal: Vec<Duration>,
    /// The same in the others.
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
