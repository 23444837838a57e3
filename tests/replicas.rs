//! Several processes on one PostgreSQL database.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Service, TestSite};

/// Longer than the replacement of a frozen leader takes.
const TIMEOUT: Duration = Duration::from_mins(1);

const ROLE: &str = "{ sync { role leader state } }";
const SLUGS: &str = "{ pages { nodes { slug } } }";

fn role(service: &Service) -> Value {
    service.query(ROLE)["sync"]["role"].clone()
}

/// Asks a process for a full scan. Returns the revision that contains everything written before.
fn sync(service: &Service) -> i64 {
    service.request_sync().as_i64().unwrap()
}

fn slugs(service: &Service) -> Vec<String> {
    let pages = service.query(SLUGS)["pages"]["nodes"].as_array().unwrap().clone();
    let mut slugs: Vec<String> = pages.iter().map(|page| page["slug"].as_str().unwrap().to_owned()).collect();
    slugs.sort();
    slugs
}

/// Waits until the process leads. Returns the time that it took.
fn wait_until_leader(service: &Service) -> Duration {
    let started = Instant::now();
    service.wait_for(|line| line["sync.role"] == "leader");
    assert!(started.elapsed() < TIMEOUT);
    started.elapsed()
}

#[test]
fn of_five_processes_that_start_on_an_empty_database_one_leads() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let services: Vec<Service> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..5).map(|_| scope.spawn(|| site.serve_another(&[]))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let leaders: Vec<Value> =
        services.iter().map(|service| service.query(ROLE)["sync"]["leader"].clone()).collect();
    assert!(leaders[0].is_string() && leaders.iter().all(|leader| *leader == leaders[0]), "{leaders:?}");
    assert_eq!(services.iter().map(|service| service.metric("sync_leader")).sum::<u64>(), 1);
    for service in &services {
        assert_eq!(service.get("/readyz", &[]).json(), json!({ "status": "ready", "revision": 1 }));
        assert_eq!(slugs(service), ["a"]);
        assert_eq!(service.query("{ search(query: \"a\") { totalCount } }")["search"]["totalCount"], 1);
    }
}

#[test]
fn follower_serves_and_announces_what_the_leader_publishes() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let leader = site.serve_another(&[]);
    let follower = site.serve_another(&["--sync", "never"]);
    assert_eq!((role(&leader), role(&follower)), (json!("LEADER"), json!("FOLLOWER")));
    let mut changes = follower.subscribe("subscription { changes { revision kind } }");
    let mut states = follower.subscribe("subscription { sync { state revision { number } } }");
    assert_eq!(states.next().unwrap()["data"]["sync"]["state"], "IDLE");
    for number in 2..=6 {
        site.write(&format!("page-{number}.md"), &format!("# Mare {number}\n"));
        // The answer of any process means that this process serves the change.
        assert_eq!(sync(if number % 2 == 0 { &follower } else { &leader }), number);
        let expected = json!({ "data": { "changes": { "revision": number, "kind": "PAGE_ADDED" } } });
        assert_eq!(changes.next().unwrap()["data"], expected["data"]);
    }
    assert_eq!(slugs(&follower).len(), 6);
    // A search does not wait long for the index.
    let (search, started) = ("{ search(query: \"mare\") { totalCount } }", Instant::now());
    while follower.query(search)["search"]["totalCount"] != 5 {
        assert!(started.elapsed() < TIMEOUT, "the index of the follower does not follow");
    }
    let seen = follower.query("{ sync { leaderSeenAt lastScanAt } }");
    assert!(seen["sync"]["leaderSeenAt"].is_string() && seen["sync"]["lastScanAt"].is_string(), "{seen}");
    assert_eq!(leader.query("{ sync { leaderSeenAt } }")["sync"]["leaderSeenAt"], Value::Null);
    // The state of the leader reaches the subscribers of the follower.
    site.write("PAGE-2.md", "# Twice\n");
    sync(&follower);
    while states.next().unwrap()["data"]["sync"]["state"] != "DEGRADED" {}
}

