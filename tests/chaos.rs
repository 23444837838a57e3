//! Three processes over one database. Some are killed, frozen or cut off, and the server of the database
//! crashes. A checker reads what was observed.
//!
//! `PASSERELLE_CHAOS_ROUNDS=200 cargo test -p passerelle --test service chaos -- --nocapture` runs more than
//! the default of 30 rounds. `PASSERELLE_SEED` repeats a failed run.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::json;

use crate::support::outage::{OwnServer, Proxy};
use crate::support::postgres::execute;
use crate::support::{Events, OPERATOR, Service, TestSite, try_get_json};

const ROUNDS: u64 = 30;
const PROCESSES: usize = 3;
/// Longer than the replacement of a frozen leader takes.
const TIMEOUT: Duration = Duration::from_mins(1);
/// One round of this many freezes the leader, and one stalls its connections, until it is replaced. That
/// takes the time of a lease.
const FREEZE_INTERVAL: u64 = 12;
const PAGES: [&str; 8] = ["a", "b", "c", "d", "x/e", "x/f", "y/g", "y/h"];
/// The last page that is written. Its change ends the subscribers.
const LAST_PAGE: &str = "la-fin";

/// Query for everything that depends only on the folder.
const SERVED: &str = "{
    documents { nodes { path kind state checksum } }
    pages { nodes { slug title content { html } document { path } } } }";

/// What clients observed.
#[derive(Default)]
struct History {
    /// Addresses of the processes that can be asked.
    addresses: Mutex<Vec<String>>,
    /// Violations that were found while the processes ran.
    violations: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl History {
    fn addresses(&self) -> Vec<String> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks all processes for their revision until the end. That of a process never decreases.
    fn observe_revisions(&self) {
        let mut newest: BTreeMap<String, i64> = BTreeMap::new();
        while !self.is_over.load(Ordering::SeqCst) {
            for address in self.addresses() {
                let url = format!("http://{address}/graphql?query={{revision{{number}}}}");
                let Some(answer) = try_get_json(&url) else { continue };
                let Some(number) = answer["data"]["revision"]["number"].as_i64() else { continue };
                let known = newest.entry(address.clone()).or_default();
                if number < *known {
                    let violation = format!("{address} served {number} after {known}");
                    self.violations.lock().unwrap_or_else(PoisonError::into_inner).push(violation);
                }
                *known = number;
            }
        }
    }

    /// Subscribes to all changes, and continues at another process whenever the connection is lost. Returns
    /// the positions of the changes in the order of their arrival.
    fn subscribe(&self, mut random: Rng) -> Vec<(i64, i64)> {
        let body = json!({ "query": "subscription { changes(since: 0) { revision url } }" }).to_string();
        let (mut received, mut last_id) = (Vec::new(), String::new());
        while !self.is_over.load(Ordering::SeqCst) {
            let addresses = self.addresses();
            let Some(address) = random.choice(&addresses) else { continue };
            let url = format!("http://{address}/graphql");
            let Some(mut events) = Events::open(&url, &body, &last_id) else { continue };
            while let Some(event) = events.next_unless_lost() {
                // A lost database ends the subscription with an error. The client connects again.
                let change = &event["data"]["changes"];
                if !change.is_object() {
                    break;
                }
                events.received_id().clone_into(&mut last_id);
                received.push(position(&last_id));
                if change["url"].as_str().is_some_and(|url| url.ends_with(LAST_PAGE)) {
                    return received;
                }
            }
        }
        received
    }
}

/// Ends the clients, also if the test fails.
struct EndOnDrop<'h>(&'h History);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }
}

/// Returns the revision and the ordinal of an event id.
fn position(id: &str) -> (i64, i64) {
    let (_, position) = id.rsplit_once('-').unwrap();
    let (revision, ordinal) = position.split_once('.').unwrap();
    (revision.parse().unwrap(), ordinal.parse().unwrap())
}

/// The processes and their folder.
struct Cluster<'h> {
    site: TestSite,
    server: OwnServer,
    /// URL of the database on the server itself.
    url: String,
    /// Each process reaches the database through a proxy of its own.
    proxies: Vec<Proxy>,
    services: Vec<Service>,
    history: &'h History,
    random: Rng,
}

