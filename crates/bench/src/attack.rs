//! Attacks on the release binary: the most memory of each, and the latency of an innocent query beside it.
//!
//! Bounds: 400 MiB, a 99th percentile of 100 ms, no internal error, and an end within 10 s.

mod cases;
mod client;
mod outcomes;
mod sockets;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;

use crate::service::{QUIET, Service};
use cases::{ATTACKS, Attack};
use client::Client;

const MAX_MIB: f64 = 400.0;
const MAX_P99: Duration = Duration::from_millis(100);
/// Maximum time until the last response.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Time between two innocent queries, and between two samples of memory.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(10);

/// Runs all attacks and prints a table.
pub(crate) fn measure(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let content = work_dir.join("content");
    cases::write_content(&content)?;
    let service = Service::start_with(binary, &content, &work_dir.join("attack.db"), &QUIET)?;
    println!("| attack | most memory | innocent p99 | worst | over after | responses | verdict |");
    println!("| --- | ---: | ---: | ---: | ---: | --- | --- |");
    let alone = Attack { name: "none", run: |_| std::thread::sleep(Duration::from_secs(2)) };
    for attack in std::iter::once(&alone).chain(&ATTACKS) {
        run(attack, &service, &content)?;
    }
    println!("\nresident memory after the attacks {:.0} MiB", service.resident_mib()?);
    Ok(())
}

fn run(attack: &Attack, service: &Service, content: &Path) -> anyhow::Result<()> {
    let client = Client::new(service, content)?;
    service.reset_peak()?;
    let is_over = AtomicBool::new(false);
    let started = Instant::now();
    let mut latencies = std::thread::scope(|scope| {
        let innocent = scope.spawn(|| query_until(&client.base_url, &is_over));
        (attack.run)(&client);
        is_over.store(true, Ordering::Relaxed);
        innocent.join().unwrap_or_default()
    });
    let took = started.elapsed();
    let peak = service.peak_mib()?;
    latencies.sort_unstable();
    let p99 = *latencies.get(latencies.len() * 99 / 100).context("no innocent query was answered")?;
    let worst = *latencies.last().context("no innocent query was answered")?;
    let outcomes = client.outcomes.into_text();
    let mut verdict = Vec::new();
    if peak > MAX_MIB {
        verdict.push("memory");
    }
    if p99 > MAX_P99 {
        verdict.push("latency");
    }
    if outcomes.contains("INTERNAL_SERVER_ERROR") {
        verdict.push("internal errors");
    }
    if took > MAX_TIME {
        verdict.push("time");
    }
    let verdict =
        if verdict.is_empty() { "held".to_owned() } else { format!("failed: {}", verdict.join(", ")) };
    println!(
        "| {} | {peak:.0} MiB | {} ms | {} ms | {:.1} s | {outcomes} | {verdict} |",
        attack.name,
        p99.as_millis(),
        worst.as_millis(),
        took.as_secs_f32()
    );
    Ok(())
}

/// Asks for a list again and again. Each query has another name, so that none is cached. A failed query
/// counts as 10 s.
fn query_until(base_url: &str, is_over: &AtomicBool) -> Vec<Duration> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(MAX_TIME)).build().into();
    let mut latencies = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let query = format!(
            "query Innocent{} {{ measures(first: 20) {{ nodes {{ number title {{ text }} status }} }} }}",
            latencies.len()
        );
        let started = Instant::now();
        let sent = agent
            .post(format!("{base_url}/graphql"))
            .header("content-type", "application/json")
            .send(json!({ "query": query }).to_string());
        let is_answered = sent
            .and_then(|mut response| response.body_mut().read_to_string())
            .is_ok_and(|body| body.starts_with("{\"data\":{\"measures\":{\"nodes\":[{"));
        latencies.push(if is_answered { started.elapsed() } else { MAX_TIME });
        std::thread::sleep(SAMPLE_INTERVAL);
    }
    latencies
}
