//! The attacks, and the documents that they use.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use super::Outcomes;
use super::sockets;
use crate::service::Service;

/// Number of measures of the plan.
const MEASURES: usize = 60_000;
/// Number of large pages and the size of each, just below the limit of a document.
const LARGE_PAGES: usize = 8;
const LARGE_PAGE_BYTES: usize = 5 * 1024 * 1024 - 1_000;
const MIB: usize = 1024 * 1024;

/// One attack. It returns after the last response.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Client),
}

pub(crate) const ATTACKS: [Attack; 14] = [
    Attack { name: "60 searches of 330 short words", run: |client| client.at_once(60, |_| short_words(1)) },
    Attack { name: "8 requests of 19 such searches", run: |client| client.at_once(8, |_| short_words(19)) },
    Attack { name: "1,000 silent connections for 5 s", run: |client| sockets::silent(client, 1_000) },
    Attack {
        name: "100 clients: one id 100 times, 1 MiB",
        run: |client| client.at_once(100, |_| client.ids(1)),
    },
    Attack { name: "8 clients: 20 fields of it", run: |client| client.at_once(8, |_| client.ids(20)) },
    Attack { name: "100 clients: 8 pages of 5 MiB", run: |client| client.at_once(100, |_| all_pages()) },
    Attack { name: "100 clients: 29 curves", run: |client| client.at_once(100, |_| curves()) },
    Attack { name: "100 clients: 48 branches", run: |client| client.at_once(100, branches) },
    Attack { name: "100 clients: the whole plan", run: |client| client.at_once(100, |_| whole_plan()) },
    Attack { name: "100 replays over SSE", run: |client| sockets::replay_events(client, 100) },
    Attack { name: "5,000 replays over 100 WebSockets", run: |client| sockets::replay(client, 100, 50) },
    Attack { name: "40 exports", run: |client| client.get_at_once(40, "/exports/measures.json") },
    Attack { name: "40 feeds", run: |client| client.get_at_once(40, "/feeds/changes.atom") },
    Attack { name: "8 hostile documents of 5 MiB, 1 plan", run: Client::drop_documents },
];

/// Client of a service under attack.
pub(crate) struct Client {
    pub(crate) base_url: String,
    pub(crate) outcomes: Outcomes,
    content: PathBuf,
    /// Id of the page with a text of 1 MiB.
    page_id: String,
}

impl Client {
    pub(crate) fn new(service: &Service, content: &Path) -> anyhow::Result<Self> {
        let answer = service.query("{ page(slug: \"mebibyte\") { id } }")?;
        let page_id = answer["data"]["page"]["id"].as_str().context("the page is missing")?.to_owned();
        let base_url = format!("http://{}", service.address()?);
        Ok(Self { base_url, outcomes: Outcomes::default(), content: content.to_owned(), page_id })
    }

    /// Sends queries from so many threads at once.
    fn at_once(&self, clients: usize, query: impl Fn(usize) -> String + Sync) {
        std::thread::scope(|scope| {
            for number in 0..clients {
                let query = &query;
                scope.spawn(move || {
                    // Each client uses another name, so that no response is shared or cached.
                    let query = format!("query Attack{number} {}", query(number));
                    let body = json!({ "query": query }).to_string();
                    let url = format!("{}/graphql", self.base_url);
                    let sent = agent().post(url).header("content-type", "application/json").send(body);
                    self.outcomes.read(sent);
                });
            }
        });
    }

