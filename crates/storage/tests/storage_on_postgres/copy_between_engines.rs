//! Copies from PostgreSQL to SQLite and back.

use passerelle_storage::{Storage, StorageError};
use sea_orm::ConnectionTrait;

use crate::database_copy::{copy, database_with_history};
use crate::engine::Place;
use crate::support::rows;

#[tokio::test]
async fn copy_to_sqlite_and_back_has_the_same_rows() {
    let source = database_with_history().await;
    let folder = tempfile::TempDir::new().unwrap();
    let sqlite = format!("sqlite://{}?mode=rwc", folder.path().join("copy.db").display());
    let to_sqlite = copy(&source.place.url(), &sqlite).await.unwrap();
    // SQLite checks its file, and reads what it needs at the start.
    Storage::check_integrity(&sqlite).await.unwrap();
    let storage = Storage::open(&sqlite).await.unwrap();
    assert_eq!(storage.database_id(), source.storage.database_id());
    storage.close().await.unwrap();

    let back = Place::empty();
    let to_postgres = copy(&sqlite, &back.url()).await.unwrap();
    assert_eq!(to_postgres, to_sqlite);
    assert_eq!(rows(&source.place.url()).await, rows(&back.url()).await);
}

#[tokio::test]
async fn null_characters_of_old_rows_are_replaced() {
    let folder = tempfile::TempDir::new().unwrap();
    let sqlite = format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display());
    Storage::open(&sqlite).await.unwrap().close().await.unwrap();
    let connection = sea_orm::Database::connect(&sqlite).await.unwrap();
    connection.execute_unprepared("INSERT INTO revision (number, at) VALUES (1, 1000)").await.unwrap();
    let insert = "INSERT INTO former_address (kind, key, slug, lang, ended_revision, ended_at)
        VALUES ('PAGE', 'a.md', 'a' || char(0) || 'b', 'fr', 1, 1000)";
    connection.execute_unprepared(insert).await.unwrap();
    connection.close().await.unwrap();
    let target = Place::empty();
    copy(&sqlite, &target.url()).await.unwrap();
    let found = rows(&target.url()).await;
    assert!(found.iter().any(|row| row.contains("a\u{fffd}b")), "{found:?}");
}

#[tokio::test]
async fn refused_target_on_a_server_is_named_without_its_password() {
    let source = database_with_history().await;
    let error = copy(&source.place.url(), &source.place.url()).await.unwrap_err();
    let StorageError::NotCopied(text) = error else { panic!("{error}") };
    assert!(text.contains("passerelle_test_") && !text.contains("passerelle@"), "{text}");
    assert!(!text.contains("://"), "{text}");
}

#[tokio::test]
async fn missing_source_creates_no_target() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str| format!("sqlite://{}?mode=rwc", folder.path().join(name).display());
    copy(&file("missing.db"), &file("new.db")).await.unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
