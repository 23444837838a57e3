//! Unusable databases: newer, damaged, foreign or partly migrated.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use passerelle_migrations::{Migrator, MigratorTrait};
use passerelle_storage::{Storage, StorageError};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tempfile::TempDir;

use crate::engine::url;
use crate::support::{Database, PLAN};

const PAGE_SIZE: u64 = 4096;

/// Runs a statement on a closed database.
async fn execute(file: &Path, sql: &str) {
    let connection = sea_orm::Database::connect(url(file)).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// Returns the folder of a closed database with content.
async fn closed_database() -> TempDir {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    database.storage.close().await.unwrap();
    database.place.folder
}

/// Overwrites a part of a file.
fn overwrite(file: &Path, at: u64, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

/// Fails unless both ways of opening reject the file and leave its bytes unchanged.
async fn assert_rejected(file: &Path) -> StorageError {
    let before = fs::read(file).unwrap();
    let error = Storage::open(&url(file)).await.unwrap_err();
    let read_only_error = Storage::open_read_only(&url(file)).await.unwrap_err();
    assert_eq!(error.to_string(), read_only_error.to_string());
    let integrity_error = Storage::check_integrity(&url(file)).await.unwrap_err();
    assert_eq!(error.to_string(), integrity_error.to_string());
    assert_eq!(fs::read(file).unwrap(), before);
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
    error
}

#[tokio::test]
async fn database_with_unknown_migration_is_rejected_and_unchanged() {
    let folder = closed_database().await;
    let file = folder.path().join("test.db");
    execute(&file, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_later', 0)")
        .await;
    let error = assert_rejected(&file).await;
    assert!(
        matches!(&error, StorageError::NewerSchema { migration, .. } if migration == "m20990101_000001_later")
    );
    assert!(error.to_string().contains("--rebuild"), "{error}");
}

#[tokio::test]
async fn file_that_is_not_sqlite_is_rejected_and_unchanged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    fs::write(&file, "A letter to the editor.\n".repeat(400)).unwrap();
    let error = assert_rejected(&file).await;
    assert!(matches!(error, StorageError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn database_with_overwritten_header_is_rejected_and_unchanged() {
    let folder = closed_database().await;
    let file = folder.path().join("test.db");
    overwrite(&file, 0, &[0xff; 64]);
    let error = assert_rejected(&file).await;
    assert!(matches!(error, StorageError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn truncated_database_is_rejected_and_unchanged() {
    let folder = closed_database().await;
    let file = folder.path().join("test.db");
    let length = fs::metadata(&file).unwrap().len();
    fs::OpenOptions::new()
        .write(true)
        .open(&file)
        .unwrap()
        .set_len(length / 2 / PAGE_SIZE * PAGE_SIZE)
        .unwrap();
    fs::write(folder.path().join("test.db-wal"), [0; 64]).unwrap();
    let error = assert_rejected(&file).await;
    assert!(matches!(error, StorageError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn all_pages_are_checked_after_a_crash_or_on_request() {
    let folder = closed_database().await;
    let file = folder.path().join("test.db");
    let connection = sea_orm::Database::connect(url(&file)).await.unwrap();
    let page = "SELECT rootpage FROM sqlite_master WHERE name = 'measure'";
    let page = Statement::from_string(connection.get_database_backend(), page);
    let page = connection.query_one_raw(page).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap();
    connection.close().await.unwrap();
    overwrite(&file, (page.unsigned_abs() - 1) * PAGE_SIZE, &[0xee; 4096]);
    let integrity_error = Storage::check_integrity(&url(&file)).await.unwrap_err();
    assert!(matches!(integrity_error, StorageError::Damaged { .. }), "{integrity_error}");
    // After a clean shutdown the start does not check every page.
    Storage::open_read_only(&url(&file)).await.unwrap().close().await.unwrap();
    fs::write(folder.path().join("test.db-wal"), [0; 64]).unwrap();
    let error = assert_rejected(&file).await;
    assert!(matches!(error, StorageError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn database_of_another_application_is_rejected_and_unchanged() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    execute(&file, "CREATE TABLE letter (text TEXT)").await;
    let error = assert_rejected(&file).await;
    // A database of another application must not be renamed.
    assert!(matches!(error, StorageError::Unusable(_)), "{error}");
}

#[tokio::test]
async fn intact_database_with_wal_opens_after_a_crash() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    // The state after a crash: the write-ahead log contains data.
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    fs::copy(database.place.file(), &file).unwrap();
    let log = database.place.folder.path().join("test.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    fs::copy(log, folder.path().join("test.db-wal")).unwrap();
    Storage::check_integrity(&url(&file)).await.unwrap();
    let storage = Storage::open(&url(&file)).await.unwrap();
    assert_eq!(storage.latest().await.unwrap().revision(), database.view().await.revision());
    let read_only = Storage::open_read_only(&url(&file)).await.unwrap();
    assert_eq!(read_only.latest().await.unwrap().revision(), database.view().await.revision());
}

#[tokio::test]
async fn failed_migration_rolls_back_all_migrations() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.db");
    let tables = async |connection: &DatabaseConnection| {
        let statement = Statement::from_string(
            connection.get_database_backend(),
            "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master ORDER BY name)",
        );
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0).unwrap()
    };
    let connection = sea_orm::Database::connect(url(&file)).await.unwrap();
    Migrator::up(&connection, Some(1)).await.unwrap();
    // The third migration fails, because its table exists.
    connection.execute_unprepared("CREATE TABLE page (x TEXT)").await.unwrap();
    let before = tables(&connection).await;
    assert!(matches!(Storage::open(&url(&file)).await, Err(StorageError::Migration(_))));
    assert_eq!(tables(&connection).await, before);
    connection.execute_unprepared("DROP TABLE page").await.unwrap();
    connection.close().await.unwrap();
    Storage::open(&url(&file)).await.unwrap().close().await.unwrap();
}

#[tokio::test]
async fn opening_a_missing_file_for_reading_creates_none() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing.db");
    assert!(Storage::open_read_only(&url(&missing)).await.is_err());
    assert!(!missing.exists());
}
