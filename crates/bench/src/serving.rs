//! Measures requests under load, cached and uncached, beside a route that returns the same bytes and beside a
//! simple server of the same data.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::baseline_server::BaselineServer;
use crate::service::{QUIET, Service};

/// Folder of documents: the real ones if they exist, else the demo.
const FOLDERS: [&str; 2] = ["../shared/seeds", "content"];
const LOAD: &str = include_str!("load.lua");
/// Number of rounds. The median counts.
const ROUNDS: usize = 3;
const CONNECTIONS: &str = "32";
const SECONDS: &str = "5s";
/// Number of different queries for the measurement of memory.
const DISTINCT: usize = 20_000;

/// A query for the service and for the simple server.
struct BenchQuery {
    name: &'static str,
    ours: &'static str,
    baseline: &'static str,
    variables: &'static str,
}

const BENCH_QUERIES: [BenchQuery; 3] = [
    BenchQuery {
        name: "first 20, with category and parent",
        ours: "{ measures(first: 20) { nodes { number title { text } status category { title parent { title } } } } }",
        baseline: "{ measures(first: 20) { number title status category { title parent { title } } } }",
        variables: "{}",
    },
    BenchQuery {
        name: "whole tree, with all measures",
        ours: "{ plan { axes { label title children { label title measures(first: 100) { nodes { number title { text } status \
            category { path } } } children { label title children { label title } } } } } }",
        baseline: "{ axes { label title children { label title measures { number title status } children { label title measures \
            { number title status } children { label title measures { number title status } } } } } }",
        variables: "{}",
    },
    BenchQuery {
        name: "one measure by its number",
        ours: "query($n: Int!) { measure(number: $n) { number title { text } status category { path } } }",
        baseline: "query($n: Int!) { measure(number: $n) { number title status category { path } } }",
        variables: "{\"n\": 137}",
    },
];

/// Result of one load run.
#[derive(Clone, Copy, Debug)]
struct Load {
    per_second: f64,
    p99_ms: f64,
}

/// Target of a load run.
struct Target<'a> {
    name: String,
    address: SocketAddr,
    body: PathBuf,
    /// A GET request with an entity tag, or else the body of a POST request.
    link: Option<(&'a str, &'a str)>,
    loads: Vec<Load>,
}

impl Target<'_> {
    fn load(&mut self, script: &Path) -> anyhow::Result<()> {
        let (method, path, tag) =
            self.link.map_or(("POST", "/graphql", ""), |(path, tag)| ("GET", path, tag));
        let output = Command::new("wrk")
            .args(["-t1", "-c", CONNECTIONS, "-d", SECONDS, "-s"])
            .arg(script)
            .arg(format!("http://{}{path}", self.address))
            .args(["--", method])
            .arg(&self.body)
            .arg(tag)
            .output()
            .context("wrk is not there: apt-get install wrk")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let result = text.lines().find_map(|line| line.strip_prefix("RESULT ")).context(text.clone())?;
        let result: Value = serde_json::from_str(result)?;
        if result["bad"] != 0 {
            bail!("{}: {result}", self.name);
        }
        let figure = |name: &str| result[name].as_f64().context("no figure");
        self.loads.push(Load { per_second: figure("per_second")?, p99_ms: figure("p99_ms")? });
        Ok(())
    }

    /// Returns the run with the median rate.
    fn median(&self) -> Load {
        let mut loads = self.loads.clone();
        loads.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        loads[loads.len() / 2]
    }
}

