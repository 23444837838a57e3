//! Several processes on one database.

use std::collections::BTreeSet;

use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{DatabaseErrorKind, Storage};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};

use crate::engine::Place;
use crate::support::{changed, ingested};

#[expect(clippy::disallowed_methods, reason = "each task stands for a process")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_five_processes_migrates_and_the_others_wait() {
    let place = Place::empty();
    let url = place.url();
    let starts: Vec<_> = (0..5)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Storage::open(&url).await.unwrap() })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for start in starts {
        let storage = start.await.unwrap();
        ids.insert(storage.database_id());
        storage.close().await.unwrap();
    }
    assert_eq!(ids.len(), 1, "a second migration would give another id");
    // Previews have the same tables in a schema of their own, which two processes can create at once.
    let preview = Storage::preview_url(&url).unwrap();
    let (first, second) = tokio::join!(Storage::open(&preview), Storage::open(&preview));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.database_id(), second.database_id());
    assert!(!ids.contains(&first.database_id()));
}

#[expect(clippy::disallowed_methods, reason = "each task stands for a process")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revisions_of_two_writers_have_no_gaps() {
    const BATCHES: i64 = 20;
    let place = Place::migrated();
    let mut writers = Vec::new();
    for writer in ["a", "b"] {
        let storage = Storage::open(&place.url()).await.unwrap();
        writers.push(tokio::spawn(async move {
            let mut numbers = Vec::new();
            for number in 1..=BATCHES {
                let document = ingested(&format!("{writer}{number}.md"), "# Page\n");
                let report = storage.publish(&mut [changed(document)], Timestamp::from_millis(number)).await;
                let report = report.unwrap().unwrap();
                numbers.push(report.revision.number.get());
            }
            numbers
        }));
    }
    let mut numbers = Vec::new();
    for writer in writers {
        let of_writer = writer.await.unwrap();
        assert!(of_writer.is_sorted());
        numbers.extend(of_writer);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=2 * BATCHES).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_write_waits_for_another_session_for_a_limited_time() {
    let place = Place::migrated();
    let storage = Storage::open(&place.url()).await.unwrap();
    let other = Database::connect(place.url()).await.unwrap();
    let transaction = other.begin().await.unwrap();
    transaction.execute_unprepared("UPDATE meta SET revision = revision").await.unwrap();
    let changes = || [changed(ingested("a.md", "# Page\n"))];
    let error = storage.publish(&mut changes(), Timestamp::from_millis(1)).await.unwrap_err();
    assert_eq!(error.fault(), Some(DatabaseErrorKind::Locked), "{error}");
    transaction.rollback().await.unwrap();
    storage.publish(&mut changes(), Timestamp::from_millis(2)).await.unwrap().unwrap();
    storage.close().await.unwrap();
}

#[tokio::test]
async fn storage_recovers_after_the_server_ended_its_connections() {
    let place = Place::migrated();
    let storage = Storage::open(&place.url()).await.unwrap();
    let changes = |path: &str| [changed(ingested(path, "# Page\n"))];
    storage.publish(&mut changes("a.md"), Timestamp::from_millis(1)).await.unwrap().unwrap();
    let other = Database::connect(place.url()).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'passerelle'";
    other.execute_unprepared(end).await.unwrap();
    // Each connection fails at most once, then the pool replaces it.
    let mut failures = 0;
    while let Err(error) = storage.publish(&mut changes("b.md"), Timestamp::from_millis(2)).await {
        assert_eq!(error.fault(), Some(DatabaseErrorKind::Unreachable), "{error}");
        failures += 1;
        assert!(failures <= 1, "{error}");
    }
    while storage.latest().await.is_err() {
        failures += 1;
        assert!(failures <= 9, "more failures than connections");
    }
    assert_eq!(storage.latest().await.unwrap().revision().number.get(), 2);
}
