//! A PostgreSQL database that goes away, and comes back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::outage::{OwnServer, Proxy};
use crate::support::{HttpReply, Service, TestSite};

/// Longer than an outage is noticed and forgotten on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);
const SLUGS: &str = "{ pages { nodes { slug } } }";

/// Sends a query whose answer is not in memory, because no other one has its number.
fn uncached(service: &Service, number: usize) -> HttpReply {
    let body = json!({ "query": format!("{{ page(slug: \"page-{number}\") {{ title }} }}") });
    service.post(&body.to_string(), &[("content-type", "application/json")])
}

fn assert_unavailable(reply: &HttpReply) {
    assert_eq!((reply.status, reply.header("retry-after")), (503, "1"), "{}", reply.body);
    let error = &reply.json()["errors"][0];
    assert_eq!(error["extensions"]["code"], "DATABASE_UNAVAILABLE", "{error}");
    assert!(!reply.body.contains("127.0.0.1"), "the client does not learn where the database is");
}

/// Waits until the process serves these pages.
fn wait_for_pages(service: &Service, slugs: &[&str]) {
    let started = Instant::now();
    let expected: Vec<Value> = slugs.iter().map(|slug| json!({ "slug": slug })).collect();
    let body = json!({ "query": SLUGS }).to_string();
    loop {
        let reply = service.post(&body, &[("content-type", "application/json")]);
        if reply.status == 200 && reply.json()["data"]["pages"]["nodes"] == json!(expected) {
            return;
        }
        assert!(started.elapsed() < TIMEOUT, "{}", reply.body);
    }
}

/// Sends queries until one fails. Returns the number of the last one.
fn wait_for_failure(service: &Service) -> usize {
    let started = Instant::now();
    let failed = (1..100_000).find(|number| uncached(service, *number).status == 503);
    assert!(started.elapsed() < TIMEOUT);
    failed.unwrap()
}

#[test]
fn cached_responses_are_served_and_others_are_503_while_the_database_is_away() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let proxy = Proxy::start(&site.database_url());
    let service = site.serve_on(&proxy.url(&site.database_url()), &[]);
    let cached = service.query(SLUGS);
    assert_eq!(uncached(&service, 0).status, 200);
    proxy.refuse();
    let last = wait_for_failure(&service);
    // One request at a time tests the database. All others fail at once.
    assert_unavailable(&uncached(&service, last + 1));
    assert_eq!(service.query(SLUGS), cached);
    let export = service.get("/exports/measures.csv?plan=none&lang=fr", &[]);
    assert_eq!(export.status, 503, "{}", export.body);
    assert_eq!(service.get("/readyz", &[]).json()["status"], "database unavailable");
    site.write("b.md", "# B\n");
    assert_eq!(service.query(SLUGS), cached);
    proxy.forward();
    wait_for_pages(&service, &["a", "b"]);
    assert_eq!(service.get("/readyz", &[]).status, 200);
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 2);
}

#[test]
fn connections_that_are_cut_are_opened_again_without_an_error() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let proxy = Proxy::start(&site.database_url());
    let service = site.serve_on(&proxy.url(&site.database_url()), &[]);
    for number in 0..20 {
        proxy.cut();
        let reply = uncached(&service, number);
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    site.write("b.md", "# B\n");
    wait_for_pages(&service, &["a", "b"]);
}

#[test]
fn stalled_connections_are_noticed_and_replaced() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let proxy = Proxy::start(&site.database_url());
    let service = site.serve_on(&proxy.url(&site.database_url()), &[]);
    let cached = service.query(SLUGS);
    proxy.stall();
    site.write("b.md", "# B\n");
    let last = wait_for_failure(&service);
    assert_unavailable(&uncached(&service, last + 1));
    assert_eq!(service.query(SLUGS), cached);
    // The old connections never respond again. Other processes and the kernel do not notice.
    let line = service.wait_for(|line| line["sync.role"] == "follower");
    assert!(line["sync.reason"].as_str().unwrap().contains("does not respond"), "{line}");
    proxy.cut();
    proxy.forward();
    wait_for_pages(&service, &["a", "b"]);
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 2);
}

#[test]
fn crash_of_the_server_loses_nothing_and_is_recovered_from() {
    let Some(server) = OwnServer::start() else { return };
    let url = server.create_database("content");
    let site = TestSite::new();
    site.write("a.md", "# A\n");
    let service = site.serve_on(&url, &[]);
    let mut changes = service.subscribe("subscription { changes(since: 0) { revision } }");
    assert_eq!(changes.next().unwrap()["data"]["changes"]["revision"], 1);
    server.restart();
    site.write("b.md", "# B\n");
    wait_for_pages(&service, &["a", "b"]);
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 2);
    let body = json!({ "query": "{ changes(since: 0) { nodes { revision } } }" }).to_string();
    let logged = service.post(&body, &[("content-type", "application/json")]).json();
    assert_eq!(logged["data"]["changes"]["nodes"], json!([{ "revision": 1 }, { "revision": 2 }]));
}