/// Measures the release binary.
pub(crate) fn measure(binary: &Path, work_dir: &Path) -> anyhow::Result<()> {
    let folder = FOLDERS.into_iter().find(|folder| Path::new(folder).exists()).context("no documents")?;
    println!("documents: {folder}; {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} each\n");
    let content = work_dir.join("content");
    crate::workspace::copy(Path::new(folder), &content)?;
    let script = work_dir.join("load.lua");
    fs::write(&script, LOAD)?;
    let target_dir = binary.ancestors().nth(2).context("no target folder")?;
    let baseline = BaselineServer::plain(target_dir)?;
    if baseline.is_none() {
        println!("the plain server is not there: compared with a route only\n");
    }
    let cached = Service::start_with(binary, &content, &work_dir.join("cached.db"), &QUIET)?;
    let uncached = Service::start_with(
        binary,
        &content,
        &work_dir.join("uncached.db"),
        &[QUIET[0], QUIET[1], "--response-cache", "0"],
    )?;
    crate::query_limits::measure_service(&cached)?;
    for bench_query in &BENCH_QUERIES {
        compare(bench_query, &cached, &uncached, baseline.as_ref(), work_dir, &script)?;
    }
    println!(
        "resident memory after the load   {:.1} MiB, without a cache {:.1} MiB",
        cached.resident_mib()?,
        uncached.resident_mib()?
    );
    distinct(&cached)
}

fn compare(
    bench_query: &BenchQuery,
    cached: &Service,
    uncached: &Service,
    plain: Option<&BaselineServer>,
    work_dir: &Path,
    script: &Path,
) -> anyhow::Result<()> {
    let variables: Value = serde_json::from_str(bench_query.variables)?;
    let file = |name: &str, query: &str| -> anyhow::Result<PathBuf> {
        let path = work_dir.join(name);
        fs::write(&path, json!({ "query": query, "variables": variables }).to_string())?;
        Ok(path)
    };
    let (ours, theirs) = (file("ours.json", bench_query.ours)?, file("theirs.json", bench_query.baseline)?);
    let answer = cached.post(&fs::read_to_string(&ours)?)?;
    let parsed: Value = serde_json::from_str(&answer)?;
    if !parsed["errors"].is_null() {
        bail!("{}: {}", bench_query.name, parsed["errors"]);
    }
    let bytes = work_dir.join("bytes.json");
    fs::write(&bytes, &answer)?;
    let route = BaselineServer::route(&bytes)?;
    let link = Service::get_url(bench_query.ours, &variables);
    let tag = cached.etag(&link)?;
    let target = |name: &str, address, body: &Path, link| Target {
        name: name.to_owned(),
        address,
        body: body.to_owned(),
        link,
        loads: Vec::new(),
    };
    let mut targets = vec![
        target("a route with the same bytes", route.address, &ours, None),
        target("cached", cached.address()?, &ours, None),
        target("not modified (304)", cached.address()?, &ours, Some((link.as_str(), tag.as_str()))),
        target("uncached", uncached.address()?, &ours, None),
    ];
    targets.extend(plain.map(|plain| target("plain-server", plain.address, &theirs, None)));
    for _ in 0..ROUNDS {
        for target in &mut targets {
            target.load(script)?;
        }
    }
    println!("{}, {} bytes", bench_query.name, answer.len());
    let route = targets[0].median().per_second;
    let plain = targets.get(4).map(|target| target.median().per_second);
    for target in &targets {
        let Load { per_second, p99_ms } = target.median();
        let beside =
            plain.map_or_else(String::new, |plain| format!("  x{:.2} of plain-server", per_second / plain));
        println!(
            "  {:28} {per_second:>9.0}/s  p99 {p99_ms:>7.2} ms  x{:.2} of the route{beside}",
            target.name,
            per_second / route
        );
    }
    println!();
    Ok(())
}

/// Sends queries that are not cached, until it is stopped.
fn distinct(service: &Service) -> anyhow::Result<()> {
    for number in 0..DISTINCT {
        let first = number % 100 + 1;
        service.query(&format!(
            "query Q{number} {{ measures(first: {first}) {{ nodes {{ number title {{ text }} status }} }} }}"
        ))?;
    }
    println!(
        "after {DISTINCT} different queries    {:.1} MiB, at most {:.1} MiB",
        service.resident_mib()?,
        service.peak_mib()?
    );
    Ok(())
}
