//! Client of a service under attack.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use super::outcomes::Outcomes;
use crate::service::Service;

/// Number of large pages and the size of each, just below the limit of a document.
pub(crate) const LARGE_PAGES: usize = 8;
pub(crate) const LARGE_PAGE_BYTES: usize = 5 * 1024 * 1024 - 1_000;
pub(crate) const MIB: usize = 1024 * 1024;

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
    pub(crate) fn at_once(&self, clients: usize, query: impl Fn(usize) -> String + Sync) {
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

    pub(crate) fn get_at_once(&self, clients: usize, path: &str) {
        std::thread::scope(|scope| {
            for _ in 0..clients {
                scope.spawn(|| self.outcomes.read(agent().get(format!("{}{path}", self.base_url)).call()));
            }
        });
    }

    pub(crate) fn ids(&self, fields: usize) -> String {
        let ids = json!(vec![self.page_id.as_str(); 100]);
        let field =
            |at| format!("a{at}: nodes(ids: {ids}) {{ ... on Page {{ content {{ html text markdown }} }} }}");
        format!("{{ {} }}", (0..fields).map(field).collect::<Vec<_>>().join(" "))
    }

    /// Drops hostile documents, and waits until the service has read them.
    pub(crate) fn drop_documents(&self) {
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
