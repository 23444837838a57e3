//! SIGKILL at a random time: the next start serves the current folder and loses no acknowledged revision.
//!
//! `PASSERELLE_KILLS=500 cargo test --workspace --test service kill_recovery -- --nocapture` runs more than
//! the default of 50 kills. `PASSERELLE_SEED` repeats a failed run.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use passerelle_storage::Storage;
use serde_json::Value;

use crate::support::{Service, TestSite};

const KILLS: u64 = 50;
/// Number of folders that are tested at the same time.
const PARALLEL_FOLDERS: u64 = 4;
const TOKEN: &str = "operator";
/// Latest kill after a change or a start. Reading and publishing a change take less time.
const MAX_LIFETIME_MILLIS: u64 = 150;
/// A small set of pages, so that removed pages return and moves replace other pages.
const PAGES: [&str; 10] = ["a", "b", "c", "d", "e", "x/f", "x/g", "x/h", "y/i", "y/j"];
const STATUSES: [&str; 3] = ["En cours", "PPS À faire", "PPS Réalisé"];

/// Query for everything that depends only on the current folder.
const SERVED: &str = "{
    documents { nodes { path kind state checksum diagnostics { code } } }
    plans { title measures(first: 50) { nodes { number title { text } status } } }
    pages { nodes { slug title content { html } tableOfContents { text } document { path } } }
    supportServices { nodes { name } } }";

fn plan(random: &mut Rng) -> String {
    let rows = (1..=30).map(|number| {
        let status = random.choice(STATUSES).unwrap();
        format!("{number}.\tSemer des joncs\t{status}\n")
    });
    format!(
        "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n{}",
        rows.collect::<Vec<_>>().concat()
    )
}

fn page(random: &mut Rng) -> String {
    let words = "Des joncs au bord de la mare.\n\n".repeat(random.usize(1..40));
    format!("# Page {}\n\n{words}\n## Fin\n\n![Une mare](/_images/mare.png)\n", random.u16(..))
}

/// Makes one random edit.
fn edit(place: &TestSite, random: &mut Rng) {
    let content = place.content();
    let name = |random: &mut Rng| format!("{}.md", random.choice(PAGES).unwrap());
    let (from, to) = (name(random), name(random));
    // Moving or removing a missing file is allowed to fail.
    match random.u8(..10) {
        0..5 => place.write(&from, &page(random)),
        5 => place.write("plan.txt", &plan(random)),
        6 => place.write("_images/mare.png", &page(random)),
        7 => {
            place.write(&format!(".{}", to.replace('/', "-")), &page(random));
            fs::create_dir_all(content.join(&to).parent().unwrap()).unwrap();
            fs::rename(content.join(format!(".{}", to.replace('/', "-"))), content.join(to)).unwrap();
        }
        8 => drop(fs::rename(content.join(from), content.join(to))),
        _ => drop(fs::remove_file(content.join(from))),
    }
}

/// Latest revision that any client received.
#[derive(Default)]
struct NewestRevision(AtomicI64);

impl NewestRevision {
    fn observe(&self, number: i64) {
        self.0.fetch_max(number, Ordering::SeqCst);
    }

    fn get(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn serve(place: TestSite) -> Service {
    let mut command = place.serve_command();
    command.env("PASSERELLE_ADMIN_TOKEN", TOKEN);
    place.serve_by(command)
}

/// Waits until all written changes are served. Returns the revision that contains them.
fn wait_until_synced(service: &Service) -> i64 {
    let reply = service.post_to("/admin/sync", "", &[("authorization", &format!("Bearer {TOKEN}"))]);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer = reply.json();
    assert_eq!(answer["problems"], Value::Array(Vec::new()));
    answer["revision"]["number"].as_i64().unwrap()
}

/// Edits the folder while a client sends queries, then kills the service. Returns the folder and the
/// database.
fn kill_while_serving(service: Service, random: &mut Rng, newest: &Arc<NewestRevision>) -> TestSite {
    let is_over = Arc::new(AtomicBool::new(false));
    let client = std::thread::spawn({
        let (newest, is_over, url) =
            (Arc::clone(newest), Arc::clone(&is_over), service.url("/graphql?query={revision{number}}"));
        move || {
            while !is_over.load(Ordering::SeqCst) {
                if let Some(answer) = crate::support::try_get_json(&url) {
                    newest.observe(answer["data"]["revision"]["number"].as_i64().unwrap());
                }
            }
        }
    });
    for _ in 0..random.u8(1..12) {
        edit(&service.place, random);
    }
    if random.u8(..4) == 0 {
        newest.observe(wait_until_synced(&service));
        edit(&service.place, random);
    }
    let place = service.kill_after(Duration::from_millis(random.u64(..MAX_LIFETIME_MILLIS)));
    is_over.store(true, Ordering::SeqCst);
    client.join().unwrap();
    place
}

/// Edits a folder and kills its service `kills` times.
fn kill_repeatedly(kills: u64, seed: u64) {
    let mut random = Rng::with_seed(seed);
    let newest = Arc::new(NewestRevision::default());
    let mut place = TestSite::new();
    for kill in 0..kills {
        let context = format!("PASSERELLE_SEED={seed}, kill {kill}");
        for _ in 0..random.u8(..4) {
            edit(&place, &mut random);
        }
        place = if random.u8(..3) == 0 {
            place.kill_during_startup(Duration::from_millis(random.u64(..MAX_LIFETIME_MILLIS)))
        } else {
            kill_while_serving(serve(place), &mut random, &newest)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Storage::check_integrity(&place.database_url())).expect(&context);

        let service = serve(place);
        let number = wait_until_synced(&service);
        assert!(number >= newest.get(), "{context}: {number} is older than {}", newest.get());
        newest.observe(number);
        let fresh = TestSite::new();
        fresh.copy_documents(&service.place.content());
        let fresh = serve(fresh);
        wait_until_synced(&fresh);
        assert_eq!(service.query(SERVED), fresh.query(SERVED), "{context}");
        place = service.stop();
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test is told so how long to go on")]
fn restart_after_a_kill_serves_the_folder_and_keeps_all_revisions() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("PASSERELLE_SEED") {
        return kill_repeatedly(number("PASSERELLE_KILLS").unwrap_or(KILLS), seed);
    }
    let kills = number("PASSERELLE_KILLS").unwrap_or(KILLS);
    let first = fastrand::u64(..u64::MAX - PARALLEL_FOLDERS);
    std::thread::scope(|scope| {
        for lane in 0..PARALLEL_FOLDERS {
            scope.spawn(move || kill_repeatedly(kills.div_ceil(PARALLEL_FOLDERS), first + lane));
        }
    });
}
