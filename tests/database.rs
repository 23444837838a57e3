//! Databases that are damaged, newer, moved, replaced or locked.

use std::fs;
use std::path::PathBuf;

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Events, Service, TestSite, run_until_exit};

const FAILED: &str = "sync failed: the last good state is served";
const PAGES: &str = "{ pages { nodes { slug } } }";

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn connect(place: &TestSite) -> DatabaseConnection {
    Database::connect(place.database_url()).await.unwrap()
}

/// Creates a folder with one page, and a database that contains it.
fn synced_place() -> TestSite {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    assert!(place.command("sync").output().unwrap().status.success());
    place
}

/// Marks the database as written by a newer version.
fn mark_as_newer_version(place: &TestSite) {
    runtime().block_on(async {
        let connection = connect(place).await;
        let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_later', 0)";
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// Overwrites the database with data that is not SQLite.
fn damage(place: &TestSite) {
    let mut bytes = fs::read(place.database()).unwrap();
    bytes[..512].fill(0x2a);
    fs::write(place.database(), bytes).unwrap();
}

/// Returns the files of databases that were set aside.
fn files_set_aside(place: &TestSite) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.database().parent().unwrap()).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.to_string_lossy().contains(".aside-"));
    found.sort();
    found
}

/// `serve` and `sync` reject the database without `--rebuild`, with a single line.
fn assert_refused_without_rebuild(place: &TestSite, reason: &str) {
    let before = fs::read(place.database()).unwrap();
    let (status, said) = run_until_exit(place.serve_command());
    assert_eq!(status.code(), Some(1));
    let [line] = &said[..] else { panic!("{said:?}") };
    let told = line["error"].as_str().unwrap();
    assert!(told.contains(reason) && told.contains("--rebuild") && told.contains("test.db"), "{told}");
    let output = place.command("sync").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
    assert_eq!(fs::read(place.database()).unwrap(), before);
    assert_eq!(files_set_aside(place), Vec::<PathBuf>::new());
}

/// With `--rebuild`, the database is set aside unchanged and a new one is built from the folder.
fn assert_rebuilt(place: TestSite) {
    let before = fs::read(place.database()).unwrap();
    let mut command = place.serve_command();
    command.arg("--rebuild");
    let service = place.serve_by(command);
    assert_eq!(service.query(PAGES), json!({ "pages": { "nodes": [{ "slug": "page" }] } }));
    let place = service.stop();
    let found = files_set_aside(&place);
    assert_eq!(fs::read(&found[0]).unwrap(), before);
    // The new database is usable.
    let service = place.serve();
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 1);
}

#[test]
fn newer_database_is_refused_until_rebuild_is_requested() {
    let place = synced_place();
    mark_as_newer_version(&place);
    assert_refused_without_rebuild(&place, "newer version");
    assert_rebuilt(place);
}

#[test]
fn damaged_database_is_refused_until_rebuild_is_requested() {
    let place = synced_place();
    damage(&place);
    assert_refused_without_rebuild(&place, "damaged");
    assert_rebuilt(place);
}

#[test]
fn rebuild_logs_the_path_of_the_old_database() {
    let place = synced_place();
    damage(&place);
    let output = place.command("sync").args(["--rebuild", "--log-format", "json"]).output().unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(line["level"], "WARN");
    let put = PathBuf::from(line["database.aside"].as_str().unwrap());
    assert_eq!(put, files_set_aside(&place)[0].canonicalize().unwrap());
    assert!(line["error"].as_str().unwrap().contains("damaged"), "{line}");
}

#[test]
fn rebuild_fails_without_a_content_folder() {
    let place = synced_place();
    damage(&place);
    fs::remove_dir_all(place.content()).unwrap();
    let output = place.command("sync").arg("--rebuild").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(files_set_aside(&place), Vec::<PathBuf>::new());
}

#[test]
fn rebuild_keeps_a_usable_database() {
    let place = synced_place();
    let mut command = place.serve_command();
    command.arg("--rebuild");
    let service = place.serve_by(command);
    service.save("second.md", "# Second\n");
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 2);
    let place = service.stop();
    assert_eq!(files_set_aside(&place), Vec::<PathBuf>::new());
    // A missing database is created and nothing is set aside.
    let output = TestSite::new().command("sync").arg("--rebuild").output().unwrap();
    assert!(output.status.success());
}

/// Waits until the service reports a storage problem. Returns its reason.
fn wait_until_degraded(states: &mut Events) -> String {
    loop {
        let told = &states.next().unwrap()["data"]["sync"];
        if told["state"] == "DEGRADED" {
            return told["degradedReason"].as_str().unwrap().to_owned();
        }
    }
}

/// The pages written meanwhile are served, and no problem remains.
fn assert_recovered(service: &Service) {
    service.wait_for_sync();
    assert_eq!(service.query(PAGES)["pages"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(
        service.query("{ sync { state degradedReason pending } revision { number } }"),
        json!({ "sync": { "state": "IDLE", "degradedReason": null, "pending": 0 }, "revision": { "number": 2 } })
    );
}

#[test]
fn service_recovers_when_a_moved_database_returns() {
    let service = synced_place().serve();
    let mut states = service.subscribe("subscription { sync { state degradedReason } }");
    let database = service.place.database().to_owned();
    let away = database.with_extension("away");
    fs::rename(&database, &away).unwrap();
    service.place.write("late.md", "# Late\n");
    let reason = wait_until_degraded(&mut states);
    assert!(reason.contains("is missing") && reason.contains("restore it"), "{reason}");
    for _ in 0..20 {
        assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([{ "slug": "page" }]));
    }
    assert!(!database.exists());
    fs::rename(&away, &database).unwrap();
    assert_recovered(&service);
    let service = service.restart();
    assert_eq!(service.query(PAGES)["pages"]["nodes"].as_array().unwrap().len(), 2);
}

#[test]
fn replaced_database_is_reported_as_a_problem() {
    let service = synced_place().serve();
    let mut states = service.subscribe("subscription { sync { state degradedReason } }");
    let other = synced_place();
    other.write("third.md", "# Third\n");
    assert!(other.command("sync").output().unwrap().status.success());
    fs::rename(service.place.database(), service.place.database().with_extension("away")).unwrap();
    fs::copy(other.database(), service.place.database()).unwrap();
    service.place.write("late.md", "# Late\n");
    let reason = wait_until_degraded(&mut states);
    assert!(reason.contains("another file") && reason.contains("restart"), "{reason}");
    assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([{ "slug": "page" }]));
    // The service updates the replacement database from the folder.
    let service = service.restart();
    let pages = service.query(PAGES);
    assert!(pages["pages"]["nodes"].as_array().unwrap().contains(&json!({ "slug": "late" })), "{pages}");
    assert!(service.query("{ revision { number } }")["revision"]["number"].as_i64() > Some(2));
}

#[test]
fn service_retries_while_the_database_is_locked() {
    let service = synced_place().serve();
    let runtime = runtime();
    let mut states = service.subscribe("subscription { sync { state degradedReason } }");
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let held =
        runtime.block_on(async { connect(&service.place).await.begin_with_options(options).await.unwrap() });
    service.place.write("late.md", "# Late\n");
    let failed = service.wait_for(|entry| entry["message"] == FAILED);
    assert!(failed["error"].as_str().unwrap().contains("locked"), "{failed}");
    assert_eq!(wait_until_degraded(&mut states), "the database is locked by another process");
    assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([{ "slug": "page" }]));
    runtime.block_on(held.rollback()).unwrap();
    assert_recovered(&service);
}
