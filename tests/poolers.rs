//! Processes whose connections go through `PgBouncer` in transaction mode.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::outage::pooler::Pooler;
use crate::support::{Service, TestSite};

/// Longer than a follower without notifications needs on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

fn slugs(service: &Service) -> Vec<String> {
    let nodes = service.query("{ pages { nodes { slug } } }")["pages"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|page| page["slug"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn process_behind_a_pooler_serves_and_says_that_it_never_leads() {
    let Some(site) = TestSite::on_postgres() else { return };
    let Some(pooler) = Pooler::start(&site.database_url()) else { return };
    site.write("a.md", "# A\n");
    let leader = site.serve_another(&[]);
    let url = pooler.url(&site.database_url());
    let (follower, line) = site.serve_until_logged(&url, &[], |line| line["sync.reason"].is_string());
    let reason = line["sync.reason"].as_str().unwrap();
    assert!(reason.contains("never leads") && reason.contains("--database-direct-url"), "{reason}");
    assert!(!reason.contains("passerelle:"), "{reason}");
    assert_eq!(slugs(&follower), ["a"]);
    site.write("b.md", "# B\n");
    assert_eq!(follower.request_sync(), 2);
    assert_eq!(slugs(&follower), ["a", "b"]);
    leader.stop();
    let started = Instant::now();
    while follower.query("{ sync { leader } }")["sync"]["leader"] != Value::Null {
        assert!(started.elapsed() < TIMEOUT, "it does not notice that nobody leads");
    }
    assert_eq!(follower.metric("sync_leader"), 0);
    assert_eq!(slugs(&follower), ["a", "b"]);
}

#[test]
fn processes_behind_a_pooler_lead_and_follow_with_a_direct_address() {
    let Some(site) = TestSite::on_postgres() else { return };
    let Some(pooler) = Pooler::start(&site.database_url()) else { return };
    site.write("a.md", "# A\n");
    let (direct, url) = (site.database_url(), pooler.url(&site.database_url()));
    let services = [0, 1].map(|_| site.serve_on(&url, &["--database-direct-url", &direct]));
    for number in 1..=10 {
        site.write(&format!("page-{number}.md"), &format!("# Mare {number}\n"));
        assert_eq!(services[number % 2].request_sync(), number + 1);
    }
    for service in &services {
        assert_eq!(slugs(service).len(), 11);
        let changes =
            service.query("{ changes(since: 1) { nodes { revision } } }")["changes"]["nodes"].clone();
        assert_eq!(changes, json!((2..=11).map(|number| json!({ "revision": number })).collect::<Vec<_>>()));
    }
    assert_eq!(services.iter().map(|service| service.metric("sync_leader")).sum::<u64>(), 1);
}