#[test]
fn follower_replaces_a_killed_leader_and_its_subscribers_miss_nothing() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let leader = site.serve_another(&[]);
    let follower = site.serve_another(&[]);
    let mut changes = follower.subscribe("subscription { changes { revision kind } }");
    site.write("b.md", "# B\n");
    assert_eq!(sync(&leader), 2);
    drop(leader);
    site.write("c.md", "# C\n");
    let took = wait_until_leader(&follower);
    assert!(
        took < Duration::from_secs(5),
        "the lock of a killed process is free at once, not after {took:?}"
    );
    assert_eq!(sync(&follower), 3);
    let events = [changes.next().unwrap(), changes.next().unwrap()];
    assert_eq!(events.map(|event| event["data"]["changes"]["revision"].clone()), [json!(2), json!(3)]);
    assert_eq!((role(&follower), follower.metric("sync_leader")), (json!("LEADER"), 1));
    // A process that stops lets another one lead.
    let other = site.serve_another(&[]);
    assert_eq!(role(&other), "FOLLOWER");
    follower.stop();
    wait_until_leader(&other);
}

#[cfg(debug_assertions)]
#[test]
fn leader_that_is_frozen_in_a_transaction_writes_nothing_after_its_replacement() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    // DeskDecision 1 publishes `a.md`.
    let frozen = site.serve_another(&["--fail-point", "publish.before_commit:freeze:2"]);
    let follower = site.serve_another(&[]);
    site.write("b.md", "# B\n");
    let took = wait_until_leader(&follower);
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(sync(&follower), 2);
    site.write("c.md", "# C\n");
    assert_eq!(sync(&follower), 3);
    frozen.signal("-CONT");
    frozen.wait_for(|line| line["sync.role"] == "follower");
    assert_eq!(sync(&frozen), 3);
    let count = "{ changes(since: 1) { nodes { revision kind } } }";
    let expected = [2, 3].map(|number| json!({ "revision": number, "kind": "PAGE_ADDED" }));
    for service in [&frozen, &follower] {
        assert_eq!(service.query(count)["changes"]["nodes"], json!(expected));
        assert_eq!(slugs(service), ["a", "b", "c"]);
    }
    assert_eq!((role(&frozen), role(&follower)), (json!("FOLLOWER"), json!("LEADER")));
}

#[test]
fn processes_without_a_leader_serve_and_are_degraded() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let leader = site.serve_another(&[]);
    leader.stop();
    let follower = site.serve_another(&["--sync", "never"]);
    let status = follower.query("{ sync { state leader degradedReason problems { kind } } }")["sync"].clone();
    assert_eq!((&status["state"], &status["leader"]), (&json!("DEGRADED"), &Value::Null));
    assert_eq!(status["problems"], json!([{ "kind": "NO_LEADER" }]));
    assert!(status["degradedReason"].as_str().unwrap().contains("no process synchronises"), "{status}");
    assert_eq!(slugs(&follower), ["a"]);
}

#[test]
fn follower_forgets_what_was_pruned() {
    let Some(site) = TestSite::on_postgres() else { return };
    site.write("a.md", "# A\n");
    let leader = site.serve_another(&[]);
    let follower = site.serve_another(&["--sync", "never"]);
    site.write("b.md", "# B\n");
    assert_eq!(sync(&follower), 2);
    let kinds = |service: &Service| {
        let changes = service.query("{ changes(since: 0) { nodes { kind } } }")["changes"]["nodes"].clone();
        changes.as_array().unwrap().iter().map(|change| change["kind"].clone()).collect::<Vec<_>>()
    };
    // The responses are cached.
    for service in [&leader, &follower] {
        assert_eq!(kinds(service), ["PAGE_ADDED", "PAGE_ADDED"]);
    }
    let pruned = site.command("prune").args(["--before", "2199-01-01"]).output().unwrap();
    assert!(pruned.status.success(), "{pruned:?}");
    let started = Instant::now();
    for service in [&leader, &follower] {
        while kinds(service) != ["RESYNC"] {
            assert!(started.elapsed() < TIMEOUT, "the response of before is cached");
        }
    }
}
