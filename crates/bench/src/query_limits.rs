//! Measures the rejection of fragment bombs of every allowed size, beside a trivial query.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::service::Service;
use crate::timings::Timings;

/// Number of runs. Each uses another name, so that nothing is cached.
const RUNS: usize = 200;
/// Sizes in bytes: one that takes an engine without limits 33 s, the largest with few enough tokens to be
/// parsed, the largest document, the largest body.
const SIZES: [usize; 4] = [870, 5_000, 31_900, 99_000];
/// Number of fragment spreads per fragment.
const SPREADS: usize = 2;

/// Measures fragment bombs of several sizes.
pub(crate) fn measure(binary: &Path) -> anyhow::Result<()> {
    let work_dir = tempfile::TempDir::new()?;
    let content = work_dir.path().join("content");
    crate::workspace::copy(Path::new("content"), &content)?;
    measure_service(&Service::start(binary, &content, &work_dir.path().join("guard.db"))?)
}

/// Measures a running service.
pub(crate) fn measure_service(service: &Service) -> anyhow::Result<()> {
    let mut trivial_query = Timings::default();
    for run in 0..RUNS {
        let body = json!({ "query": format!("query Q{run} {{ __typename }}") }).to_string();
        trivial_query.time(|| service.post(&body))?;
    }
    println!("a query of nothing               {trivial_query}");
    for size in SIZES {
        let mut refused = Timings::default();
        let mut code = String::new();
        for run in 0..RUNS {
            let body = json!({ "query": fragment_bomb(size, run) }).to_string();
            let answer: Value = serde_json::from_str(&refused.time(|| service.post(&body))?)?;
            let code_value = answer["errors"][0]["extensions"]["code"].as_str();
            code_value.context("a bomb was answered")?.clone_into(&mut code);
            if !answer["data"].is_null() {
                bail!("a bomb was executed");
            }
        }
        println!(
            "  a bomb of {size:>6} bytes         {refused}   x{:.1}   {code}",
            refused.over(&trivial_query)
        );
    }
    println!();
    Ok(())
}

/// A document whose size doubles with each expanded fragment.
fn fragment_bomb(size: usize, run: usize) -> String {
    let mut fragment_bomb = format!("query Q{run} {{...F0}}");
    for level in 0.. {
        let next = format!("...F{} ", level + 1).repeat(SPREADS);
        let fragment = format!(" fragment F{level} on Query {{{next}}}");
        let last = format!(" fragment F{level} on Query {{__typename}}");
        if fragment_bomb.len() + fragment.len() + last.len() + 2 > size {
            fragment_bomb.push_str(&last);
            break;
        }
        fragment_bomb.push_str(&fragment);
    }
    fragment_bomb
}