impl Cluster<'_> {
    /// Makes the addresses of all processes but one known to the clients.
    fn publish_addresses(&self, except: Option<usize>) {
        let services = self.services.iter().enumerate().filter(|(index, _)| Some(*index) != except);
        let addresses = services.map(|(_, service)| service.address().to_owned()).collect();
        *self.history.addresses.lock().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// Makes a random edit.
    fn edit(&mut self) {
        let content = self.site.content();
        let path = |random: &mut Rng| format!("{}.md", random.choice(PAGES).unwrap());
        let (from, to) = (path(&mut self.random), path(&mut self.random));
        match self.random.u8(..8) {
            // Moving or removing a missing file is allowed to fail.
            0 => drop(fs::remove_file(content.join(from))),
            1 => drop(fs::rename(content.join(from), content.join(to))),
            _ => {
                let words = "Des joncs au bord de la mare.\n\n".repeat(self.random.usize(1..20));
                self.site.write(&from, &format!("# Page {}\n\n{words}", self.random.u16(..)));
            }
        }
    }

    /// Waits until one of the processes leads, except one that is frozen.
    fn leader(&self, except: Option<usize>) -> usize {
        let started = Instant::now();
        loop {
            for (index, service) in self.services.iter().enumerate() {
                if Some(index) != except && service.metric("sync_leader") == 1 {
                    return index;
                }
            }
            assert!(started.elapsed() < TIMEOUT, "no process leads");
        }
    }

    fn follower(&mut self, leader: usize) -> usize {
        (leader + self.random.usize(1..PROCESSES)) % PROCESSES
    }

    /// Kills a process and starts another one in its place.
    fn replace(&mut self, index: usize) {
        self.publish_addresses(Some(index));
        let killed = self.services.remove(index);
        drop(killed);
        self.edit();
        let started = self.site.serve_on(&self.proxies[index].url(&self.url), &[]);
        self.services.insert(index, started);
        self.publish_addresses(None);
    }

    /// Stops to forward the bytes of a process during some edits. A leader is cut off until another process
    /// leads.
    fn stall(&mut self, index: usize, until_replaced: bool) {
        self.publish_addresses(Some(index));
        self.proxies[index].stall();
        self.edit();
        let other = (index + 1) % PROCESSES;
        if until_replaced {
            self.leader(Some(index));
        } else {
            self.services[other].query("{ revision { number } }");
        }
        self.edit();
        self.proxies[index].forward();
        self.publish_addresses(None);
    }

    /// Freezes a process during some edits. A leader is frozen until another process leads.
    fn freeze(&mut self, index: usize, until_replaced: bool) {
        self.publish_addresses(Some(index));
        self.services[index].signal("-STOP");
        self.edit();
        if until_replaced {
            self.leader(Some(index));
        } else {
            let other = (index + 1) % PROCESSES;
            self.services[other].query("{ revision { number } }");
        }
        self.edit();
        self.services[index].signal("-CONT");
        self.publish_addresses(None);
    }

    /// Ends all connections to the database.
    fn cut_connections(&self) {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        execute(&self.url, cut);
    }

    fn round(&mut self, number: u64) {
        self.edit();
        let leader = self.leader(None);
        let follower = self.follower(leader);
        match self.random.u8(..9) {
            _ if number % FREEZE_INTERVAL == FREEZE_INTERVAL / 2 => self.freeze(leader, true),
            _ if number % FREEZE_INTERVAL == FREEZE_INTERVAL - 1 => self.stall(leader, true),
            0 => self.replace(leader),
            1 => self.replace(follower),
            2 => self.freeze(leader, false),
            3 => self.freeze(follower, false),
            4 => self.cut_connections(),
            5 => self.server.restart(),
            6 => self.proxies[leader].cut(),
            7 => self.stall(follower, false),
            // All but one are killed.
            _ => (1..PROCESSES).for_each(|offset| self.replace((follower + offset) % PROCESSES)),
        }
        self.edit();
    }

    /// Waits until a process serves everything that was written.
    fn sync(&self, index: usize) {
        let authorization = format!("Bearer {OPERATOR}");
        let started = Instant::now();
        while self.services[index].post_to("/admin/sync", "", &[("authorization", &authorization)]).status
            != 200
        {
            assert!(started.elapsed() < TIMEOUT, "process {index} does not serve what was written");
        }
    }

    /// Compares what is served with the folder and the database.
    fn check(&self, received: &[Vec<(i64, i64)>]) {
        let fresh = TestSite::new();
        fresh.copy_documents(&self.site.content());
        let fresh = fresh.serve();
        let expected = fresh.query(SERVED);
        for service in &self.services {
            assert_eq!(service.query(SERVED), expected, "the folder is not what is served");
        }
        let url = &self.url;
        let gaps = rows(url, "SELECT count(*) - max(number), min(number) FROM revision");
        assert_eq!(gaps, [(0, 1)], "the revisions have gaps");
        let logged = rows(url, "SELECT revision, ordinal::bigint FROM change_log ORDER BY revision, ordinal");
        for positions in received {
            assert_eq!(*positions, logged, "a subscriber missed a change or received one twice");
        }
        let violations = self.history.violations.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(violations.is_empty(), "{violations:?}");
    }
}

/// Returns the rows of a query with two numbers.
pub(crate) fn rows(url: &str, sql: &str) -> Vec<(i64, i64)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection = Database::connect(url).await.unwrap();
        let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
        rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
    })
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test is told so how long to go on")]
fn clients_of_three_processes_see_one_history_whatever_is_killed_or_frozen() {
    let Some(server) = OwnServer::start() else { return };
    let (site, url) = (TestSite::new(), server.create_database("content"));
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("PASSERELLE_SEED").unwrap_or_else(|| fastrand::u64(..));
    let rounds = number("PASSERELLE_CHAOS_ROUNDS").unwrap_or(ROUNDS);
    eprintln!("PASSERELLE_SEED={seed}, {rounds} rounds");
    site.write("a.md", "# Page\n");
    let proxies: Vec<Proxy> = (0..PROCESSES).map(|_| Proxy::start(&url)).collect();
    let services = proxies.iter().map(|proxy| site.serve_on(&proxy.url(&url), &[])).collect();
    let (history, random) = (History::default(), Rng::with_seed(seed));
    let mut cluster = Cluster { site, server, url, proxies, services, history: &history, random };
    cluster.publish_addresses(None);
    std::thread::scope(|scope| {
        let end = EndOnDrop(&history);
        scope.spawn(|| history.observe_revisions());
        let subscribers: Vec<_> = (0..2)
            .map(|index| {
                let history = &history;
                scope.spawn(move || history.subscribe(Rng::with_seed(seed.wrapping_add(index))))
            })
            .collect();
        for number in 0..rounds {
            cluster.round(number);
        }
        // The last page is the only change of its revision.
        (0..PROCESSES).for_each(|index| cluster.sync(index));
        cluster.site.write(&format!("{LAST_PAGE}.md"), "# La fin\n");
        (0..PROCESSES).for_each(|index| cluster.sync(index));
        let received: Vec<_> = subscribers.into_iter().map(|subscriber| subscriber.join().unwrap()).collect();
        drop(end);
        cluster.check(&received);
    });
}
