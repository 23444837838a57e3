//! Requests under load: what is kept and what is not, beside a route that returns the same bytes and beside a server of
//! the same data that is made without effort.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::plain::Peer;
use crate::service::Service;

/// The documents that are served: those that the service exists for, or else those of the demonstration.
const FOLDERS: [&str; 2] = ["../shared/seeds", "content"];
const LOAD: &str = include_str!("load.lua");
/// How each thing is asked for, so often; the median counts.
const ROUNDS: usize = 3;
const CONNECTIONS: &str = "32";
const SECONDS: &str = "5s";
/// As a server that writes no line a request.
const QUIET: [&str; 2] = ["--log", "warn,passerelle=info"];
/// So many different queries, to see what they leave in memory.
const DISTINCT: usize = 20_000;

/// A question, in the words of the service and in those of the plain server.
struct Question {
    name: &'static str,
    ours: &'static str,
    plain: &'static str,
    variables: &'static str,
}

const QUESTIONS: [Question; 3] = [
    Question {
        name: "first 20, with category and parent",
        ours: "{ measures(first: 20) { nodes { number title { text } status category { title parent { title } } } } }",
        plain: "{ measures(first: 20) { number title status category { title parent { title } } } }",
        variables: "{}",
    },
    Question {
        name: "whole tree, with all measures",
        ours: "{ plan { axes { label title children { label title measures(first: 100) { nodes { number title { text } status \
            category { path } } } children { label title children { label title } } } } } }",
        plain: "{ axes { label title children { label title measures { number title status } children { label title measures \
            { number title status } children { label title measures { number title status } } } } } }",
        variables: "{}",
    },
    Question {
        name: "one measure by its number",
        ours: "query($n: Int!) { measure(number: $n) { number title { text } status category { path } } }",
        plain: "query($n: Int!) { measure(number: $n) { number title status category { path } } }",
        variables: "{\"n\": 137}",
    },
];

/// What was measured under one load.
#[derive(Clone, Copy, Debug)]
struct Load {
    per_second: f64,
    p99_ms: f64,
}

/// Who is asked.
struct Party<'a> {
    name: String,
    address: SocketAddr,
    body: PathBuf,
    /// A link, with the tag of an answer that is known; else a body is sent.
    link: Option<(&'a str, &'a str)>,
    loads: Vec<Load>,
}

impl Party<'_> {
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
        let told = text.lines().find_map(|line| line.strip_prefix("RESULT ")).context(text.clone())?;
        let told: Value = serde_json::from_str(told)?;
        if told["bad"] != 0 {
            bail!("{}: {told}", self.name);
        }
        let figure = |name: &str| told[name].as_f64().context("no figure");
        self.loads.push(Load { per_second: figure("per_second")?, p99_ms: figure("p99_ms")? });
        Ok(())
    }

    /// The load of the middle.
    fn median(&self) -> Load {
        let mut loads = self.loads.clone();
        loads.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        loads[loads.len() / 2]
    }
}

/// Measures the release binary.
pub(crate) fn measure(binary: &Path, place: &Path) -> anyhow::Result<()> {
    let folder = FOLDERS.into_iter().find(|folder| Path::new(folder).exists()).context("no documents")?;
    println!("documents: {folder}; {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} each\n");
    let content = place.join("content");
    crate::copy(Path::new(folder), &content)?;
    let script = place.join("load.lua");
    fs::write(&script, LOAD)?;
    let target = binary.ancestors().nth(2).context("no target folder")?;
    let plain = Peer::plain(target)?;
    if plain.is_none() {
        println!("the plain server is not there: compared with a route only\n");
    }
    let kept = Service::start_with(binary, &content, &place.join("kept.db"), &QUIET)?;
    let made = Service::start_with(
        binary,
        &content,
        &place.join("made.db"),
        &[QUIET[0], QUIET[1], "--response-cache", "0"],
    )?;
    crate::guard::measure_service(&kept)?;
    for question in &QUESTIONS {
        compare(question, &kept, &made, plain.as_ref(), place, &script)?;
    }
    println!(
        "resident memory after the load   {:.1} MiB, without a cache {:.1} MiB",
        kept.resident_mib()?,
        made.resident_mib()?
    );
    distinct(&kept)
}

fn compare(
    question: &Question,
    kept: &Service,
    made: &Service,
    plain: Option<&Peer>,
    place: &Path,
    script: &Path,
) -> anyhow::Result<()> {
    let variables: Value = serde_json::from_str(question.variables)?;
    let file = |name: &str, query: &str| -> anyhow::Result<PathBuf> {
        let path = place.join(name);
        fs::write(&path, json!({ "query": query, "variables": variables }).to_string())?;
        Ok(path)
    };
    let (ours, theirs) = (file("ours.json", question.ours)?, file("theirs.json", question.plain)?);
    let answer = kept.post(&fs::read_to_string(&ours)?)?;
    let parsed: Value = serde_json::from_str(&answer)?;
    if !parsed["errors"].is_null() {
        bail!("{}: {}", question.name, parsed["errors"]);
    }
    let bytes = place.join("bytes.json");
    fs::write(&bytes, &answer)?;
    let route = Peer::route(&bytes)?;
    let link = Service::link(question.ours, &variables);
    let tag = kept.tag(&link)?;
    let party = |name: &str, address, body: &Path, link| Party {
        name: name.to_owned(),
        address,
        body: body.to_owned(),
        link,
        loads: Vec::new(),
    };
    let mut parties = vec![
        party("a route with the same bytes", route.address, &ours, None),
        party("kept", kept.address()?, &ours, None),
        party("known to the client (304)", kept.address()?, &ours, Some((link.as_str(), tag.as_str()))),
        party("made each time", made.address()?, &ours, None),
    ];
    parties.extend(plain.map(|plain| party("plain-server", plain.address, &theirs, None)));
    for _ in 0..ROUNDS {
        for party in &mut parties {
            party.load(script)?;
        }
    }
    println!("{}, {} bytes", question.name, answer.len());
    let route = parties[0].median().per_second;
    let plain = parties.get(4).map(|plain| plain.median().per_second);
    for party in &parties {
        let Load { per_second, p99_ms } = party.median();
        let beside =
            plain.map_or_else(String::new, |plain| format!("  x{:.2} of plain-server", per_second / plain));
        println!(
            "  {:28} {per_second:>9.0}/s  p99 {p99_ms:>7.2} ms  x{:.2} of the route{beside}",
            party.name,
            per_second / route
        );
    }
    println!();
    Ok(())
}

/// Asks for what nobody asked for before, again and again.
fn distinct(service: &Service) -> anyhow::Result<()> {
    for number in 0..DISTINCT {
        let first = number % 100 + 1;
        service.ask(&format!(
            "query Q{number} {{ measures(first: {first}) {{ nodes {{ number title {{ text }} status }} }} }}"
        ))?;
    }
    println!(
        "after {DISTINCT} different queries    {:.1} MiB, at most {:.1} MiB",
        service.resident_mib()?,
        service.most_mib()?
    );
    Ok(())
}
