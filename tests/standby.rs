//! Processes that read a hot standby.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::outage::{OwnServer, Proxy};
use crate::support::postgres::execute;
use crate::support::{Service, TestSite};

/// Longer than replication takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Counts the pages with a query that is not in the cache, because no other one has its alias.
fn count(service: &Service, number: usize) -> Value {
    let alias = format!("n{number}");
    service.query(&format!("{{ {alias}: pages {{ totalCount }} }}"))[alias.as_str()]["totalCount"].clone()
}

#[test]
fn standby_is_read_only_for_the_revisions_that_it_has() {
    let Some(server) = OwnServer::start() else { return };
    let url = server.create_database("content");
    let (site, standby_url) = (TestSite::new(), server.start_standby("content"));
    site.write("a.md", "# A\n");
    let proxy = Proxy::start(&url);
    let service = site.serve_on(&proxy.url(&url), &["--database-read-url", &standby_url]);
    assert_eq!(count(&service, 1), 1);
    // The standby does not follow. What is published is served all the same, and nothing older afterwards.
    execute(&standby_url, "SELECT pg_wal_replay_pause()");
    for number in 2..=5 {
        site.write(&format!("page-{number}.md"), "# Page\n");
        assert_eq!(service.request_sync(), number);
        assert_eq!(count(&service, number), number);
    }
    execute(&standby_url, "SELECT pg_wal_replay_resume()");
    for number in 6..=10 {
        site.write(&format!("page-{number}.md"), "# Page\n");
        assert_eq!(service.request_sync(), number);
        assert_eq!(count(&service, number), number);
    }
    wait_until_read(&standby_url, &service);
    // The primary is away, and the standby has everything.
    proxy.refuse();
    for number in 2000..2010 {
        assert_eq!(count(&service, number), 10);
    }
    proxy.forward();
    site.write("last.md", "# Last\n");
    let started = Instant::now();
    while count(&service, 3000 + usize::try_from(started.elapsed().as_micros()).unwrap()) != 11 {
        assert!(started.elapsed() < TIMEOUT, "the change is not published");
    }
}

/// Waits until the queries of a process read the standby.
fn wait_until_read(standby_url: &str, service: &Service) {
    let started = Instant::now();
    let before = statements(standby_url);
    let mut number = 1000;
    // The queries of this function itself are two transactions.
    while statements(standby_url) < before + 20 {
        count(service, number);
        number += 1;
        assert!(started.elapsed() < TIMEOUT, "the standby is not read");
    }
}

/// Returns the number of transactions of the standby.
fn statements(url: &str) -> i64 {
    crate::chaos::rows(url, "SELECT xact_commit, 0::bigint FROM pg_stat_database WHERE datname = 'content'")
        [0]
    .0
}

#[test]
fn primary_is_read_when_the_standby_goes_away() {
    let Some(server) = OwnServer::start() else { return };
    let url = server.create_database("content");
    let site = TestSite::new();
    let proxy = Proxy::start(&server.start_standby("content"));
    site.write("a.md", "# A\n");
    let service = site.serve_on(&url, &["--database-read-url", &proxy.url(&url)]);
    let reply = json!(1);
    for number in 0..5 {
        proxy.cut();
        assert_eq!(count(&service, number), reply);
    }
    proxy.refuse();
    assert_eq!(count(&service, 10), reply);
    proxy.forward();
    proxy.stall();
    assert_eq!(count(&service, 11), reply);
    assert_eq!(count(&service, 12), reply);
}
