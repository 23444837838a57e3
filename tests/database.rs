//! A database that cannot be used, that is moved, or that somebody else holds.

use std::fs;
use std::path::PathBuf;

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::{Events, Place, Service, run_to_the_end};

const FAILED: &str = "sync failed: the last good state is served";
const PAGES: &str = "{ pages { nodes { slug } } }";

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn connect(place: &Place) -> DatabaseConnection {
    Database::connect(place.database_url()).await.unwrap()
}

/// A folder with a page, and a database that serves it.
fn served() -> Place {
    let place = Place::new();
    place.write("page.md", "# Page\n");
    assert!(place.command("sync").output().unwrap().status.success());
    place
}

/// Makes a database one of a newer version.
fn outdate(place: &Place) {
    runtime().block_on(async {
        let connection = connect(place).await;
        let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_later', 0)";
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// Makes a database a file that is none.
fn damage(place: &Place) {
    let mut bytes = fs::read(place.database()).unwrap();
    bytes[..512].fill(0x2a);
    fs::write(place.database(), bytes).unwrap();
}

/// What was put aside of a database.
fn aside(place: &Place) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.database().parent().unwrap()).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.to_string_lossy().contains(".aside-"));
    found.sort();
    found
}

/// Neither command takes the database without being told, and what is told is one line.
fn is_refused(place: &Place, reason: &str) {
    let before = fs::read(place.database()).unwrap();
    let (status, said) = run_to_the_end(place.serve_command());
    assert_eq!(status.code(), Some(1));
    let [line] = &said[..] else { panic!("{said:?}") };
    let told = line["error"].as_str().unwrap();
    assert!(told.contains(reason) && told.contains("--rebuild") && told.contains("test.db"), "{told}");
    let output = place.command("sync").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
    assert_eq!(fs::read(place.database()).unwrap(), before);
    assert_eq!(aside(place), Vec::<PathBuf>::new());
}

/// When told, the database is put aside as it was, and the folder is served from another one.
fn is_rebuilt(place: Place) {
    let before = fs::read(place.database()).unwrap();
    let mut command = place.serve_command();
    command.arg("--rebuild");
    let service = place.serve_by(command);
    assert_eq!(service.query(PAGES), json!({ "pages": { "nodes": [{ "slug": "page" }] } }));
    let place = service.stop();
    let found = aside(&place);
    assert_eq!(fs::read(&found[0]).unwrap(), before);
    // From now on it is one like any other.
    let service = place.serve();
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 1);
}

#[test]
fn a_database_of_a_newer_version_waits_for_a_word() {
    let place = served();
    outdate(&place);
    is_refused(&place, "newer version");
    is_rebuilt(place);
}

#[test]
fn a_damaged_database_waits_for_a_word() {
    let place = served();
    damage(&place);
    is_refused(&place, "damaged");
    is_rebuilt(place);
}

#[test]
fn a_log_line_says_where_the_database_was_put() {
    let place = served();
    damage(&place);
    let output = place.command("sync").args(["--rebuild", "--log-format", "json"]).output().unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(line["level"], "WARN");
    let put = PathBuf::from(line["database.aside"].as_str().unwrap());
    assert_eq!(put, aside(&place)[0].canonicalize().unwrap());
    assert!(line["error"].as_str().unwrap().contains("damaged"), "{line}");
}

#[test]
fn nothing_is_put_aside_where_there_is_nothing_to_build_from() {
    let place = served();
    damage(&place);
    fs::remove_dir_all(place.content()).unwrap();
    let output = place.command("sync").arg("--rebuild").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(aside(&place), Vec::<PathBuf>::new());
}

#[test]
fn a_database_that_can_be_used_is_left_alone() {
    let place = served();
    let mut command = place.serve_command();
    command.arg("--rebuild");
    let service = place.serve_by(command);
    service.save("second.md", "# Second\n");
    assert_eq!(service.query("{ revision { number } }")["revision"]["number"], 2);
    let place = service.stop();
    assert_eq!(aside(&place), Vec::<PathBuf>::new());
    // Nor is there one to put aside where there is none.
    let output = Place::new().command("sync").arg("--rebuild").output().unwrap();
    assert!(output.status.success());
}

/// Waits until the service says that it cannot store what it should. Returns why.
fn wait_for_trouble(states: &mut Events) -> String {
    loop {
        let told = &states.next().unwrap()["data"]["sync"];
        if told["state"] == "DEGRADED" {
            return told["reason"].as_str().unwrap().to_owned();
        }
    }
}

/// What was dropped meanwhile is served, and nothing is wrong any more.
fn assert_recovered(service: &Service) {
    service.wait_for_sync();
    assert_eq!(service.query(PAGES)["pages"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(
        service.query("{ sync { state reason pending } revision { number } }"),
        json!({ "sync": { "state": "IDLE", "reason": null, "pending": 0 }, "revision": { "number": 2 } })
    );
}

#[test]
fn a_database_that_is_moved_away_is_waited_for() {
    let service = served().serve();
    let mut states = service.subscribe("subscription { sync { state reason } }");
    let database = service.place.database().to_owned();
    let away = database.with_extension("away");
    fs::rename(&database, &away).unwrap();
    service.place.write("late.md", "# Late\n");
    let reason = wait_for_trouble(&mut states);
    assert!(reason.contains("is gone") && reason.contains("put it back"), "{reason}");
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
fn a_database_with_another_one_in_its_place_is_told() {
    let service = served().serve();
    let mut states = service.subscribe("subscription { sync { state reason } }");
    let other = served();
    other.write("third.md", "# Third\n");
    assert!(other.command("sync").output().unwrap().status.success());
    fs::rename(service.place.database(), service.place.database().with_extension("away")).unwrap();
    fs::copy(other.database(), service.place.database()).unwrap();
    service.place.write("late.md", "# Late\n");
    let reason = wait_for_trouble(&mut states);
    assert!(reason.contains("another database") && reason.contains("restart"), "{reason}");
    assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([{ "slug": "page" }]));
    // From the database that was put there the service goes on to what the folder says.
    let service = service.restart();
    let pages = service.query(PAGES);
    assert!(pages["pages"]["nodes"].as_array().unwrap().contains(&json!({ "slug": "late" })), "{pages}");
    assert!(service.query("{ revision { number } }")["revision"]["number"].as_i64() > Some(2));
}

#[test]
fn a_database_that_somebody_holds_is_waited_for() {
    let service = served().serve();
    let runtime = runtime();
    let mut states = service.subscribe("subscription { sync { state reason } }");
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let held =
        runtime.block_on(async { connect(&service.place).await.begin_with_options(options).await.unwrap() });
    service.place.write("late.md", "# Late\n");
    let failed = service.wait_for(|entry| entry["message"] == FAILED);
    assert!(failed["error"].as_str().unwrap().contains("locked"), "{failed}");
    assert_eq!(wait_for_trouble(&mut states), "another program holds the database");
    assert_eq!(service.query(PAGES)["pages"]["nodes"], json!([{ "slug": "page" }]));
    runtime.block_on(held.rollback()).unwrap();
    assert_recovered(&service);
}