    fn get_at_once(&self, clients: usize, path: &str) {
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| self.outcomes.read(agent().get(format!("{}{path}", self.base_url)).call()));
            }
        });
    }

    fn ids(&self, fields: usize) -> String {
        let ids = json!(vec![self.page_id.as_str(); 100]);
        let field =
            |at| format!("a{at}: nodes(ids: {ids}) {{ ... on Page {{ content {{ html text markdown }} }} }}");
        format!("{{ {} }}", (0..fields).map(field).collect::<Vec<_>>().join(" "))
    }

    /// Drops hostile documents, and waits until the service has read them.
    fn drop_documents(&self) {
        let pieces = ["&", "a@b.example ", "> ", "\r", "<http://a.example>", "{% ", "|a\n", "*a_"];
        for (at, piece) in pieces.iter().enumerate() {
            let path = self.content.join(format!("hostile-{at}.md"));
            let written = fs::write(path, piece.repeat(LARGE_PAGE_BYTES / piece.len()));
            self.outcomes.count(if written.is_ok() { "written" } else { "not written" });
        }
        let rows = (1..).map(|number| format!("{number}.\tmot{number} terme{} *\tEn cours\n", number * 7));
        let mut plan = "# Plan des mots 2024\n\n## AXE 1: Axe\n\n".to_owned();
        plan.extend(rows.take_while({
            let mut bytes = 0;
            move |row| {
                bytes += row.len();
                bytes < MIB
            }
        }));
        drop(fs::write(self.content.join("mots.txt"), plan));
        let started = Instant::now();
        while started.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(200));
            let pending = self.query("{ sync { pending } documents(first: 100) { totalCount } }");
            let documents = pending["data"]["documents"]["totalCount"].as_u64().unwrap_or_default();
            let expected = (LARGE_PAGES + 2 + pieces.len() + 1) as u64;
            if pending["data"]["sync"]["pending"] == 0 && documents >= expected {
                break;
            }
        }
    }

    fn query(&self, query: &str) -> Value {
        let url = format!("{}/graphql", self.base_url);
        let sent = agent()
            .post(url)
            .header("content-type", "application/json")
            .send(json!({ "query": query }).to_string());
        let body = sent.and_then(|mut response| response.body_mut().read_to_string()).unwrap_or_default();
        serde_json::from_str(&body).unwrap_or_default()
    }
}

/// An agent that returns every status as a response.
pub(crate) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_mins(1))).build().into()
}

/// Writes the documents: a large plan, a page of 1 MiB, and pages of 5 MiB.
pub(crate) fn write_content(content: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(content)?;
    fs::write(content.join("plan.txt"), crate::plan::text(MEASURES))?;
    let paragraph = "Un jardin partagé, ouvert à toutes et à tous, du lundi au samedi, toute l'année.\n\n";
    let page = |slug: &str, bytes: usize| {
        let text = paragraph.repeat(bytes / paragraph.len());
        let path = content.join(format!("{slug}.md"));
        fs::write(path, format!("---\nslug: {slug}\nlang: fr\n---\n# Page {slug}\n\n{text}"))
    };
    page("mebibyte", MIB)?;
    for number in 0..LARGE_PAGES {
        page(&format!("large-{number}"), LARGE_PAGE_BYTES)?;
    }
    Ok(())
}

fn short_words(searches: usize) -> String {
    let letters = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
    let words: Vec<String> = (0..330).map(|at| [letters(at), letters(at / 26)].iter().collect()).collect();
    let words = words.join("-");
    let field = |at| format!("a{at}: search(query: \"{words}\") {{ totalCount }}");
    format!("{{ {} }}", (0..searches).map(field).collect::<Vec<_>>().join(" "))
}

fn all_pages() -> String {
    "{ pages(first: 100) { nodes { content { html text markdown } } } }".to_owned()
}

fn curves() -> String {
    let field = |at| format!("a{at}: progressOverTime(interval: DAY) {{ progress {{ total }} }}");
    format!("{{ plan {{ {} }} }}", (0..29).map(field).collect::<Vec<_>>().join(" "))
}

fn branches(client: usize) -> String {
    let branch = |at: usize| format!("{{number: [{}], hasProgramme: true}}", client * 100 + at);
    let branches = (0..48).map(branch).collect::<Vec<_>>().join(", ");
    format!("{{ measures(first: 1, filter: {{or: [{branches}]}}) {{ totalCount }} }}")
}

/// A tree of all categories with their measures.
fn whole_plan() -> String {
    "{ plan { categories { title measures(first: 100) { nodes { number title { html text } status \
     category { path title parent { title } } } } } } }"
        .to_owned()
}
